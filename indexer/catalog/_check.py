"""Whether the catalog is what it says it is."""

from __future__ import annotations

from collections.abc import Iterator
from sqlite3 import Connection
from typing import Final, get_args

from indexer.catalog._corrections import value_of
from indexer.catalog._rows import SELECT_STORED, read_document, unpacked
from indexer.catalog._writing import current_generation
from indexer.documents import PageFormat
from indexer.errors import Unsound
from indexer.i18n import N_, Message
from indexer.identity import names, page_key

_DAMAGED: Final = N_("文档 %(id)s 的内容已损坏。")
_STRAYS: Final = (
    "SELECT d.id FROM documents d JOIN texts t ON t.text = d.text WHERE d.cluster != t.cluster"
)
# What has a generation that the catalog has not reached.
_LATE: Final = """
    SELECT id FROM documents WHERE generation > ?1 OR generation < 1
    UNION SELECT document FROM corrections WHERE generation > ?1 OR generation < 1
    UNION SELECT document FROM hidden WHERE generation > ?1 OR generation < 1
"""
_STRAY_CURATION: Final = """
    SELECT document FROM (SELECT document FROM corrections UNION SELECT document FROM hidden)
    WHERE document NOT IN (SELECT id FROM documents)
"""


def findings(connection: Connection) -> Iterator[Message]:
    """A sentence for everything that is wrong."""
    for (line,) in connection.execute("PRAGMA integrity_check"):
        if line != "ok":
            yield Message(N_("SQLite 完整性检查：%(line)s。"), {"line": line})
            return
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        facts = {"table": table, "row": row, "parent": parent}
        yield Message(N_("表 %(table)s 的第 %(row)s 行指向 %(parent)s 中没有的一行。"), facts)
    yield from _documents(connection)
    yield from _curation(connection)
    yield from _pages(connection)


def _documents(connection: Connection) -> Iterator[Message]:
    generation = current_generation(connection)
    texts = connection.execute("SELECT text FROM documents ORDER BY number")
    rows = connection.execute(SELECT_STORED + "ORDER BY d.number")
    for (text,), row in zip(texts, rows, strict=True):
        id_, appearances = row[1], row[-3]
        facts = {"id": id_}
        try:
            named = names(read_document(row))
        except Unsound:
            yield Message(_DAMAGED, facts)
            continue
        if id_ != named.id:
            yield Message(N_("文档 %(id)s 的编号与内容不符。"), facts)
        if text != named.text:
            yield Message(N_("文档 %(id)s 的文本编号与内容不符。"), facts)
        if not appearances:
            yield Message(N_("文档 %(id)s 没有任何出处。"), facts)
    for (id_,) in connection.execute(_STRAYS):
        yield Message(N_("文档 %(id)s 的转载组与其文本的转载组不符。"), {"id": id_})
    for (id_,) in connection.execute(_LATE, (generation,)):
        yield Message(N_("文档 %(id)s 的世代不在目录库的世代之内。"), {"id": id_})


def _curation(connection: Connection) -> Iterator[Message]:
    for (id_,) in connection.execute(_STRAY_CURATION):
        yield Message(N_("目录库没有文档 %(id)s，却有对它的更正或隐藏。"), {"id": id_})
    for id_, field, value in connection.execute("SELECT document, field, value FROM corrections"):
        try:
            value_of(field, value)
        except ValueError:
            facts = {"id": id_, "field": field}
            yield Message(N_("文档 %(id)s 的更正（%(field)s）不是可用的值。"), facts)


def _pages(connection: Connection) -> Iterator[Message]:
    for key, name, format_, raw in connection.execute("SELECT key, name, format, raw FROM pages"):
        try:
            sound = page_key(unpacked(raw)) == key and format_ in get_args(PageFormat)
        except Unsound:
            sound = False
        if not sound:
            yield Message(N_("页面 %(name)s 的原文已损坏。"), {"name": name})
