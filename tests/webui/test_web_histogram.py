"""The dates above the results: bars in the order of time, each a link to its documents."""

from __future__ import annotations

import json
import re
from collections import Counter
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from indexer.query.answer import Answer, FacetValue
from indexer.query.request import Mark, SearchRequest
from webui.histogram import HEIGHT, SLOT, histogram


def answer(counts: dict[str, int]) -> Answer:
    values = tuple(FacetValue(value, counts[value]) for value in sorted(counts))
    total = sum(counts.values())
    return Answer(SearchRequest(), "newest", total, 0, (), {}, values, 0, 0.0, Mark("", 0))


months = st.builds("{:04}-{:02}".format, st.integers(2008, 2030), st.integers(1, 12))


@given(st.dictionaries(months, st.integers(1, 10**6), min_size=2))
def test_every_month_has_its_place_and_its_height(app: Flask, counts: dict[str, int]) -> None:
    with app.test_request_context():
        drawn = histogram(answer(counts))
    assert drawn
    assert {bar.period: bar.shown for bar in drawn.bars} == {
        period: f"{count:,}" for period, count in counts.items()
    }
    first = min(counts)

    def months_since_first(period: str) -> int:
        year, month = map(int, period.split("-"))
        return (year - int(first[:4])) * 12 + month - int(first[5:])

    assert [bar.left for bar in drawn.bars] == [
        SLOT * months_since_first(period) for period in sorted(counts)
    ]
    heights = [float(bar.height) for bar in drawn.bars]
    assert max(heights) == HEIGHT
    assert min(heights) > 0
    assert len(drawn.ticks) <= 12
    assert all(0 <= tick.left + 2 * len(tick.label) < 100 for tick in drawn.ticks)


@pytest.mark.parametrize(
    ("counts", "periods", "coarse"),
    [
        ({"2020-01": 3, "2020-03": 1}, ["2020-01", "2020-03"], 0),
        ({"2020": 5, "2020-01": 3, "2020-03": 1}, ["2020-01", "2020-03"], 5),
        ({"2020-02-28": 1, "2020-03-01": 2, "2020-02": 4}, ["2020-02-28", "2020-03-01"], 4),
        ({"2020-01": 3}, None, 0),
        ({"2020": 3, "2021": 4}, None, 0),
        ({}, None, 0),
    ],
)
def test_what_has_bars(
    app: Flask, counts: dict[str, int], periods: list[str] | None, coarse: int
) -> None:
    with app.test_request_context():
        drawn = histogram(answer(counts))
    assert (drawn and [bar.period for bar in drawn.bars]) == periods
    assert (drawn.coarse if drawn else 0) == coarse


@pytest.mark.parametrize(
    "query",
    ["", "q=深圳", "q=区块链&kind=newsflash", "from=2020&to=2021", "from=2020-05&to=2020-06"],
)
def test_a_bar_leads_to_the_documents_that_it_counts(client: FlaskClient, query: str) -> None:
    page = client.get(f"/search?{query}").text
    counted = {
        each["value"]: each["count"]
        for each in json.loads(client.get(f"/search.json?{query}").text)["histogram"]
    }
    bars = re.findall(r'<a href="([^"]+)" rel="nofollow" data-period="([^"]+)"', page)
    assert bars or len(counted) < 2
    for url, period in bars:
        found = json.loads(client.get(unescape(url).replace("/search?", "/search.json?")).text)
        dated = [value for value in found["facets"]["date"] if value["value"].startswith(period)]
        assert sum(value["count"] for value in dated) == counted[period]
        for name, value in (pair.split("=") for pair in query.split("&") if "kind" in pair):
            assert f"{name}={value}" in unescape(url)


@pytest.mark.parametrize(
    ("query", "facet", "bars"),  # characters of a date: years, months, days
    [
        ("", 4, 7),
        ("from=2019&to=2021", 4, 7),
        ("from=2020&to=2020", 7, 7),
        ("from=2020-05&to=2020-06", 7, 10),
        ("from=2020-05&to=2020-05", 10, 10),
        ("from=2019-12-15&to=2020-01-15", 4, 10),
        ("q=深圳&from=2020", 4, 7),
    ],
)
def test_facet_and_bars_count_every_dated_document(
    client: FlaskClient, query: str, facet: int, bars: int
) -> None:
    found = json.loads(client.get(f"/search.json?{query}").text)
    lines = client.get(f"/search.jsonl?{query}&collapse=0").text.splitlines()
    dates = [date for line in lines if (date := json.loads(line)["published"])]
    assert dates
    for shown, digits in ((found["facets"]["date"], facet), (found["histogram"], bars)):
        counted = Counter(date[:digits] for date in sorted(dates))
        assert [(each["value"], each["count"]) for each in shown] == list(counted.items())


def test_the_bars_are_a_table_as_well(client: FlaskClient) -> None:
    page = client.get("/search").text
    bars = re.findall(r'data-period="([^"]+)"[^>]*><title>[^<]*：([\d,]+) 篇', page)
    rows = re.findall(r'<th scope="row">([\d-]+)<td>([\d,]+)', page)
    assert bars
    assert bars == rows
