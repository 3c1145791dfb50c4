"""The language in which sentences are shown: Chinese, or English by locale.

Sentences are written in Chinese in the code, marked with :func:`gettext`
(shown at once) or :func:`N_` (shown later, as a :class:`Message`), and
translated in ``indexer/translations/en``.
"""

from __future__ import annotations

import gettext as _gettext
import locale
import os
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final, Literal

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
_TRANSLATIONS: Final = Path(__file__).parent / "translations"
_current: ContextVar[Language] = ContextVar("language", default="zh")


@cache
def _translations(language: Language) -> _gettext.NullTranslations:
    return _gettext.translation("messages", _TRANSLATIONS, [language], fallback=True)


def use_language(language: Language) -> None:
    """Show the sentences of this thread (or request) in ``language``."""
    _current.set(language)


def language_of_locale(environ: Mapping[str, str] = os.environ) -> Language:
    """The language that the environment asks for; Chinese unless it names another.

    Follows the order of gettext: LC_ALL, LC_MESSAGES, LANG.  ``C`` and
    ``POSIX`` name no language.
    """
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environ.get(name, "")
        if value:
            break
    else:
        value = locale.getlocale()[0] or ""
    spoken = value.split(".")[0].split("_")[0].lower()
    return "zh" if spoken in ("", "c", "posix", "zh", "chinese") else "en"


def N_(text: str) -> str:
    """Mark a sentence for translation and leave it as it is."""
    return text


def gettext(text: str, /, **facts: object) -> str:
    """``text`` in the current language, its ``%(name)s`` places filled in."""
    translated = _translations(_current.get()).gettext(text)
    return translated % facts if facts else translated


def ngettext(singular: str, plural: str, count: int, /, **facts: object) -> str:
    """As :func:`gettext`, by the plural rule of the language; ``count`` is a fact too."""
    translated = _translations(_current.get()).ngettext(singular, plural, count)
    return translated % {"count": count, **facts}


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence with its facts, translated when it is turned into a string."""

    text: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return gettext(self.text, **self.facts)
