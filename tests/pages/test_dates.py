from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.pages.dates import CHINA, read_date

STATED = [
    ("2020/7/13", "2020-07-13", "day"),
    ("2021/11/30 12:41:29", "2021-11-30T12:41:29", "second"),
    ("2021-02-10 09:11:56", "2021-02-10T09:11:56", "second"),
    ("2021/2/3 4:05", "2021-02-03T04:05", "minute"),
    ("2021.2.3", "2021-02-03", "day"),
    ("4/27/2021 12:48:57 PM", "2021-04-27T12:48:57", "second"),
    ("4/27/2021 12:48:57 AM", "2021-04-27T00:48:57", "second"),
    ("4/27/2021", "2021-04-27", "day"),
    ("2022年3月5日 14:02", "2022-03-05T14:02", "minute"),
    ("2022年3月5日14:02", "2022-03-05T14:02", "minute"),
    ("2022年3月5日下午2:02", "2022-03-05T14:02", "minute"),
    ("2022年3月5日", "2022-03-05", "day"),
    ("2020年5月", "2020-05", "month"),
    ("2020-05", "2020-05", "month"),
    ("2020年", "2020", "year"),
    ("2020", "2020", "year"),
    (" ２０２０／７／１３ ", "2020-07-13", "day"),
    # A zone is converted to China time; none means China time.
    ("2021-02-10T09:11:56", "2021-02-10T09:11:56", "second"),
    ("2021-02-10T09:11:56Z", "2021-02-10T17:11:56", "second"),
    ("2021-02-10T23:11:56.120+00:00", "2021-02-11T07:11:56", "second"),
    ("2021-02-10T09:11:56+0800", "2021-02-10T09:11:56", "second"),
    ("2021-02-10T20:11-05:00", "2021-02-11T09:11", "minute"),
]

NOT_STATED = [
    "",
    "昨日",
    "2020/13/45",
    "2020/2/30",
    "2020/7/13 25:00",
    "1900/1/1",
    "1900/1/1 0:00:00",
    "2007",
    str(date.today().year + 2),
    "20200713",
    "2020-07/13",
    "[2020/7/13]",
    "2020/7/13 发布",
    "第5号",
    "2021-02-10T09:11:56+99:99",
]


@pytest.mark.parametrize(("text", "value", "precision"), STATED)
def test_a_stated_date_is_read_as_exactly_as_it_is_stated(text, value, precision):
    found = read_date(text, "stamp")
    assert found is not None
    assert (found.value, found.precision, found.origin) == (value, precision, "stamp")


@pytest.mark.parametrize("text", NOT_STATED)
def test_what_is_no_possible_date_is_none(text):
    assert read_date(text, "record") is None


@given(st.datetimes(datetime(2008, 1, 2), datetime(2025, 12, 30)), st.integers(-12, 14))
def test_a_zone_is_converted_as_the_standard_library_does(moment, hours):
    moment = moment.replace(microsecond=0)
    stated = moment.isoformat() + f"{hours:+03}:00"
    found = read_date(stated, "record")
    local = moment - timedelta(hours=hours) + CHINA.utcoffset(None)
    assert found is not None
    assert found.value == local.isoformat()


@given(st.text(max_size=80))
def test_any_text_gives_a_date_or_none(text):
    found = read_date(text, "text")
    assert found is None or found.value[:4].isdigit()
