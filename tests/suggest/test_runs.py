"""Completions against a scan of all texts, whatever the runs that they are in."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis import is_word
from indexer.suggest.building import term_columns
from indexer.suggest.pinyin import DATA, readings
from indexer.suggest.runs import TermRun
from indexer.suggest.texts import Texts
from indexer.suggest.updating import _merged_terms
from indexer.suggest.vocabulary import completions

SYLLABLES = sorted(
    {s for line in DATA.read_text("utf-8").split("\n") for s in line.split("\t")[0].split()}
)
INITIALS = {"zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw"}
CHARACTERS = "比特币区块链上海行长安西先公感bts1"

texts = st.text(CHARACTERS, min_size=1, max_size=5)
vocabularies = st.dictionaries(texts, st.integers(1, 6), min_size=1, max_size=40)
typed = st.one_of(
    texts,
    st.text("bitexanqukuhgsh", min_size=1, max_size=6),
    st.tuples(
        st.sampled_from("区比上行"), st.sampled_from(["k", "te", "tb", "hai", "kuai", "z"])
    ).map("".join),
    st.sampled_from(["btb", "bite", "bitebi", "bitb", "xian", "qkl", "sh", "hang", "gan"]),
)


def ways(syllables, letters):
    """Whether each way to read the letters as these syllables is abbreviated."""
    if not syllables or not letters:
        return
    first, *rest = syllables
    if first.startswith(letters):
        yield False
    if letters.startswith(first):
        yield from ways(rest, letters[len(first) :])
    for initial in INITIALS:
        if first.startswith(initial) and letters.startswith(initial):
            yield from (True for _ in ways(rest, letters[len(initial) :]))


def scanned(weights, typed):
    """All completions in their order, by looking at one text at a time."""
    han = len(typed.rstrip("abcdefghijklmnopqrstuvwxyz"))
    letters, before = typed[han:], typed[:han]
    tiers = {}
    for text, weight in weights.items():
        if not text.isascii() and not set(text) & set("bts1") and not is_word(text) and weight < 3:
            continue
        found = [False] if text.startswith(typed) else []
        if text.startswith(before):
            for reading in readings(text):
                names = [SYLLABLES[number - 1] for number in reading]
                if len(names) >= han:
                    found += ways(names[han:], letters)
        if found:
            tiers[text] = 0 if text == typed else 1 if False in found else 2
    return sorted(tiers, key=lambda text: (tiers[text], -weights[text], text))


def run_of(weights):
    return TermRun(term_columns(Texts.of([*weights]), np.array([*weights.values()], np.int64)))


@settings(max_examples=150, deadline=None)
@given(vocabularies, typed, st.integers(1, 3))
def test_completions_are_those_of_a_scan(weights, typed, parts):
    runs = [
        run_of({text: n for at, (text, n) in enumerate(weights.items()) if at % parts == part})
        for part in range(parts)
    ]
    found = dict.fromkeys(each.text.decode() for each in completions(runs, typed))
    assert list(found) == scanned(weights, typed)


def test_a_run_of_many_gives_all_in_order():
    weights = {f"b{number:04}": number % 97 + 1 for number in range(1000)}
    found = [each.text.decode() for each in completions([run_of(weights)], "b")]
    assert found == sorted(weights, key=lambda text: (-weights[text], text))


def test_pinyin_beyond_the_characters_that_are_read_finds_nothing():
    run = run_of({"比特币区块链上海比特币": 5})
    assert [each.text.decode() for each in completions([run], "比特币区块链shang")] != []
    assert [each.text.decode() for each in completions([run], "比特币区块链上海比te")] == []


@given(vocabularies, st.integers(1, 3))
@settings(max_examples=50, deadline=None)
def test_merged_runs_are_the_run_of_all(weights, parts):
    runs = [
        run_of({text: n for at, (text, n) in enumerate(weights.items()) if at % parts == part})
        for part in range(parts)
    ]
    merged, whole = _merged_terms(runs), run_of(weights)
    for name, column in whole.columns.items():
        assert merged.columns[name].tolist() == column.tolist(), name


@given(vocabularies, st.lists(texts, max_size=10))
@settings(max_examples=50, deadline=None)
def test_texts_are_found_by_their_hashes(weights, wanted):
    run = run_of(weights)
    hashes = Texts.of(wanted).hashes()
    found = [
        entry if entry < 0 else run.text(entry).decode() for entry in run.entry_of(hashes).tolist()
    ]
    assert found == [text if text in weights else -1 for text in wanted]
