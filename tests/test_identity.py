"""Ids: the same for the same text and stated day, and for nothing else."""

import re
from dataclasses import replace

import pytest

from indexer.documents import Document, PublishedDate
from indexer.identity import document_id, page_key, text_id

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
