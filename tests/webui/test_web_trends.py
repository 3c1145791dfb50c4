"""Several queries compared over time."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient


def compared(client: FlaskClient, query: str) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = json.loads(client.get(f"/trends.json?{query}").text)
    return found


def total(client: FlaskClient, query: str) -> int:
    return int(json.loads(client.get(f"/search.json?{query}").text)["total"])


@pytest.mark.parametrize("filters", ["", "&kind=newsflash", "&city=深圳&from=2020&to=2021"])
def test_counts_are_those_of_the_searches(client: FlaskClient, filters: str) -> None:
    found = compared(client, f"q=深圳&q=区块链{filters}")
    assert [series["query"] for series in found["series"]] == ["深圳", "区块链"]
    for series in found["series"]:
        asked = f"q={series['query']}{filters}"
        assert series["total"] == total(client, asked)
        dated = json.loads(client.get(f"/search.json?{asked}").text)["histogram"]
        months = {each["value"]: each["count"] for each in dated if len(each["value"]) == 7}
        counts = dict(zip(found["months"], series["counts"], strict=True))
        assert {month: count for month, count in counts.items() if count} == months
        everything = json.loads(client.get(f"/search.json?q={filters}").text)["histogram"]
        of_month = {each["value"]: each["count"] for each in everything}
        for month, share in zip(found["months"], series["shares"], strict=True):
            assert share == pytest.approx(100 * counts[month] / of_month.get(month, 1), abs=1e-4)


def test_months_are_in_a_row(client: FlaskClient) -> None:
    months = compared(client, "q=深圳")["months"]
    numbers = [int(month[:4]) * 12 + int(month[5:]) for month in months]
    assert numbers == list(range(numbers[0], numbers[-1] + 1))


def test_the_table_and_the_drawing_say_the_same(client: FlaskClient) -> None:
    found = compared(client, "q=深圳&q=区块链")
    table = client.get("/trends.csv?q=深圳&q=区块链").text.removeprefix("\ufeff")
    head, *rows = csv.reader(io.StringIO(table))
    assert head[1:] == ["深圳 #", "深圳 %", "区块链 #", "区块链 %"]
    assert [row[0] for row in rows] == found["months"]
    assert [int(row[1]) for row in rows] == found["series"][0]["counts"]
    root = ElementTree.fromstring(client.get("/trends.svg?q=深圳&q=区块链").data)
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts[-2:] == ["深圳", "区块链"]


def test_a_point_leads_to_its_documents(client: FlaskClient) -> None:
    page = client.get("/trends?q=深圳&q=区块链&kind=newsflash").text
    points = re.findall(
        r'<a href="([^"]+)" rel="nofollow" tabindex="-1"><title>(\S+) ([\d-]+): (\d+) ', page
    )
    assert points
    for url, q, month, count in points:
        query = unescape(url).partition("?")[2]
        found = json.loads(client.get(f"/search.json?{query}").text)
        dated = [each for each in found["facets"]["date"] if each["value"].startswith(month)]
        assert sum(each["count"] for each in dated) == int(count)
        assert found["query"] == q


@pytest.mark.parametrize("unit", ["", "&unit=share"])
def test_the_page_stands_with_one_query_none_or_nothing_found(
    client: FlaskClient, unit: str
) -> None:
    for query in ("", "q=", "q=深圳", "q=没有这样的词", "q=深圳&q=深圳&q=北京"):
        assert client.get(f"/trends?{query}{unit}").status_code == 200


def test_more_than_five_are_refused(client: FlaskClient) -> None:
    many = "&".join(f"q={letter}" for letter in "甲乙丙丁戊己")
    response = client.get(f"/trends?{many}")
    assert response.status_code == 400
    assert "最多比较 5 个检索式，这里有 6 个" in response.text
    assert client.get(f"/trends.json?{many}").status_code == 400
