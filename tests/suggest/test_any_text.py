"""Whatever is typed, suggestions and corrections are given and keep their promises."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.query.lexer import lexemes
from indexer.suggest import Suggester
from indexer.suggest.completion import MAX_SUGGESTIONS

PARTS = [
    *("比特", "比特弊", "以太访", "区", "深圳", "btb", "kuai", "b", "ＢＴＣ", "bitcion", "ü", "'"),
    *(" ", "　", '"', "“", "”", "(", "）", "-", "*", "~3"),
    *("AND", "OR", "NOT", "标题:", "城市：", "作者:"),
    *("\u200b", "\x00", "😀", "ﷺ", "½", "々", "\ud800", "%", "/"),
]
typed = st.one_of(st.text(max_size=8), st.lists(st.sampled_from(PARTS), max_size=7).map("".join))


@pytest.fixture(scope="module")
def suggester(news):
    return Suggester(news)


@settings(max_examples=200, deadline=None)
@given(q=typed)
def test_any_text_is_answered(suggester, q):
    found = suggester.suggestions(q)
    assert len(found) <= MAX_SUGGESTIONS
    assert len({(each.text, each.kind) for each in found}) == len(found)
    for each in found:
        if each.kind != "title":
            start = lexemes(q, lambda notice: None)[-1].position
            assert each.q.startswith(q[:start]), "only the last word is completed"
    assert found == suggester.suggestions(q)
    for correction in suggester.corrections(q, lambda word: 0):
        assert correction.q == "".join(part.text for part in correction.text)
        assert correction.q != q
        kept = [part.text for part in correction.text if not part.marked]
        at = 0
        for part in kept:
            at = q.find(part, at)
            assert at >= 0, "what is not marked is as it was typed"
            at += len(part)
