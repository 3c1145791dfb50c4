"""Chinese or English: chosen for each request, for the page and the indexer alike."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final
from urllib.parse import quote, urlencode

import flask_babel
from flask import Flask, Response, g, request
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept

from indexer.i18n import LANGUAGES, Language, use_language

# Flask-Babel brings no types.
gettext: Final[Callable[..., str]] = flask_babel.gettext

_LOCALES: Final[dict[Language, str]] = {"zh": "zh_Hans_CN", "en": "en"}
_HTML: Final[dict[Language, str]] = {"zh": "zh-Hans", "en": "en"}


def register(app: Flask) -> None:
    """Let every request of ``app`` speak the reader's language."""
    flask_babel.Babel(app, locale_selector=lambda: _LOCALES[chosen()])
    # A page has a hundred sentences, each of which takes Flask-Babel and Jinja 12 µs to look up.
    app.jinja_env.globals.update(_=_sentence, gettext=_sentence, ngettext=_counted)
    app.before_request(lambda: use_language(chosen()))
    app.after_request(_vary)
    app.context_processor(_names)


def chosen() -> Language:
    """The language of the request, worked out once: a page asks a hundred times."""
    language: Language | None = g.get("language")
    if language is None:
        language = g.language = _asked_for()
    return language


def _asked_for() -> Language:
    """``lang=`` of the URL, else the first of the two that the browser names, else Chinese.

    Tags are compared by their first part only: ``best_match`` of Werkzeug takes
    English for ``zh-CN,en;q=0.5``, because "en" is there letter by letter.
    """
    return choice(request.args.get("lang"), request.accept_languages)


def choice(asked: str | None, accepted: LanguageAccept) -> Language:
    """The language for who asks by ``lang=`` for ``asked``, with such an Accept-Language."""
    named = [tag.partition("-")[0].lower() for tag, _ in accepted]
    for language in (asked, *named):
        if language in LANGUAGES:
            return language
    return "zh"


def _sentence(text: str, /, **facts: object) -> Markup:
    """The sentence in the reader's language as templates have it, what is put into it escaped."""
    return _translated(chosen(), text) % facts


def _counted(singular: str, plural: str, num: int, /, **facts: object) -> Markup:
    return Markup(flask_babel.get_translations().ungettext(singular, plural, num)) % facts


@cache
def _translated(language: Language, text: str) -> Markup:
    return Markup(flask_babel.get_translations().ugettext(text))


def _vary(response: Response) -> Response:
    response.vary.add("Accept-Language")
    return response


def _names() -> dict[str, object]:
    language = chosen()
    other: Language = "en" if language == "zh" else "zh"
    kept = [pair for pair in request.args.items(multi=True) if pair[0] != "lang" and pair[1]]
    here = request.script_root + request.path
    return {
        "language": language,
        "html_lang": _HTML[language],
        "language_switch": f"{quote(here)}?{urlencode([*kept, ('lang', other)])}",
    }
