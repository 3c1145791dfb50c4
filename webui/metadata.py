"""What a document's page tells machines: reference managers, search engines, link previews.

Dublin Core and Open Graph in ``meta``, schema.org's NewsArticle as JSON-LD.  Zotero takes a page
with ``citation_title`` for a journal article, so of those tags there is the language alone.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from indexer.documents import StoredDocument
from indexer.export.citations import Cited

_LANGUAGE: Final = "zh-CN"
_DESCRIPTION: Final = 160


class Metadata(NamedTuple):
    """``named`` and ``properties`` of ``meta``, and the object of JSON-LD."""

    named: list[tuple[str, str]]
    properties: list[tuple[str, str]]
    linked: dict[str, Any]


def of(stored: StoredDocument, cited: Cited) -> Metadata:
    """All that is known, and nothing that is not."""
    text = " ".join(stored.document.body.split())
    description = text if len(text) <= _DESCRIPTION else text[: _DESCRIPTION - 1] + "…"
    published, publisher = cited.published, cited.publisher
    named = [
        ("description", description),
        ("DC.title", cited.title),
        *(("DC.creator", name) for name in cited.responsible),
        ("DC.publisher", publisher),
        ("DC.date", published),
        ("DC.identifier", cited.url),
        ("DC.language", _LANGUAGE),
        ("DC.type", "Text"),
        ("citation_language", _LANGUAGE),
    ]
    properties = [
        ("og:type", "article"),
        ("og:title", cited.title),
        ("og:url", cited.permalink),
        ("og:site_name", publisher),
        ("og:description", description),
        ("og:locale", "zh_CN"),
        ("article:published_time", published),
    ]
    linked = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": cited.title,
        "identifier": cited.id,
        "url": cited.permalink,
        "inLanguage": _LANGUAGE,
        "datePublished": published,
        "author": [{"@type": "Person", "name": name} for name in cited.authors],
        "publisher": publisher and {"@type": "Organization", "name": publisher},
        "isBasedOn": cited.url if cited.url != cited.permalink else None,
        "keywords": list(stored.document.tags),
        "contentLocation": [{"@type": "Place", "name": city} for city in stored.document.cities],
    }
    return Metadata(
        [(name, value) for name, value in named if value],
        [(name, value) for name, value in properties if value],
        {name: value for name, value in linked.items() if value},
    )
