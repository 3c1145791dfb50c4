"""Folding and cutting: what every text goes through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from benchmarks.fuzzing import material
from benchmarks.fuzzing.target import Target, demand
from indexer.analysis import fold, fold_with_offsets, words
from indexer.analysis.bulk import Vocabulary
from indexer.analysis.joined import folded as folded_at_once
from indexer.analysis.tokenizer import END
from indexer.engine.whoosh.inversion import invert_characters
from indexer.pages.html import html_text
from indexer.pages.places import cities_in
from indexer.reprints.comparison import Reading, Verdict, compare
from indexer.reprints.signature import signatures
from indexer.reprints.words import sort_of
from indexer.suggest.counting import Tally


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


def _indexed(data: bytes) -> None:
    """A title and a body, behind a NUL: all their words at once, as one by one."""
    title, _, body = data.decode("utf-8", "ignore").replace(END, "").partition("\0")
    folded = [fold(title), fold(body)]
    vocabulary = Vocabulary()
    found = vocabulary.occurrences(folded)
    at_once = Counter(
        (text, vocabulary.words[word], offset)
        for word, text, offset in zip(*(each.tolist() for each in found), strict=True)
    )
    one_by_one = Counter(
        (number, token.text, token.start)
        for number, text in enumerate(folded)
        for token in words(text)
    )
    demand(at_once == one_by_one, f"{at_once - one_by_one} and {one_by_one - at_once}")
    invert_characters(folded_at_once([title, body]))
    tally = Tally()
    tally.add([title, body])
    tally.terms()


def _compared(data: bytes) -> None:
    """Two texts, a NUL between them: the verdict is the same whichever comes first."""
    first, _, second = data.decode("utf-8", "ignore").partition("\0")
    readings = [Reading.of(text[:20], text) for text in (first, second)]
    verdict = compare(*readings)
    demand(compare(*reversed(readings)) is verdict, "another verdict the other way round")
    demand(compare(readings[0], readings[0]) is Verdict.REPRINTS, "no reprint of itself")
    for reading in readings:
        demand(all((*reading.title, *reading.body)), "an empty word")
        for word in reading.body:
            sort_of(word)
    keys, has_keys = signatures([first, second, first])
    demand((keys[0] == keys[2]).all() and has_keys[0] == has_keys[2], "another signature")


def _pair_seeds() -> Sequence[bytes]:
    texts = material.pages()[:30]
    pairs = [f"{text[:200]}\0{text[:90]}别的{text[95:200]}" for text in texts]
    return [
        pair.encode() for pair in (*pairs, "一百二十三万亿，1,234.5万，2020-05-06\0三百 二十万99%")
    ]


def _fold_seeds() -> Sequence[bytes]:
    return [text[:120].encode() for text in material.pages()[:40]]


def _fragment_seeds() -> Sequence[bytes]:
    return [
        "<p>第一段。</p><p>第二<b>段</b>。</p>".encode(),
        "一<br>二<script>x</script><table><tr><td>三&nbsp;</td></tr></table><!-- 四 -->".encode(),
    ]


TARGETS: Final = (
    Target("fold", "folding and words", _fold, _fold_seeds, 128),
    Target("indexed", "the words of titles and bodies", _indexed, _pair_seeds, 512),
    Target("compared", "texts, whether they are reprints", _compared, _pair_seeds, 1024),
    Target("places", "places in a text", _places, _fold_seeds, 512),
    Target("fragment", "pieces of HTML in records", _fragment, _fragment_seeds),
)
