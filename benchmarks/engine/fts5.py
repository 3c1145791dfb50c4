"""SQLite FTS5 over the same words: best 20 by bm25, and two groupings.

A contentless table (``content=''``, ``detail=full``) holds the words, which the
``ascii`` tokenizer cuts at the spaces alone; month, day and cities stand in
tables of their own, joined by number.  The total is the sum of the months, for
every document has one: a query less.  The file is mapped into memory.
"""

from __future__ import annotations

import sqlite3
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from benchmarks.engine.corpus import Columns, Corpus, month_name
from benchmarks.engine.peer import Counted
from benchmarks.engine.questions import Question
from indexer.analysis import words

_PUNCTUATION: Final = "".join(set(string.punctuation) - {"'", '"'}) + "''" + '""'
_SCHEMA: Final = f"""
CREATE VIRTUAL TABLE texts USING fts5(
    body, content='', detail=full, tokenize="ascii tokenchars '{_PUNCTUATION.replace("'", "''")}'"
);
CREATE TABLE documents (number INTEGER PRIMARY KEY, month INTEGER, day INTEGER);
CREATE TABLE cities (number INTEGER, city INTEGER, PRIMARY KEY (number, city)) WITHOUT ROWID;
"""
_MAPPED: Final = 1 << 36
_CACHE_KIB: Final = 1 << 19


class Fts5:
    """A database that :func:`written` made."""

    def __init__(self, path: Path, columns: Columns) -> None:
        self._database = _opened(path)
        self._columns = columns

    def prepared(self, question: Question) -> Callable[[], list[list[Any]]] | None:
        """What answers the question; characters that are no words cannot be asked for."""
        if question.kind == "characters":
            return None
        tables, narrowed = "texts", "texts MATCH ?"
        dated = "texts JOIN documents ON documents.number = texts.rowid"
        parameters: tuple[object, ...] = (_match(question),)
        if question.days:
            tables, narrowed = dated, f"{narrowed} AND day BETWEEN ? AND ?"
            parameters += question.days
        statements = (
            f"SELECT texts.rowid FROM {tables} WHERE {narrowed} ORDER BY rank LIMIT 20",
            f"SELECT month, count(*) FROM {dated} WHERE {narrowed} GROUP BY month",
            f"SELECT city, count(*) FROM {tables} JOIN cities ON cities.number = texts.rowid"
            f" WHERE {narrowed} GROUP BY city",
        )
        execute = self._database.execute
        return lambda: [execute(each, parameters).fetchall() for each in statements]

    def counted(self, answer: list[list[Any]]) -> Counted:
        """What an answer counts."""
        _, months, cities = answer
        return Counted(
            sum(count for _, count in months),
            {month_name(month): count for month, count in months},
            {self._columns.city_names[city]: count for city, count in cities},
        )


def written(path: Path, corpus: Corpus) -> Callable[[], None]:
    """What indexes all documents of the corpus, whose words are in memory already."""
    rows = list(corpus.columns().rows())
    tokens = corpus.tokens.read_text("utf-8").splitlines()
    database = _opened(path)
    database.executescript(_SCHEMA)

    def write() -> None:
        database.executemany("INSERT INTO texts (rowid, body) VALUES (?, ?)", enumerate(tokens))
        database.executemany(
            "INSERT INTO documents VALUES (?, ?, ?)",
            ((number, month, day) for number, (day, month, _) in enumerate(rows)),
        )
        database.executemany(
            "INSERT INTO cities VALUES (?, ?)",
            ((number, city) for number, (_, _, cities) in enumerate(rows) for city in cities),
        )
        database.execute("INSERT INTO texts (texts) VALUES ('optimize')")
        database.commit()
        database.close()

    return write


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute(f"PRAGMA mmap_size = {_MAPPED}")
    database.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    return database


def _match(question: Question) -> str:
    quoted = [f'"{text}"' for text in question.texts]
    match question.kind:
        case "and":
            return " AND ".join(quoted)
        case "or":
            return " OR ".join(quoted)
        case "not":
            return " NOT ".join(quoted)
        case "phrase":
            return '"{}"'.format(" ".join(token.text for token in words(question.texts[0])))
        case "prefix":
            return f"{quoted[0]} *"
        case _:
            return quoted[0]
