import json
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.places import GOLD, gold_sentences, score
from indexer.pages.places import GAZETTEER, cities_in, known_city

DEV, HELD_OUT = GOLD
SEED = Path(__file__).parents[3] / "shared" / "seed" / "gold.json"


def rows(file: str) -> list[list[str]]:
    lines = (GAZETTEER / file).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


CHINA, WORLD = rows("china.tsv"), rows("world.tsv")
CANONICAL = {row[0] for row in CHINA + WORLD}
OPEN = sorted(row[0] for row in CHINA + WORLD if row[2] == "open")


@pytest.mark.parametrize(("sentence", "cities"), list(gold_sentences(DEV)))
def test_gold_sentence(sentence: str, cities: tuple[str, ...]) -> None:
    assert cities_in(sentence) == cities


def test_held_out_sentences_reach_the_agreed_f1() -> None:
    assert score(HELD_OUT).f1 >= 0.95


def test_gold_halves_are_large_and_do_not_overlap() -> None:
    dev, held_out = (dict(gold_sentences(path)) for path in GOLD)
    assert len(dev) >= 150
    assert len(held_out) >= 150
    assert not dev.keys() & held_out.keys()


@pytest.mark.parametrize(
    ("typed", "city"),
    [
        ("深圳", "深圳"),
        ("深圳市", "深圳"),
        (" 深圳 ", "深圳"),
        ("Shenzhen", "深圳"),
        ("shenzhen", "深圳"),
        ("舊金山", "旧金山"),
        ("三藩市", "旧金山"),
        ("臺北", "台北"),
        ("new york", "纽约"),
        ("NYC", "纽约"),
        ("ＨＯＮＧ　ＫＯＮＧ", "香港"),
        ("白银", "白银"),
        ("中山", "中山"),
        ("吉林市", "吉林"),
        ("凉山彝族自治州", "凉山"),
        ("延边州", "延边"),
        ("海淀区", "北京"),
        ("前海", "深圳"),
        ("昆山", "昆山"),
        ("朝阳区", None),
        ("北上广", None),
        ("开曼", None),
        ("海南", None),
        ("北海道", None),
        ("比特币", None),
        ("", None),
    ],
)
def test_known_city(typed: str, city: str | None) -> None:
    assert known_city(typed) == city


@pytest.mark.parametrize(
    ("text", "cities"),
    [
        ("香港、北京、香港", ("香港", "北京")),
        ("在 Zürich 与上海", ("苏黎世", "上海")),
        ("\ufeff上海，Singapore", ("上海", "新加坡")),
        ("㌀㌀ London 北京", ("伦敦", "北京")),
        ("北上广深", ("北京", "上海", "广州", "深圳")),
        ("深圳和北上广深", ("深圳", "北京", "上海", "广州")),
        ("Londonderry", ()),
        ("eLondon", ()),
        ("比特币London见", ("伦敦",)),
        ("", ()),
    ],
)
def test_order_of_first_mention(text: str, cities: tuple[str, ...]) -> None:
    assert cities_in(text) == cities


def test_seed_page_names_the_cities_of_its_gold() -> None:
    if not SEED.exists():
        pytest.skip(f"the seed page is not beside the checkout: {SEED}")
    gold = json.loads(SEED.read_text(encoding="utf-8"))
    article = gold["article"] | {"body": "\n\n".join(gold["article"]["paragraphs"])}
    for document in (article, *gold["newsflashes"]):
        found = cities_in(document["title"] + "\n" + document["body"])
        assert found == tuple(document["cities"]), document["title"]


def test_every_prefecture_and_city_above_is_there() -> None:
    upper = CHINA[: next(i for i, row in enumerate(CHINA) if row[0] == "雄安")]
    municipalities = {"北京", "天津", "上海", "重庆"}
    taiwan = {"台北", "新北", "桃园", "台中", "台南", "高雄", "基隆", "新竹", "嘉义"}
    text = (GAZETTEER / "china.tsv").read_text(encoding="utf-8")
    prefectures = text.split("# cities of county level")[0].splitlines()
    full_forms = [line.split("\t")[1] for line in prefectures if not line.startswith("#")]
    kinds = Counter(re.sub(r".*(特别行政区|自治州|地区|盟|市)", r"\1", form) for form in full_forms)
    assert kinds == {
        "特别行政区": 2,
        "自治州": 30,
        "地区": 7,
        "盟": 3,
        "市": 293 + len(municipalities) + len(taiwan),
    }
    assert municipalities | taiwan < {row[0] for row in upper}


def test_every_name_is_listed_once_for_one_city() -> None:
    forms = [
        form
        for city, full, _, others in CHINA + WORLD
        for form in {city, full, *filter(None, others.split(","))}
    ]
    assert [form for form, count in Counter(forms).items() if count > 1] == []


def test_districts_and_areas_lie_in_known_cities() -> None:
    assert {city for _, city in rows("districts.tsv")} <= CANONICAL
    assert {city for _, cities in rows("areas.tsv") for city in cities.split(" ")} <= CANONICAL


def test_rules_speak_of_known_cities() -> None:
    scopes = {city for cities, _ in rows("followers.tsv") for city in cities.split(",")}
    assert scopes <= CANONICAL | {"*", "+"}


@pytest.mark.parametrize("row", CHINA + WORLD, ids=lambda row: row[0])
def test_full_form_names_its_city(row: list[str]) -> None:
    city, full, _, _ = row
    assert cities_in(f"据悉,{full}发布公告。") == (city,)
    assert known_city(city) == known_city(full) == city


@pytest.mark.parametrize(("district", "city"), rows("districts.tsv"))
def test_district_names_its_city(district: str, city: str) -> None:
    assert cities_in(f"据悉,{district}发布公告。") == (city,)


@pytest.mark.parametrize("district", ["朝阳区", "鼓楼区", "南山区", "和平区", "白云区", "长安区"])
def test_ambiguous_district_is_no_evidence(district: str) -> None:
    assert cities_in(f"据悉,{district}发布公告。") == ()


@pytest.mark.parametrize("phrase", [phrase for (phrase,) in rows("not_places.txt")])
def test_phrase_that_is_no_place(phrase: str) -> None:
    assert cities_in(f"据悉,{phrase},等等。") == ()


@given(st.lists(st.sampled_from(OPEN), max_size=8))
def test_listed_cities_come_out_in_their_order(cities: list[str]) -> None:
    assert cities_in("据悉," + ",".join(cities)) == tuple(dict.fromkeys(cities))


@given(
    st.lists(st.sampled_from([*OPEN, "London", "升级", "大学", "的", "市", "\u200b", "﷼", "、"]))
)
def test_any_text_gives_known_cities_each_once(parts: list[str]) -> None:
    found = cities_in("".join(parts))
    assert len(set(found)) == len(found)
    assert set(found) <= CANONICAL
