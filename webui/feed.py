"""A search as an Atom feed (RFC 4287), and what a browser reads to search here (OpenSearch)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from hashlib import blake2b
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Blueprint, Response, request, url_for

from indexer.documents import PublishedDate
from indexer.export import labels
from indexer.query.answer import Hit
from indexer.query.request import SearchRequest
from webui import filters
from webui.context import archive, base_url, in_turn, permalink
from webui.language import chosen, gettext
from webui.links import absolute
from webui.search import asked

blueprint = Blueprint("feed", __name__)

ATOM: Final = "application/atom+xml"
OPENSEARCH: Final = "application/opensearchdescription+xml"
_ATOM: Final = "http://www.w3.org/2005/Atom"
_OPENSEARCH: Final = "http://a9.com/-/spec/opensearch/1.1/"
_XML_LANGUAGES: Final = {"zh": "zh-Hans", "en": "en"}
_FORBIDDEN: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CHINA: Final = timezone(timedelta(hours=8))
# What an undated document is as old as: Atom wants a time of every entry.
_NEVER: Final = datetime(1970, 1, 1, tzinfo=_CHINA)


@blueprint.get("/search.atom")
@in_turn
def atom() -> Response:
    """The newest hits of the search: the ids of the entries are their permalinks, for good.

    Who has the feed of this state of the archive is told so without a search.
    """
    search = replace(asked(), sort="newest", page=1)
    response = Response(content_type=f"{ATOM}; charset=utf-8")
    response.set_etag(_state(search), weak=True)  # weak: compressed or not, it is the same feed
    response.cache_control.no_cache = True  # to be asked for every time, at little cost
    response.make_conditional(request)
    if response.status_code != 304:
        response.set_data(_feed(search))
    return response


def _state(search: SearchRequest) -> str:
    """A name of all that the feed depends on: the same in every process that answers."""
    parts = (archive().state, base_url(), chosen(), search.query_string())
    return blake2b("\n".join(parts).encode(), digest_size=12).hexdigest()


def _feed(search: SearchRequest) -> bytes:
    answer = archive().search(search)
    feed = Element("feed", {"xmlns": _ATOM, "xml:lang": _XML_LANGUAGES[chosen()]})
    SubElement(feed, "id").text = _absolute("feed.atom", search)
    named = [search.q or gettext("全部文档"), *(chip.label for chip in filters.chips(search))]
    title = gettext("%(name)s：%(q)s", name=gettext("币闻检索"), q=" · ".join(named))
    SubElement(feed, "title").text = sound(title)
    SubElement(feed, "link", {"rel": "self", "type": ATOM, "href": _absolute("feed.atom", search)})
    SubElement(feed, "link", {"rel": "alternate", "href": _absolute("search.page", search)})
    moments = [_moment(hit.stored.document.published) for hit in answer.hits]
    SubElement(feed, "updated").text = max(moments, default=_NEVER).isoformat()
    SubElement(SubElement(feed, "author"), "name").text = gettext("币闻检索")
    for hit, moment in zip(answer.hits, moments, strict=True):
        _entry(feed, hit, moment)
    return _xml(feed)


@blueprint.get("/opensearch.xml")
def opensearch() -> Response:
    """What a browser reads to search here from its own box."""
    name = gettext("币闻检索")
    described = Element("OpenSearchDescription", {"xmlns": _OPENSEARCH})
    SubElement(described, "ShortName").text = name
    SubElement(described, "Description").text = gettext("中文加密货币新闻的全文检索")
    SubElement(described, "InputEncoding").text = "UTF-8"
    icon = {"type": "image/svg+xml", "width": "16", "height": "16"}
    SubElement(described, "Image", icon).text = absolute(url_for("static", filename="icon.svg"))
    spoken = f"&lang={asked().lang}" if asked().lang else ""
    for kind, endpoint in (("text/html", "search.page"), (ATOM, "feed.atom")):
        template = f"{absolute(url_for(endpoint))}?q={{searchTerms}}{spoken}"
        SubElement(described, "Url", {"type": kind, "template": template})
    suggestions = f"{absolute(url_for('suggest.as_opensearch'))}?q={{searchTerms}}"
    kind = "application/x-suggestions+json"
    SubElement(described, "Url", {"type": kind, "template": suggestions})
    return Response(_xml(described), content_type=f"{OPENSEARCH}; charset=utf-8")


def _entry(feed: Element, hit: Hit, moment: datetime) -> None:
    stored, document = hit.stored, hit.stored.document
    entry = SubElement(feed, "entry", {"xml:lang": "zh-Hans"})
    address = permalink(stored.id)
    SubElement(entry, "id").text = address
    SubElement(entry, "title").text = sound(document.title)
    SubElement(entry, "link", {"rel": "alternate", "href": address})
    SubElement(entry, "updated").text = moment.isoformat()
    if document.published and document.published.is_stated:
        SubElement(entry, "published").text = moment.isoformat()
    if author := document.author or labels.publisher(stored):
        SubElement(SubElement(entry, "author"), "name").text = sound(author)
    for city in document.cities:
        SubElement(entry, "category", {"term": sound(city)})
    SubElement(entry, "summary").text = sound("".join(segment.text for segment in hit.snippet))


def _moment(published: PublishedDate | None) -> datetime:
    """When it was published, in China; the beginning of a day, month or year that is all known."""
    if published is None:
        return _NEVER
    value = published.value
    whole = value + {4: "-01-01", 7: "-01"}.get(len(value), "")
    return datetime.fromisoformat(whole).replace(tzinfo=_CHINA)


def _absolute(endpoint: str, search: SearchRequest) -> str:
    query = search.query_string()
    return absolute(url_for(endpoint)) + (f"?{query}" if query else "")


def sound(text: str) -> str:
    """The text without the characters that XML 1.0 forbids (2.2, ``Char``)."""
    return _FORBIDDEN.sub("", text)


def _xml(root: Element) -> bytes:
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written
