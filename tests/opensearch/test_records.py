"""What an index holds to be shown is exactly what the catalog gave."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import asdict, replace
from typing import Any

import pytest
from engines import Bare, address_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.documents import (
    Appearance,
    Correction,
    Document,
    Hidden,
    PublishedDate,
    StoredDocument,
)
from indexer.engine.opensearch import Address, OpenSearchEngine, OpenSearchLibrary
from indexer.engine.opensearch.records import (
    Source,
    appearances,
    of_document,
    of_removed,
    removed,
    stored_document,
)
from indexer.errors import Unsound

DAY = PublishedDate("2020-05-06", "day", "stamp")
DOCUMENT = StoredDocument(
    "b" * 13,
    Document("newsflash", "减半", "区块奖励减半。", DAY, cities=("深圳", "北京"), page="a.txt"),
    "c" * 13,
    ("甲网",),
    2,
    3,
    (
        Correction("published", PublishedDate("2020", "year", "text"), DAY, "2024-01-02T03:04:05"),
        Correction("cities", (), ("深圳", "北京"), "2024-01-02T03:04:05", "林间"),
        Correction("author", None, "陈晓", "2024-01-02T03:04:05"),
    ),
)
SEEN_AT = (
    Appearance("a.txt", 0, "甲网", "https://example.org/", (3, 4), "p1"),
    Appearance("b.txt", 7, page_id="p2"),
)
HIDDEN = Hidden("重复", "2024-01-02T03:04:05", "林间")


def through_json(source: Source) -> Source:
    read: Source = json.loads(json.dumps(source))
    return read


def whole(stored: StoredDocument) -> dict[str, Any]:
    """All fields, those of which nothing is said where documents are compared, too."""
    return asdict(stored)


@given(st.from_type(StoredDocument), st.lists(st.from_type(Appearance), max_size=3).map(tuple))
def test_a_document_comes_back_as_it_was(
    stored: StoredDocument, seen: tuple[Appearance, ...]
) -> None:
    source = through_json(of_document(stored, seen))
    found = stored_document(source)
    assert found == stored
    assert whole(found) == whole(stored)
    assert appearances(source) == seen
    assert removed(source) is None


@given(st.text(min_size=1) | st.from_type(Hidden))
def test_so_does_what_stands_for_a_document_that_is_not_there(instead: str | Hidden) -> None:
    source = through_json(of_removed(instead))
    assert removed(source) == instead
    assert (stored_document(source), appearances(source)) == (None, ())


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container within a value, and each key of it."""
    keys = value.keys() if isinstance(value, dict) else range(len(value))
    found = [(value, key) for key in keys]
    return found + [
        each for key in keys if isinstance(value[key], dict | list) for each in places(value[key])
    ]


@pytest.mark.parametrize("wrong", [7.5, True, {"x": 1}, [[7]]])
def test_nothing_of_another_form_is_read(wrong: object) -> None:
    """A value of another type in any place, a name too many, a name too few."""
    source = through_json(of_document(DOCUMENT, SEEN_AT))
    for at in range(len(places(source))):
        changed = deepcopy(source)
        container, key = places(changed)[at]
        before = container[key]
        container[key] = wrong
        refused(changed)
        if isinstance(container, dict) and container is not changed:
            del container[key]
            refused(changed)
            container[key], container["another"] = before, wrong
            refused(changed)


def refused(source: Source) -> None:
    with pytest.raises(Unsound):
        _ = stored_document(source), appearances(source)


@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.from_type(StoredDocument), min_size=10, max_size=30))
def test_it_does_so_through_a_real_index(
    nodes: list[str], index_name: str, drawn: list[StoredDocument]
) -> None:
    documents = {
        f"d{number}": replace(stored, id=f"d{number}", cluster=f"c{number}", added=number)
        for number, stored in enumerate(drawn)
    }
    engine = OpenSearchEngine(Address.of(address_of(nodes, index_name)), Bare("catalog"))
    engine.rebuild(documents.values(), 1)
    found = OpenSearchLibrary(engine.index).documents(documents)
    engine.close()
    assert {id_: whole(each) for id_, each in found.items()} == {
        id_: whole(each) for id_, each in documents.items()
    }
