"""Chinese or English: who gets which, and whether the translation is whole."""

from __future__ import annotations

import re
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

WEBUI = Path(__file__).parents[2] / "webui"
ENGLISH = WEBUI / "translations" / "en" / "LC_MESSAGES" / "messages.po"
PLACES = re.compile(r"%\((\w+)\)s")


@pytest.mark.parametrize(
    ("accepted", "query", "html_lang"),
    [
        (None, "", "zh-Hans"),
        ("*", "", "zh-Hans"),
        ("fr", "", "zh-Hans"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "", "zh-Hans"),
        ("zh-CN,en;q=0.8", "", "zh-Hans"),
        ("zh-TW", "", "zh-Hans"),
        ("en-US,en;q=0.9", "", "en"),
        ("en-US,zh;q=0.5", "", "en"),
        ("de,en;q=0.7,zh;q=0.3", "", "en"),
        ("en", "?lang=zh", "zh-Hans"),
        ("zh-CN", "?lang=en", "en"),
        ("zh-CN", "?lang=xx", "zh-Hans"),
    ],
)
def test_the_language_is_that_of_the_url_then_of_the_browser(
    client: FlaskClient, accepted: str | None, query: str, html_lang: str
) -> None:
    headers = {"Accept-Language": accepted} if accepted else {}
    response = client.get(f"/search{query}", headers=headers)
    assert f'<html lang="{html_lang}">' in response.text
    assert "Accept-Language" in response.vary


def test_the_switch_keeps_the_search(client: FlaskClient) -> None:
    html = client.get("/search?q=深圳&from=2020&city=深圳").text
    switch = re.search(r'<a href="([^"]*)" lang="en"', html)
    assert switch
    english = client.get(switch[1].replace("&amp;", "&"))
    assert english.request.args.to_dict() == {
        "q": "深圳",
        "from": "2020",
        "city": "深圳",
        "lang": "en",
    }
    assert "documents" in english.text
    assert "lang=en" in re.findall(r'<h2><a href="([^"]*)"', english.text)[0]


def test_numbers_and_plurals_are_english_in_english(client: FlaskClient) -> None:
    assert "1 document\n" in client.get("/search?q=矿场&lang=en").text
    assert "2 documents\n" in client.get("/search?q=深圳&lang=en").text
    assert "seen 2 times" in client.get("/search?q=数字钱包&lang=en").text


def test_a_request_leaves_its_language_behind_it(client: FlaskClient) -> None:
    client.get("/search?lang=en")
    assert "不是有效的日期" in client.get("/search.json?from=x").json["error"]["message"]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def test_every_sentence_of_the_page_has_its_translation(catalog: Catalog) -> None:
    with (WEBUI / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    extracted = {message for _, _, message, _, _ in extract_from_dir(WEBUI, methods, options)}
    assert len(extracted) > 50
    assert {message.id for message in catalog if message.id} == extracted
    assert [message.id for message in catalog if message.id and message.fuzzy] == []


def test_translations_keep_the_places_of_the_facts(catalog: Catalog) -> None:
    for message in catalog:
        if not message.id:
            continue
        originals = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        for string in strings:
            assert string
            assert sorted(PLACES.findall(string)) == sorted(PLACES.findall(originals[0]))
        assert len(strings) == len(originals)


def test_the_compiled_translation_is_in_step(catalog: Catalog) -> None:
    with ENGLISH.with_suffix(".mo").open("rb") as file:
        compiled = GNUTranslations(file)
    for message in catalog:
        if isinstance(message.id, tuple):
            one, other = message.id
            shown = tuple(compiled.ngettext(one, other, number) for number in (1, 2))
            assert shown == message.string
        elif message.id:
            assert compiled.gettext(message.id) == message.string
