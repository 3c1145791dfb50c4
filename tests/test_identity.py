"""Ids: the same for the same text and stated day, and for nothing else."""

import re
from dataclasses import replace

import pytest

from indexer.documents import Document, PublishedDate
from indexer.identity import document_id, near_ids, page_key, text_id

DAY = PublishedDate("2020-07-13", "day", "stamp")
BASE = Document("newsflash", "某交易所上线新币", "今日下午三点,某交易所上线新币。", DAY)

SAME = {
    "a finer date of the same day": {
        "published": PublishedDate("2020-07-13T15:00", "minute", "record")
    },
    "text wrapped otherwise": {"body": "今日下午三点,\n\n某交易所　上线新币。"},
    "full-width punctuation": {"body": "今日下午三点，某交易所上线新币。"},
    "traditional script": {"title": "某交易所上線新幣"},
    "another kind, page and site": {"kind": "article", "page": "b.txt", "site": "某网"},
    "an invisible mark": {"title": "某交易所\u200b上线新币"},
}
OTHER = {
    "another day": {"published": PublishedDate("2020-07-14", "day", "stamp")},
    "a coarser date": {"published": PublishedDate("2020-07", "month", "stamp")},
    "no date": {"published": None},
    "an inferred date": {"published": PublishedDate("2020-07-13", "day", "text")},
    "another number": {"body": "今日下午四点,某交易所上线新币。"},
    "a negation": {"title": "某交易所未上线新币"},
    "the border between title and body": {
        "title": "某交易所上线新币今日",
        "body": "下午三点,某交易所上线新币。",
    },
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME.keys())
def test_same_document(change):
    assert document_id(replace(BASE, **change)) == document_id(BASE)


@pytest.mark.parametrize("change", OTHER.values(), ids=OTHER.keys())
def test_other_document(change):
    assert document_id(replace(BASE, **change)) != document_id(BASE)


def test_an_inferred_date_is_no_part_of_the_id():
    guesses = [None, PublishedDate("2020", "year", "text"), PublishedDate("2021", "year", "text")]
    assert len({document_id(replace(BASE, published=guess)) for guess in guesses}) == 1


def test_a_text_of_another_day_is_the_same_text():
    later = replace(BASE, published=PublishedDate("2021-01-01", "day", "stamp"))
    assert text_id(later) == text_id(BASE)
    assert text_id(replace(BASE, title="另一条")) != text_id(BASE)


def test_ids_are_the_same_on_every_machine():
    assert document_id(BASE) == "yn37dmncprwd7"
    assert re.fullmatch("[a-z2-7]{13}", page_key("任何内容"))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("EXH23OSHLD2J4", "exh23oshld2j4"),
        ("exh230shld2j4", "exh23oshld2j4"),
        ("EXH23OSH1D2J4", "exh23oshld2j4"),
        ("exh23oshid2j4", "exh23oshld2j4"),
        ("ｅｘｈ２３ｏｓｈｌｄ２ｊ４", "exh23oshld2j4"),
        ("exh23 oshld2j4", "exh23oshld2j4"),
        ("11l1i1l234567", "lililil234567"),
        ("exh23oshld2j8", "exh23oshld2jb"),
        ("exh23oshld2j", "exh23oshld2j4"),  # one is missing
        ("xh23oshld2j4", "exh23oshld2j4"),
        ("exh23oshld2j4。", "exh23oshld2j4"),  # one too many
        ("exh23oshhld2j4", "exh23oshld2j4"),
        ("exh23ohsld2j4", "exh23oshld2j4"),  # in its neighbour's place
        ("exh23oshld2k4", "exh23oshld2j4"),
    ],
)
def test_a_mistyped_id_is_near_to_the_right_one(typed, meant):
    assert meant in near_ids(typed)


@pytest.mark.parametrize("typed", ["", "exh", "exh23oshld2j4exh23oshld2j4", "比特币", "i" * 5000])
def test_what_is_no_id_is_near_to_none(typed):
    assert near_ids(typed) == set()


def test_near_ids_are_few_ids_and_others():
    found = near_ids("1" * 13)
    assert len(found) < 2000
    assert all(re.fullmatch("[a-z2-7]{13}", each) for each in near_ids("exh23oshld2j4"))
    assert "exh23oshld2j4" not in near_ids("exh23oshld2j4")
