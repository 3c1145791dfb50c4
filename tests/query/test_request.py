from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import get_args
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.documents import Kind
from indexer.engine import Filters, Sort
from indexer.engine.tree import Dates
from indexer.errors import WrongUsage
from indexer.i18n import LANGUAGES
from indexer.query.request import MAX_PAGE, VALUE_FIELDS, Mark, SearchRequest


def read(query_string: str) -> SearchRequest:
    return SearchRequest.from_params(parse_qsl(query_string, keep_blank_values=True))


@pytest.mark.parametrize(
    ("query_string", "request_"),
    [
        ("", SearchRequest()),
        ("q=", SearchRequest()),
        ("q=%E6%B7%B1%E5%9C%B3+-%E5%8C%97%E4%BA%AC", SearchRequest(q="深圳 -北京")),
        ("q=+a+", SearchRequest(q="a")),
        ("q=a&q=b", SearchRequest(q="b")),
        ("from=2020&to=2020-05", SearchRequest(first="2020", last="2020-05")),
        ("city=a&city=b&city=a&city=", SearchRequest(city=("a", "b"))),
        (
            "undated=1&aliases=0&collapse=0",
            SearchRequest("", "", "", True, aliases=False, collapse=False),
        ),
        (
            "match=any&sort=newest&page=3&lang=en",
            SearchRequest(match="any", sort="newest", page=3, lang="en"),
        ),
        ("utm_source=x&q=a", SearchRequest(q="a")),
        ("since=0123abcd-7", SearchRequest(since=Mark("0123abcd", 7))),
        ("since=0123abcd-7&new=1", SearchRequest(since=Mark("0123abcd", 7), new=True)),
    ],
)
def test_from_params(query_string: str, request_: SearchRequest) -> None:
    assert read(query_string) == request_


@pytest.mark.parametrize(
    ("query_string", "told"),
    [
        ("from=2020-13", "2020-13"),
        ("from=2021&to=2020", "晚于"),
        ("undated=yes", "参数 undated 不能是“yes”"),
        ("sort=best", "relevance newest oldest"),
        ("match=none", "all any"),
        ("aliases=2", "参数 aliases"),
        ("collapse=on", "参数 collapse"),
        ("lang=fr", "zh en"),
        ("new=1", "要同 since 一起用"),
        ("since=yesterday", "参数 since 不能是“yesterday”"),
        ("since=0123abcd--7", "参数 since"),
        ("since=0123abcd-" + "9" * 5000, "参数 since"),
        ("&".join(f"city={n}&tag={n}" for n in range(101)), "最多用 100 个筛选值，这里有 101 个"),
        ("page=0", "页码“0”不对"),
        ("page=-1", "页码"),
        ("page=1.5", "页码"),
        ("page=²", "页码"),
        (f"page={MAX_PAGE + 1}", "页码"),
        ("page=" + "9" * 5000, "页码"),
    ],
)
def test_an_impossible_value_is_refused_with_a_sentence(query_string: str, told: str) -> None:
    with pytest.raises(WrongUsage, match=told) as refused:
        read(query_string)
    assert refused.value.exit_code == 2


def test_a_hundred_values_of_filters_are_allowed() -> None:
    request = read("&".join(f"city={n}&tag={n}" for n in range(100)))
    assert len(request.city) == len(request.tag) == 100


words = st.text(st.characters(exclude_categories=["Cs"])).map(str.strip)
values = st.lists(words.filter(bool), max_size=3, unique=True).map(tuple)
days = st.sampled_from(["", "2020", "2020-05", "2020-05-06"])
requests = st.builds(
    SearchRequest,
    q=words,
    first=days,
    last=st.sampled_from(["", "2020", "2021-02-28"]),
    undated=st.booleans(),
    **dict.fromkeys(VALUE_FIELDS, values)
    | {"kind": st.lists(st.sampled_from(get_args(Kind)), unique=True).map(tuple)},
    sort=st.sampled_from([None, *get_args(Sort)]),
    match=st.sampled_from(["all", "any"]),
    aliases=st.booleans(),
    collapse=st.booleans(),
    since=st.builds(Mark, st.just("0123abcd"), st.integers(0, 999_999_999)),
    new=st.booleans(),
    page=st.integers(1, MAX_PAGE),
    lang=st.sampled_from([None, *LANGUAGES]),
)


@settings(deadline=None)
@given(requests)
def test_every_request_is_one_url(request: SearchRequest) -> None:
    assert SearchRequest.from_params(request.params()) == request
    assert read(request.query_string()) == request
    assert all(value for _, value in request.params())


@settings(deadline=None)
@given(requests, st.sampled_from(VALUE_FIELDS), words.filter(bool))
def test_a_value_is_switched_on_and_off_again(
    request: SearchRequest, field: str, value: str
) -> None:
    on = request.toggled(field, value)  # type: ignore[arg-type]
    assert on.page == 1
    assert (value in on.values(field)) != (value in request.values(field))  # type: ignore[arg-type]
    back = on.toggled(field, value)  # type: ignore[arg-type]
    assert set(back.values(field)) == set(request.values(field))  # type: ignore[arg-type]


def test_filters() -> None:
    assert SearchRequest(q="a").filters() == Filters()
    assert read("from=2020&undated=1&city=a&city=b&tag=c").filters() == Filters(
        Dates(date(2020, 1, 1), None), True, {"city": ("a", "b"), "tag": ("c",)}
    )


several = pytest.mark.parametrize(
    "request_",
    [
        SearchRequest(),
        SearchRequest(q="深圳 & 矿场", sort="newest", page=7, lang="en"),
        SearchRequest(first="2020", undated=True, city=("北京",), source=("乙 社",), match="any"),
    ],
)


@several
def test_values_are_added_to_the_url_as_if_each_were_toggled(request_: SearchRequest) -> None:
    for field in VALUE_FIELDS:
        adding = request_.adding(field)
        for value in ("上海", "a&b=c d", "+"):
            assert adding(value) == request_.toggled(field, value).query_string()


@several
def test_dates_are_set_in_the_url_as_if_each_were_asked_for(request_: SearchRequest) -> None:
    between = request_.between()
    for first, last in (("2020-05", "2020-05"), ("2020/5/6", "2021年"), ("a&b", "+")):
        asked = replace(request_, first=first, last=last, page=1)
        assert between(first, last) == asked.query_string()
