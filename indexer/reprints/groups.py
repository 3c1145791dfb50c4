"""From pairs of reprints to clusters, the same in whatever order the pairs came."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from indexer.reprints.buckets import Link
from indexer.reprints.comparison import Verdict


def clusters(
    members: Collection[str], links: Iterable[Link], verdict: Callable[[str, str], Verdict]
) -> Mapping[str, str]:
    """The cluster of each member of one component, named by its smallest member.

    The pairs most alike are joined first, and never two sets of which a member
    conflicts with one of the other: a text cut so short that it fits two
    stories does not make them one.  ``verdict`` is asked for every two texts
    that would share a cluster.
    """
    sets: dict[str, set[str]] = {member: {member} for member in members}
    for first, second, _ in sorted(links, key=lambda link: (-link.bands, link)):
        ours, theirs = sets[first], sets[second]
        if ours is theirs:
            continue
        if any(verdict(*sorted((a, b))) is Verdict.CONFLICT for a in ours for b in theirs):
            continue
        ours |= theirs
        for member in theirs:
            sets[member] = ours
    return {member: min(group) for member, group in sets.items()}
