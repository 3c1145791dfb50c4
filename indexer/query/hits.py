"""What is shown of a document that was found."""

from __future__ import annotations

from collections.abc import Mapping

from indexer.documents import StoredDocument
from indexer.engine import Found
from indexer.engine.tree import Node
from indexer.query.answer import Hit
from indexer.query.request import Mark
from indexer.query.snippets import mark, snippet


def hit_of(
    found: Found, stored: Mapping[str, StoredDocument], node: Node, since: Mark | None
) -> Hit:
    """The document with its reprints, as far as they are ``stored``, by their ids.

    What ``node`` matches is marked in its title and in a snippet; it is new when it or a reprint
    was added ``since``.
    """
    document = stored[found.id]
    reprints = tuple(filter(None, map(stored.get, found.reprints)))
    return Hit(
        stored=document,
        title=mark(document.document.title, node, "title"),
        snippet=snippet(document.document.body, node),
        score=found.score,
        reprints=reprints,
        is_new=since is not None
        and any(each.added > since.generation for each in (document, *reprints)),
    )
