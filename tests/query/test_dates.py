from __future__ import annotations

from datetime import date

import pytest

from indexer.engine.tree import Dates
from indexer.errors import WrongUsage
from indexer.query.dates import date_range


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2020", "2020", (date(2020, 1, 1), date(2020, 12, 31))),
        ("2020-02", "2020-02", (date(2020, 2, 1), date(2020, 2, 29))),
        ("2021-02", "2021-02", (date(2021, 2, 1), date(2021, 2, 28))),
        ("2020-05-06", "2020-05-06", (date(2020, 5, 6), date(2020, 5, 6))),
        ("2020-05", "2021", (date(2020, 5, 1), date(2021, 12, 31))),
        ("2020/5/6", "2020年6月", (date(2020, 5, 6), date(2020, 6, 30))),
        ("2020", "", (date(2020, 1, 1), None)),
        ("", "2020", (None, date(2020, 12, 31))),
        # A day inside the year that it ends with.
        ("2020-12-31", "2020", (date(2020, 12, 31), date(2020, 12, 31))),
    ],
)
def test_a_range_covers_its_ends(
    first: str, last: str, days: tuple[date | None, date | None]
) -> None:
    assert date_range(first, last) == Dates(*days)


def test_two_blanks_are_no_range() -> None:
    assert date_range("", "") is None


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("昨天", "", "昨天"),
        ("2020-13", "", "2020-13"),
        ("", "2021-02-29", "2021-02-29"),
        ("0000", "", "0000"),
        ("20", "", "20"),
        ("２０２０", "", "２０２０"),
        ("2021", "2020", "起始日期 2021 晚于结束日期 2020"),
        ("2020-05-07", "2020-05-06", "晚于"),
    ],
)
def test_an_impossible_range_is_refused_with_a_sentence(first: str, last: str, told: str) -> None:
    with pytest.raises(WrongUsage, match=told):
        date_range(first, last)
