"""The vocabulary follows the catalog, part by part as well as at once, and mends itself."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer import suggest
from indexer.archive import Archive
from indexer.arrays import Arrays
from indexer.catalog import Catalog
from indexer.documents import Page
from indexer.durable import Damaged, read_facts, write_facts
from indexer.suggest import Suggester, updating
from indexer.suggest.columns import Columns
from indexer.suggest.folder import Folder
from indexer.suggest.vocabulary import Vocabulary

from .conftest import add, document

WORDS = ["比特币", "以太坊", "深圳", "区块链", "上涨", "孙宇晨", "吴忌寒", "defi", "的"]
batches = st.lists(
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4), max_size=4), max_size=6
)


def entries(catalog):
    """All terms and titles with their weights, whatever runs they are in."""
    folder = Folder(catalog.path.with_name("suggest"), catalog.uuid)
    vocabulary = Vocabulary(folder, folder.state())
    terms = [item for run in vocabulary.terms for item in weighed(run)]
    titles = [
        (*item, id_)
        for run in vocabulary.titles
        for item, id_ in zip(weighed(run), run.columns["id"].tolist(), strict=True)
    ]
    assert len({text for text, _ in terms}) == len(terms), "a term stands in one run"
    return sorted(terms), sorted(titles), sorted(weighed(vocabulary.cities))


def weighed(run):
    return zip(run.texts.strings(), run.weights.tolist(), strict=True)


def files(catalog):
    return sorted(catalog.path.with_name("suggest").iterdir())


def texts(catalog, q):
    return [each.text for each in Suggester(catalog).suggestions(q)]


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(batches)
def test_parts_make_the_same_as_all_at_once(tmp_path_factory, batches):
    with Catalog.open(tmp_path_factory.mktemp("data") / "catalog.db") as catalog:
        for number, batch in enumerate(batches):
            add(
                catalog,
                *(
                    document(f"{words[0]}{number}{at}", "，".join(words))
                    for at, words in enumerate(batch)
                ),
            )
            suggest.follow(catalog)
        suggest.follow(catalog)
        in_parts = entries(catalog)
        suggest.rebuild(catalog)
        assert entries(catalog) == in_parts


def test_large_additions_are_made_in_parts(catalog, monkeypatch):
    add(catalog, *(document(f"深圳{number}", "比特币" * (number % 2)) for number in range(30)))
    suggest.rebuild(catalog)
    whole = entries(catalog)
    monkeypatch.setattr(updating, "_CHUNK", 3)
    suggest.rebuild(catalog)
    assert entries(catalog) == whole
    assert dict(whole[0])["比特币"] == 15


def test_runs_stay_few(catalog):
    for number in range(20):
        add(catalog, document(f"第{number}号", f"word{number}x"))
        suggest.follow(catalog)
    state = Folder(catalog.path.with_name("suggest"), catalog.uuid).state()
    assert len(state.titles) <= 4
    assert {file.name for file in files(catalog)} == state.files | {"current.json"}
    in_parts = entries(catalog)
    suggest.rebuild(catalog)
    assert entries(catalog) == in_parts


def test_nothing_is_written_when_nothing_is_new(catalog):
    add(catalog, document("深圳", "比特币"))
    suggest.follow(catalog)
    before = [(file.name, file.stat().st_mtime_ns) for file in files(catalog)]
    suggest.follow(catalog)
    assert [(file.name, file.stat().st_mtime_ns) for file in files(catalog)] == before


def test_a_document_that_only_appears_again_is_not_counted_again(catalog):
    one = document("深圳试点", "比特币。")
    add(catalog, one)
    suggest.follow(catalog)
    catalog.add([(Page("b", "b"), [replace(one, site="乙网")])])
    suggest.follow(catalog)
    assert {weight for _, weight in entries(catalog)[0]} == {1}
    assert len(entries(catalog)[1]) == 1


def test_a_reader_notices_a_new_generation(catalog):
    suggester = Suggester(catalog)
    assert suggester.suggestions("btb") == []
    add(catalog, document("甲", "比特币。"))
    suggest.follow(catalog)
    assert [each.text for each in suggester.suggestions("btb")] == ["比特币"]
    add(catalog, document("乙", "以太坊。"))
    suggest.follow(catalog)
    assert [each.text for each in suggester.suggestions("ytf")] == ["以太坊"]


def test_the_commands_keep_it_with_the_index(tmp_path):
    from indexer import pipeline

    archive = Archive.open(tmp_path)
    add(archive.catalog, document("甲", "比特币。"))
    pipeline.catch_up(archive.catalog, archive.engine)
    assert texts(archive.catalog, "btb") == ["比特币"]
    for file in files(archive.catalog):
        file.unlink()
    pipeline.rebuild(archive.catalog, archive.engine)
    assert texts(archive.catalog, "btb") == ["比特币"]
    archive.close()


def flipped(file):
    content = bytearray(file.read_bytes())
    content[-70 if len(content) > 70 else -1] ^= 0xFF
    file.write_bytes(content)


def cut_short(file):
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def emptied(file):
    file.write_bytes(b"")


def removed(file):
    file.unlink()


def of_another_version(file):
    content = bytearray(file.read_bytes())
    content[8] ^= 0xFF
    file.write_bytes(content)


@pytest.mark.parametrize("harm", [flipped, cut_short, emptied, removed, of_another_version])
@pytest.mark.parametrize("kind", ["current.json", "terms", "titles", "weights", "cities"])
def test_damage_keeps_nobody_from_searching_and_the_next_addition_mends_it(catalog, harm, kind):
    add(catalog, document("深圳试点", "比特币。"), document("深圳会议", "以太坊。"))
    suggest.follow(catalog)
    (file,) = [file for file in files(catalog) if file.name.startswith(kind)]
    harm(file)
    suggester = Suggester(catalog)
    found = [each.text for each in suggester.suggestions("深圳")]
    assert [each.text for each in suggester.suggestions("深圳")] == found
    assert found in ([], ["深圳", "深圳会议", "深圳试点"], ["深圳", "深圳试点", "深圳会议"])
    suggester.corrections("比特弊", lambda word: 0)
    add(catalog, document("深圳论坛", "比特币。"))
    suggest.follow(catalog)
    assert sorted(each.text for each in suggester.suggestions("深圳")) == sorted(
        ["深圳", "深圳会议", "深圳论坛", "深圳试点"]
    )
    assert suggester.corrections("比特弊", lambda word: 0)[0].q == "比特币"


@pytest.mark.parametrize("change", [{"format": 0}, {"fold": "x"}, {"catalog": "x"}, {"terms": 1}])
def test_a_state_that_does_not_fit_is_as_good_as_none(catalog, change):
    add(catalog, document("深圳", "比特币。"))
    suggest.follow(catalog)
    current = catalog.path.with_name("suggest") / "current.json"
    write_facts(current, {**read_facts(current), **change})
    assert texts(catalog, "btb") == []
    suggest.follow(catalog)
    assert texts(catalog, "btb") == ["比特币"]


def test_a_vocabulary_ahead_of_a_restored_catalog_is_made_anew(catalog):
    add(catalog, document("深圳", "比特币。"))
    suggest.follow(catalog)
    current = catalog.path.with_name("suggest") / "current.json"
    state = read_facts(current)
    write_facts(current, {**state, "generation": state["generation"] + 5})
    suggest.follow(catalog)
    assert read_facts(current)["generation"] == catalog.generation


def test_every_byte_of_a_file_is_held_against_a_checksum(catalog):
    add(catalog, document("深圳试点", "比特币。"))
    suggest.follow(catalog)
    (file,) = [file for file in files(catalog) if file.name.startswith("terms")]
    sound = file.read_bytes()
    arrays = Arrays(file)
    begin = np.frombuffer(arrays._map, "u1").ctypes.data
    for name, array in arrays.items():
        start = array.ctypes.data - begin
        for at in range(start, start + array.nbytes):
            content = bytearray(sound)
            content[at] ^= 1
            file.write_bytes(content)
            with pytest.raises(Damaged):
                Columns(file)[name]
