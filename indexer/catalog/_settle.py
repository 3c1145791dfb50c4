"""Reading those pages again of which other pages tell something new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from sqlite3 import Connection
from typing import Final

from indexer.catalog._rereading import Replaced, Rereading
from indexer.catalog._rows import unpacked
from indexer.catalog._tails import Witnesses
from indexer.catalog._writing import AddCounts
from indexer.documents import Document, Page
from indexer.errors import Refused
from indexer.identity import document_id
from indexer.pages import Dispute, Evidence, Reading

Read = Callable[[Page, Evidence | None], Reading]
"""Reads a page with what others tell of it, as :func:`indexer.pages.read` does."""

_MOST_KEYS: Final = 2_000
_MOST_PAGES: Final = 500
_UNSETTLED: Final = "SELECT key FROM unsettled ORDER BY key LIMIT ?"
# A page may have a newsflash twice, and in two lengths.
_PAGES_OF_KEY: Final = """
    SELECT page, max(length != ?), max(evidence != 0), max(evidence != 0 AND evidence != ?)
    FROM tails WHERE key = ? GROUP BY page
"""
_EVIDENCE_OF_PAGE: Final = "SELECT DISTINCT key, evidence FROM tails WHERE page = ?"
_LOOKED_AT: Final = "UPDATE tails SET evidence = ? WHERE key = ? AND page = ?"
_DOCUMENTS_OF_PAGE: Final = """
    SELECT d.number, d.id FROM appearances a JOIN documents d ON d.number = a.document
    WHERE a.page = ?
"""
_PAGE: Final = "SELECT name, format, raw FROM pages WHERE number = ?"
_SETTLED: Final = """
    UPDATE meta SET value = ?1 WHERE key = 'settled' AND value != ?1
"""


def settle(connection: Connection, read: Read) -> AddCounts | None:
    """Settle some of the unsettled keys; None when there are none.  As :meth:`Catalog.settle`."""
    keys = [key for (key,) in connection.execute(_UNSETTLED, (_MOST_KEYS,))]
    if not keys:
        ((last,),) = connection.execute("SELECT coalesce(max(number), 0) FROM pages")
        connection.execute(_SETTLED, (str(last),))
        return None
    witnesses = Witnesses(connection)
    stale: set[int] = set()
    for key in keys:
        stale.update(_stale(connection, key, witnesses.dispute(key)))
        connection.execute("DELETE FROM unsettled WHERE key = ?", (key,))
        if len(stale) >= _MOST_PAGES:
            break
    return _counts(connection, _read_again(connection, stale, read, witnesses))


def read_or_none(read: Read, page: Page, evidence: Evidence | None) -> Reading | None:
    """What the reader gives; None when it refuses the page, which it once accepted."""
    try:
        reading = read(page, evidence)
    except Refused:
        return None
    return reading if reading.documents else None


def _stale(connection: Connection, key: int, dispute: Dispute | None) -> Iterator[int]:
    """The pages that were not read with the evidence on this key that there is now."""
    settled, name = (dispute.settled, dispute.name) if dispute else (0, 0)
    for page, unsettled, looked, otherwise in connection.execute(
        _PAGES_OF_KEY, (settled, name, key)
    ):
        if otherwise or bool(dispute and unsettled) != bool(looked):
            yield page


def _read_again(
    connection: Connection, stale: Iterable[int], read: Read, witnesses: Witnesses
) -> Replaced:
    readings: dict[int, list[Document]] = {}
    waiting = set(stale)
    while waiting:
        number = waiting.pop()
        name, format_, raw = connection.execute(_PAGE, (number,)).fetchone()
        disputes = witnesses.of_page(number)
        changed = look_at(connection, number, disputes)
        evidence = witnesses.evidence(disputes)
        reading = read_or_none(read, Page(name, unpacked(raw), format_), evidence)
        if reading is None:
            continue
        readings[number] = reading.documents
        waiting.update(_shared(connection, number, _steady(reading, changed)))
        waiting -= readings.keys()
    rereading = Rereading(connection, readings)
    for number, documents in sorted(readings.items()):
        rereading.add(number, documents)
    return rereading.finish()


def look_at(connection: Connection, page: int, disputes: Mapping[int, Dispute]) -> set[int]:
    """Write down with which evidence a page is read; the keys for which it is another."""
    now = {key: dispute.name for key, dispute in disputes.items()}
    former = connection.execute(_EVIDENCE_OF_PAGE, (page,)).fetchall()
    changed = {key for key, evidence in former if evidence != now.get(key, 0)}
    connection.executemany(_LOOKED_AT, ((now.get(key, 0), key, page) for key in changed))
    return changed


def _steady(reading: Reading, changed: set[int]) -> set[str]:
    """The documents of a page of which the same was read before."""
    newsflashes = (document for document in reading.documents if document.kind == "newsflash")
    otherwise = {
        document_id(document)
        for document, tail in zip(newsflashes, reading.tails, strict=False)
        if tail.key in changed
    }
    return {document_id(document) for document in reading.documents} - otherwise


def _shared(connection: Connection, number: int, steady: set[str]) -> Iterator[int]:
    """The pages of the other documents that the page gave.

    Something of it is merged into them, so they are to be merged anew.
    """
    for document, id_ in connection.execute(_DOCUMENTS_OF_PAGE, (number,)).fetchall():
        if id_ not in steady:
            query = "SELECT page FROM appearances WHERE document = ?"
            yield from (page for (page,) in connection.execute(query, (document,)))


def _counts(connection: Connection, replaced: Replaced) -> AddCounts:
    """What was corrected on pages of earlier additions; those of this one count as read so."""
    ((settled,),) = connection.execute("SELECT value FROM meta WHERE key = 'settled'")
    corrected = [each for each in replaced.superseded if each.page <= int(settled)]
    added = len(replaced.new - {each.new for each in corrected})
    added -= len(replaced.superseded) - len(corrected)
    return AddCounts(added, replaced.appearances - added, len(corrected))
