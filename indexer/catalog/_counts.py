"""How many there are of what."""

from __future__ import annotations

import sqlite3
from typing import Final

# Of the articles as they were read, for which there is an index, to those that are shown.
_COUNTS: Final = """
    WITH curated AS (
        SELECT d.kind AS was, h.document IS NULL AS is_shown, coalesce(c.value, d.kind) AS now
        FROM (SELECT document FROM corrections WHERE field = 'kind'
            UNION SELECT document FROM hidden) u
        JOIN documents d ON d.id = u.document LEFT JOIN hidden h ON h.document = d.id
        LEFT JOIN corrections c ON c.document = d.id AND c.field = 'kind'
    )
    SELECT documents, articles, documents - articles,
        (SELECT count(*) FROM appearances), (SELECT count(*) FROM pages), hidden
    FROM (SELECT (SELECT count(*) FROM documents) - (SELECT count(*) FROM hidden) AS documents,
        (SELECT count(*) FROM documents WHERE kind = 'article')
            + (SELECT coalesce(sum(is_shown AND now = 'article'), 0)
                - coalesce(sum(was = 'article'), 0) FROM curated) AS articles,
        (SELECT count(*) FROM hidden) AS hidden)
"""
_NAMES: Final = ("documents", "articles", "newsflashes", "appearances", "pages", "hidden")


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    """The numbers of documents, articles and newsflashes that are shown, and of the others."""
    (row,) = connection.execute(_COUNTS)
    return dict(zip(_NAMES, row, strict=True))
