"""Whether two texts are reprints of each other: the exact answer for a candidate pair.

The words of both are aligned.  What is left out or put in at either end is a
cut end; within, the choice of words may differ, but not a number, a name, a
negation or a direction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from functools import cached_property
from typing import Final

from indexer.reprints.words import Sort, is_direction, is_negation, name_suffixes, sort_of, words_of

# Tuned on the development half of benchmarks/reprint_set.py.
_LEAST_SHARED: Final = 0.58
_LEAST_KEPT: Final = 0.45
# In a headline, few words make another story.
_LEAST_SHARED_IF_SHORT: Final = 0.8
_LEAST_KEPT_IF_SHORT: Final = 0.7
_SHORT: Final = 15
_FEWEST_WORDS: Final = 5
_WORDS_A_NOUN: Final = 60
_SCRAP: Final = 2
# Pairs of equal words, one of each text: texts of 20,000 characters have 200,000, and those that
# say a few words for ever have the square of their length, for which alignment takes days.
_MOST_PAIRS: Final = 3_000_000


class Verdict(Enum):
    """What a pair of texts is."""

    REPRINTS = "the same story, retold at most"
    CONFLICT = "alike, but a fact differs"
    UNRELATED = "neither"


@dataclass(frozen=True)
class Reading:
    """A document's title and body as the words that count."""

    title: Sequence[str]
    body: Sequence[str]

    @classmethod
    def of(cls, title: str, body: str) -> Reading:
        """Read a text; a document without a body is all title."""
        return cls(words_of(title), words_of(body)) if body else cls([], words_of(title))

    @cached_property
    def numbers(self) -> list[str]:
        """The numbers of the body, in order."""
        return [word for word in self.body if word[0].isdigit()]

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """All its words."""
        return frozenset((*self.title, *self.body))

    @cached_property
    def title_facts(self) -> frozenset[str]:
        """What the title says that may not differ."""
        return frozenset(word for word in self.title if sort_of(word) is Sort.FACT)


def compare(first: Reading, second: Reading) -> Verdict:
    """The verdict on two texts; the same whichever comes first."""
    first, second = sorted((first, second), key=lambda each: (each.body, each.title))
    shared = len(first.vocabulary & second.vocabulary)
    if shared < _LEAST_KEPT * min(len(first.vocabulary), len(second.vocabulary)):
        return Verdict.UNRELATED
    if first.body != second.body and _repeat(first.body, second.body):
        return Verdict.UNRELATED
    if not _overlap(first.numbers, second.numbers):
        return Verdict.CONFLICT
    verdict = _aligned(first.body, second.body)
    return _titles(first, second) if verdict is Verdict.REPRINTS else verdict


def _repeat(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether two texts have so many equal words that they cannot be aligned."""
    if len(first) * len(second) <= _MOST_PAIRS:
        return False
    counts = Counter(second)
    return sum(counts[word] for word in first) > _MOST_PAIRS


def _overlap(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether two runs of numbers can be cut from one: one's tail is the other's head, say."""
    if not first or not second:
        return True
    for whole, part in ((first, second), (second, first)):
        for at, number in enumerate(whole):
            if number == part[0]:
                length = min(len(whole) - at, len(part))
                if all(whole[at + more] == part[more] for more in range(length)):
                    return True
    return False


def _titles(first: Reading, second: Reading) -> Verdict:
    """Like titles say the same; another title says nothing that the other text does not."""
    verdict = _aligned(first.title, second.title, fewest=0)
    if verdict is Verdict.UNRELATED:
        known = first.title_facts <= second.vocabulary and second.title_facts <= first.vocabulary
        return Verdict.REPRINTS if known else Verdict.UNRELATED
    return verdict


def _aligned(first: Sequence[str], second: Sequence[str], fewest: int = _FEWEST_WORDS) -> Verdict:
    if first == second:
        return Verdict.REPRINTS
    if _repeat(first, second):
        return Verdict.UNRELATED
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    steps = matcher.get_opcodes()
    matched = sum(end - start for tag, start, end, _, _ in steps if tag == "equal")
    short = min(len(first), len(second)) < _SHORT
    least_kept = _LEAST_KEPT_IF_SHORT if short else _LEAST_KEPT
    if matched < fewest or matched < least_kept * max(len(first), len(second)):
        return Verdict.UNRELATED
    strange = differing = 0
    doubtful = False
    for number, (tag, a, b, c, d) in enumerate(steps):
        ours, theirs = first[a:b], second[c:d]
        if tag == "equal" or "".join(ours) == "".join(theirs):
            continue
        at_head, at_end = number == 0, number in (0, len(steps) - 1)
        if at_end and _is_cut(ours, theirs, at_head):
            if at_head and any(side and is_negation(side[-1]) for side in (ours, theirs)):
                return Verdict.CONFLICT
            continue
        missing, further = _differing_facts(ours, theirs)
        if missing and further:
            return Verdict.CONFLICT
        if tag == "replace" and _spells_name(first, a, b) and _spells_name(second, c, d):
            return Verdict.CONFLICT
        named = b < len(first) and first[b] in name_suffixes()
        exchanged = _exchanged_nouns(ours, theirs, named, matched)
        differing += max(b - a, d - c)
        if at_end:
            # What one lacks here may be what was cut off, but not surely.
            doubtful = doubtful or bool(missing or further or exchanged)
            continue
        if any(map(_is_telling, missing + further)) or (tag == "replace" and missing + further):
            return Verdict.CONFLICT
        doubtful = doubtful or bool(missing or further)
        strange += exchanged
    if strange > matched // _WORDS_A_NOUN:
        return Verdict.CONFLICT
    least_shared = _LEAST_SHARED_IF_SHORT if short else _LEAST_SHARED
    if doubtful or matched < least_shared * (matched + differing):
        return Verdict.UNRELATED
    return Verdict.REPRINTS


def _is_telling(word: str) -> bool:
    """Whether a text says something else without this word; a name may just be left out."""
    return word[0].isdigit() or is_direction(word)


def _is_cut(ours: Sequence[str], theirs: Sequence[str], at_head: bool) -> bool:
    """Whether one side lacks what the other has at this end.

    Of a word that was cut through, a scrap may be left.
    """
    scrap, whole = sorted((ours, theirs), key=lambda words: len("".join(words)))
    if not scrap:
        return True
    left, text = "".join(scrap), "".join(whole)
    if any(word[0].isdigit() or (is_negation(word) and at_head) for word in scrap):
        return False
    if text.endswith(left) if at_head else text.startswith(left):
        return True
    return len(whole) > len(scrap) <= _SCRAP and all(
        len(word) == 1 or (len(word) <= _SCRAP and sort_of(word) is not Sort.FACT) for word in scrap
    )


def _facts(words: Sequence[str]) -> list[str]:
    """The facts among the words; characters that make no word are an unknown name."""
    facts = [word for word in words if sort_of(word) is Sort.FACT]
    single = [len(word) == 1 and sort_of(word) is not Sort.FACT for word in words]
    for at in range(len(words) - 1):
        if single[at] and single[at + 1]:
            facts.append(words[at] + words[at + 1])
    return facts


def _spells_name(words: Sequence[str], start: int, end: int) -> bool:
    """Whether one character was exchanged beside another: 张伟 and 李伟 share one."""
    return end - start == 1 == len(words[start]) and any(
        0 <= at < len(words) and len(words[at]) == 1 and sort_of(words[at]) is not Sort.FACT
        for at in (start - 1, end)
    )


def _differing_facts(ours: Sequence[str], theirs: Sequence[str]) -> tuple[list[str], list[str]]:
    """The facts that only the one has, and those that only the other has.

    A direction may be told in a word of which it is not known that it tells one.
    """
    first, second = Counter(_facts(ours)), Counter(_facts(theirs))
    missing, further = [*(first - second)], [*(second - first)]
    if ours and theirs and not (missing and further):
        missing, further = (
            [word for word in facts if is_negation(word) or not is_direction(word)]
            for facts in (missing, further)
        )
    return missing, further


def _exchanged_nouns(ours: Sequence[str], theirs: Sequence[str], named: bool, matched: int) -> int:
    """How many nouns were exchanged for others with which they share no character.

    Before 科技 or 资本 no noun may be exchanged.
    """
    if not ours or not theirs:
        return 0
    if named and all(sort_of(side[-1]) in (Sort.RARE, Sort.NOUN) for side in (ours, theirs)):
        return matched
    characters = [set("".join(side)) for side in (ours, theirs)]
    return min(
        sum(sort_of(word) is Sort.RARE and other.isdisjoint(word) for word in side)
        for side, other in zip((ours, theirs), reversed(characters), strict=True)
    )
