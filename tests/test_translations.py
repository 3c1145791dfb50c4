"""The English translations: whole, in step with the code, and true to the facts."""

from __future__ import annotations

import re
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
# What is said on the command line is translated with the indexer's sentences.
BESIDES = {
    "indexer": [
        "run.py",
        "webui/__init__.py",
        "webui/access.py",
        "webui/context.py",
        "webui/cors.py",
        "webui/passwords.py",
        "webui/refusals.py",
        "webui/server.py",
        "webui/workers.py",
    ],
    "webui": [],
}
PLACES = re.compile(r"%\(\w+\)\w|%")
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
EXAMPLE = "深圳 区块链"  # a query that is Chinese in every language


@pytest.fixture(scope="module", params=["indexer", "webui"])
def package(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def english(package: str) -> Path:
    return ROOT / package / "translations" / "en" / "LC_MESSAGES" / "messages.po"


@pytest.fixture(scope="module")
def catalog(english: Path) -> Catalog:
    with english.open("rb") as file:
        return read_po(file, locale="en")


def strings_of(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def test_every_sentence_has_its_translation_and_none_is_left_over(
    package: str, catalog: Catalog
) -> None:
    with (ROOT / package / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = {message for _, _, message, _, _ in extract_from_dir(ROOT / package, methods, options)}
    for name in BESIDES[package]:
        found |= {message for _, message, _, _ in extract_from_file("python", ROOT / name)}
    assert len(found) > 50
    assert {message.id for message in catalog if message.id} == found
    assert not catalog.fuzzy
    assert [message.id for message in catalog if message.id and message.fuzzy] == []
    assert not catalog.obsolete


def test_make_translations_collects_the_same_files() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for package, besides in BESIDES.items():
        assert f"$(call translate,{package},{' '.join([package, *besides])})" in makefile


def test_a_translation_is_english_and_keeps_the_places_of_the_facts(catalog: Catalog) -> None:
    assert catalog.num_plurals == 2
    for message in catalog:
        if not message.id:
            continue
        originals, strings = strings_of(message.id), strings_of(message.string)
        assert len(strings) == len(originals)
        for string in strings:
            assert string
            assert sorted(PLACES.findall(string)) == sorted(PLACES.findall(originals[0]))
            assert not CHINESE.search(string.replace(EXAMPLE, ""))


def test_the_compiled_translation_is_in_step(english: Path, catalog: Catalog) -> None:
    with english.with_suffix(".mo").open("rb") as file:
        compiled = GNUTranslations(file)
    for message in catalog:
        if isinstance(message.id, tuple):
            one, other = message.id
            shown = tuple(compiled.ngettext(one, other, number) for number in (1, 2))
            assert shown == message.string
        elif message.id:
            assert compiled.gettext(message.id) == message.string
