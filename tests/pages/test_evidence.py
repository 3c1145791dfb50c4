"""Where a newsflash starts, as other pages with the same newsflash tell it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.pages._text import read_lines
from indexer.pages.evidence import Tail, Trace, dispute, key_of, tail_of
from indexer.pages.stamps import split_at_stamps
from indexer.pages.unweave import unweave

BODY = "据官方公告,乙链升级推迟一周,开发者需要更多时间测试新的客户端。[2021/3/6]"
FLASH = f"乙链升级推迟:{BODY}"
TITLE = "乙链升级推迟"

# What it is, the page, other pages with the newsflash, the title that the page then gives.
PAGES = {
    "glued, and starting a line elsewhere": (
        f"矿工们在雨季到来之前搬到了山里{FLASH}",
        [f"运输并不便宜。\n\n{FLASH}"],
        TITLE,
    ),
    "glued here and there": (
        f"矿工们在雨季到来之前把机器都搬到了山里,那里的电价只有平原的一半,而且还会再降一些{FLASH}",
        [
            f"机房里的温度常年保持在三十度上下,风扇的声音隔着整个山谷也听得见,到了冬天更是如此{FLASH}"
        ],
        TITLE,
    ),
    "glued, and two pages agree where it starts": (
        f"矿工们搬到了山里{FLASH}",
        [f"运输并不便宜{FLASH}", f"山里的电便宜。\n\n{FLASH}"],
        TITLE,
    ),
    "neighbours that end alike": (
        f"专家把原因分成两类:一类是电价,一类是气候。{FLASH}",
        [f"运输并不便宜,一台机器要换三次车。{FLASH}"],
        TITLE,
    ),
    "the title retyped at its head": (
        f"矿工们搬到了山里。\n\n{FLASH}",
        [f"快讯!{FLASH}", f"山里的电便宜。\n\n快讯!{FLASH}"],
        TITLE,
    ),
    "a word of the title retyped": (
        f"矿工们搬到了山里。\n\n{FLASH}",
        [f"乙链将升级推迟:{BODY}", f"山里的电便宜。\n\n乙链将升级推迟:{BODY}"],
        TITLE,
    ),
    "the category left out elsewhere": (
        f"矿工们搬到了山里。\n\n动态 | {FLASH}",
        [f"运输并不便宜。\n\n{FLASH}", f"山里的电便宜。\n\n{FLASH}"],
        TITLE,
    ),
    "full-width marks and traditional script elsewhere": (
        f"矿工们在雨季到来之前搬到了山里{FLASH}",
        [
            "運輸並不便宜。\n\n乙鏈升級推遲：據官方公告，乙鏈升級推遲一週，"
            "開發者需要更多時間測試新的客戶端。［2021/3/6］".replace("週", "周")
        ],
        TITLE,
    ),
    "a copy tells nothing": (
        f"运输并不便宜。\n\n{FLASH}",
        [f"运输并不便宜。\n\n{FLASH}"],
        TITLE,
    ),
    "another newsflash that ends alike tells nothing": (
        f"运输并不便宜。\n\n{FLASH}",
        ["丙链很好。\n\n丙链升级推迟:据丙链公告,开发者需要更多时间测试新的客户端。[2021/3/6]"],
        TITLE,
    ),
}


def runs(text):
    return [run for run in split_at_stamps(read_lines(text)) if run.stamped]


@pytest.mark.parametrize(("text", "others", "title"), PAGES.values(), ids=PAGES)
def test_the_start(text, others, title):
    traces = [Trace.of(run.lines) for other in others for run in runs(other)]
    key = key_of(runs(text)[-1])
    for ordered in (traces, traces[::-1]):
        _, newsflashes = unweave(read_lines(text), {key: ordered})
        assert newsflashes[-1].title == title


def test_glued_newsflashes_are_misread_alone():
    """Otherwise the cases above would show nothing."""
    for name in ("glued, and starting a line elsewhere", "glued here and there"):
        assert unweave(read_lines(PAGES[name][0]))[1][0].title != TITLE


def test_the_key_is_that_of_the_newsflash_wherever_it_stands():
    pages = [page for page, _, _ in PAGES.values()]
    assert len({key_of(runs(page)[-1]) for page in pages}) == 1
    assert key_of(runs(FLASH.replace("3/6", "3/7"))[0]) != key_of(runs(FLASH)[0])


def test_the_tail_of_a_run():
    (run,) = runs(f"山里的 电便宜。\n\n{FLASH}")
    tail = tail_of(run, 1, 0)
    assert tail.length == len(FLASH.removesuffix("[2021/3/6]"))
    assert tail.run == Trace.of(run.lines).name
    assert tail.above != tail_of(run, 0, 0).above == 0
    assert tail.key == key_of(run)


def tails(*triples):
    return [Tail(1, *each) for each in triples]


DISPUTES = {
    "one run": ([(1, 50, 7), (1, 50, 7)], None),
    "one length under different text": ([(1, 50, 7), (2, 50, 8)], None),
    "one length, and nothing above on a page": ([(1, 50, 0), (2, 50, 8)], None),
    "one length under the same text": ([(1, 50, 7), (2, 50, 7)], ((1, 2), 0)),
    "two lengths": ([(1, 50, 7), (2, 60, 8)], ((1, 2), 0)),
    "two lengths, one of them on more runs": (
        [(3, 50, 7), (2, 50, 8), (1, 60, 9)],
        ((1, 2, 3), 50),
    ),
    "two lengths, one of them under the same text": (
        [(1, 50, 7), (2, 50, 7), (3, 60, 9)],
        ((1, 2, 3), 0),
    ),
    "many runs": ([(n, n, n) for n in range(20, 0, -1)], ((1, 2, 3, 4, 5), 0)),
}


@pytest.mark.parametrize(("triples", "expected"), DISPUTES.values(), ids=DISPUTES)
def test_what_is_disputed(triples, expected):
    found = dispute(tails(*triples))
    assert (found and (found.runs, found.settled)) == expected


TRIPLES = st.lists(st.tuples(*[st.integers(0, 3)] * 3), min_size=1)


@given(TRIPLES, st.randoms(use_true_random=False))
def test_a_dispute_does_not_depend_on_the_order(triples, chance):
    found = dispute(tails(*triples))
    chance.shuffle(triples)
    assert dispute(tails(*triples)) == found
