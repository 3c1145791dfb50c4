"""Folding and cutting: what every text goes through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from benchmarks.fuzzing import material
from benchmarks.fuzzing.target import Target, demand
from indexer.analysis import fold, fold_with_offsets, words
from indexer.analysis.joined import folded as folded_at_once
from indexer.analysis.tokenizer import END
from indexer.pages.html import html_text
from indexer.pages.places import cities_in


def _fold(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    folded = fold(text)
    demand(fold(folded) == folded, "folded twice")
    demand("".join(map(fold, text)) == folded, "folded character by character")
    at_once = folded_at_once([text])
    codes = np.frombuffer((folded + END).encode("utf-32-le", "surrogatepass"), "<u4")
    demand(at_once.codes.tolist() == codes.tolist(), "folded at once")
    offsets = fold_with_offsets(text)
    demand(offsets.text == folded, "folded with offsets")
    above = 0
    for at in range(len(folded)):
        start, end = offsets.original(at, at + 1)
        demand(above <= start < end <= len(text), f"{at} comes from {start}..{end}")
        demand(folded[at] in fold(text[start:end]), f"{at} does not come from {start}..{end}")
        above = start
    for word, start, end in words(folded):
        demand(0 <= start < end <= len(folded), f"a word at {start}..{end}")
        demand(folded[start:end] == word, f"{word!r} is not at {start}..{end}")


def _places(data: bytes) -> None:
    text = data.decode("utf-8", "ignore")
    found = cities_in(text)
    demand(len(set(found)) == len(found) and all(found), found)


def _fragment(data: bytes) -> None:
    """A piece of HTML, as feeds have them."""
    text = html_text(data.decode("utf-8", "ignore"))
    demand(all(line == " ".join(line.split()) for line in text.split("\n")), repr(text))


def _fold_seeds() -> Sequence[bytes]:
    return [text[:120].encode() for text in material.pages()[:40]]


def _fragment_seeds() -> Sequence[bytes]:
    return [
        "<p>第一段。</p><p>第二<b>段</b>。</p>".encode(),
        "一<br>二<script>x</script><table><tr><td>三&nbsp;</td></tr></table><!-- 四 -->".encode(),
    ]


TARGETS: Final = (
    Target("fold", "folding and words", _fold, _fold_seeds, 128),
    Target("places", "places in a text", _places, _fold_seeds, 512),
    Target("fragment", "pieces of HTML in records", _fragment, _fragment_seeds),
)
