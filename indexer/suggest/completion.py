"""Suggestions while a query is typed: its last word completed, and titles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal

from indexer.analysis import HAN, cut, fold, spelling
from indexer.catalog import Catalog
from indexer.pages.places import known_city
from indexer.query.fields import Field
from indexer.query.lexer import Lexeme, lexemes
from indexer.suggest.counting import title_key
from indexer.suggest.runs import Found
from indexer.suggest.vocabulary import Vocabulary, completions, encoded

MAX_SUGGESTIONS: Final = 10
MAX_TITLES: Final = 3
"""So many places are the titles' when there are words enough for the others."""

MAX_LENGTH: Final = 200
"""Nothing is suggested for a longer query."""

_CHUNK: Final = 8
_MAX_LOOKED_UP: Final = 64
_MAX_STARTS: Final = 4
_script: Final = re.compile(f"([{HAN}]+)|[^{HAN}]+")
# Marks to put around a title: the first pair that it does not close itself.
_QUOTES: Final = ("“”", '""', "「」", "『』")

Kind = Literal["term", "alias", "title", "city"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to search for.

    ``text`` is to be shown and ``q`` the whole query that it makes.  ``main`` is
    the most frequent name of what an alias names; ``count`` says about how many
    documents have the word, the main name or the city; ``document`` is that of a title.
    """

    text: str
    q: str
    kind: Kind
    count: int | None = None
    main: str | None = None
    document: str | None = None


def suggestions(q: str, vocabulary: Vocabulary, catalog: Catalog) -> list[Suggestion]:
    """What may be meant by ``q``, typed so far: words first, then titles.

    Nothing inside a quote, after a space, for an operator, or for the value of
    a field whose values are not known.
    """
    if not q or len(q) > MAX_LENGTH:
        return []
    found = lexemes(q, lambda notice: None)
    last = found[-1] if found else None
    if last is None or last.kind != "chunk" or last.position + len(last.text) < len(q):
        return []
    field = _field_of(found)
    if field == "city":
        return list(islice(_cities(q, last, vocabulary), MAX_SUGGESTIONS))
    if field not in (None, "title", "body"):
        return []
    words = list(islice(_words(q, last, vocabulary), MAX_SUGGESTIONS))
    if any(lexeme.kind != "chunk" for lexeme in found):
        return words
    room = max(MAX_TITLES, MAX_SUGGESTIONS - len(words))
    titles = list(islice(_titles(q, vocabulary, catalog), room))
    return words[: MAX_SUGGESTIONS - len(titles)] + titles


def _field_of(found: list[Lexeme]) -> Field | None:
    """The field whose value the last lexeme is."""
    before = found[:-1]
    while before and before[-1].kind == "(":  # 城市:(shen
        before = before[:-1]
    return before[-1].field if before and before[-1].kind == "field" else None


def _words(q: str, last: Lexeme, vocabulary: Vocabulary) -> Iterator[Suggestion]:
    """Words that complete the last chunk, or else the last words in it (比特币jiage)."""
    for start in _starts(last.text):
        typed = fold(last.text[start:])
        before = q[: last.position + start]
        runs = (*vocabulary.terms, vocabulary.names)
        found = list(islice(_distinct(completions(runs, typed), vocabulary), MAX_SUGGESTIONS))
        for name, main, weight in found:
            text = spelling(name)
            if name == main:
                yield Suggestion(text, before + text, "term", weight)
            else:
                yield Suggestion(text, before + text, "alias", weight, spelling(main))
        if found:
            return


def _distinct(found: Iterator[Found], vocabulary: Vocabulary) -> Iterator[tuple[str, str, int]]:
    """Each thing once: the name found, its main name, and how many documents have that."""
    seen: set[str] = set()
    things = vocabulary.things
    for each in found:
        name = each.text.decode()
        main, weight = things.get(name, (name, each.weight))
        if main not in seen:
            seen.add(main)
            yield name, main, weight


def _starts(chunk: str) -> list[int]:
    """Where in a chunk the words to complete may begin: with it, or with one of its last words."""
    starts = {0}
    for match in _script.finditer(chunk):
        at = match.start()
        starts.add(at)
        if match[1]:
            for word in cut(fold(match[1])):
                starts.add(at)
                at += len(word)
    first, *others = sorted(starts)
    return [first, *others[-_MAX_STARTS:]]


def _cities(q: str, last: Lexeme, vocabulary: Vocabulary) -> Iterator[Suggestion]:
    for found in _different(completions([vocabulary.cities], fold(last.text))):
        name = found.text.decode()
        if known_city(name):
            yield Suggestion(name, q[: last.position] + name, "city", found.weight)


def _titles(q: str, vocabulary: Vocabulary, catalog: Catalog) -> Iterator[Suggestion]:
    """Titles that begin with the whole query, each once; not those that documents had before."""
    typed = title_key(fold(q))
    if not typed:
        return
    found = islice(_different(completions(vocabulary.titles, typed)), _MAX_LOOKED_UP)
    while chunk := {each.id.decode(): each.text for each in islice(found, _CHUNK)}:
        for id_, stored in catalog.documents(chunk).items():
            title = stored.document.title
            if encoded(title_key(fold(title))) == chunk[id_]:
                yield Suggestion(title, _quoted(title), "title", document=id_)


def _different(found: Iterator[Found]) -> Iterator[Found]:
    seen: set[bytes] = set()
    for each in found:
        if each.text not in seen:
            seen.add(each.text)
            yield each


def _quoted(title: str) -> str:
    """A query for the characters of a title."""
    for opening, closing in _QUOTES:
        if closing not in title:
            return f"{opening}{title}{closing}"
    return title
