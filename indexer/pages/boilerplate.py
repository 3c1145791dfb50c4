"""What a site puts around an article: disclaimers, timing, navigation, its own name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from indexer.pages._data import entries
from indexer.pages._text import Line

_RULES: Final = [line.split(maxsplit=1) for line in entries("boilerplate.txt")]


def _any_of(*scopes: str) -> str:
    own = "|".join(pattern for scope, pattern in _RULES if scope == "own")
    return "|".join(pattern for scope, pattern in _RULES if scope in scopes).replace("<own>", own)


_ANYWHERE: Final = re.compile(_any_of("part", "whole"), re.IGNORECASE)
_AT_THE_EDGE: Final = re.compile(_any_of("part", "whole", "edge"), re.IGNORECASE)
_AT_START: Final = re.compile(_any_of("part"), re.IGNORECASE)
_AT_END: Final = re.compile(rf"(?:{_any_of('part')})$", re.IGNORECASE)
# A disclaimer is shorter than this; longer lines are not worth matching as a whole.
_LONGEST: Final = 400
_TAIL: Final = 120
# A line that ends as a newsflash does is one, whatever it warns of.
_STAMPED: Final = tuple(f"{digit}]" for digit in "0123456789")

_KEYS: Final = re.compile(r"请?按?ctrl ?\+ ?d ?(?P<rest>.{0,20})", re.IGNORECASE)
_TRAIL: Final = re.compile(
    r"(?:(?:您|你)?的?(?:当前|所在|现在的?)位置(?:是|:)? ?)?首页 ?[>›»/] ?(?P<rest>.{0,60})"
)
_TRAIL_STEP: Final = re.compile(r" ?[>›»/] ?")
_TWICE: Final = re.compile(r"(?P<site>\S{2,12}) (?P=site)")
_NO_SITE: Final = re.compile(r"收藏(?:本站|本网站?|网站|网页|本页)?")
_NAME: Final = re.compile(r"[^\s,。;:!?、()《》“”\"'<>|\[\]_/]{2,12}")
_SITE_ENDING: Final = re.compile(
    rf".*(?:{'|'.join(map(re.escape, entries('site_endings.txt')))})", re.IGNORECASE
)
_TIMING: Final = re.compile(r"\[?\d[\d:.ms -]*s\]?")
_LONGEST_NAVIGATION: Final = 80
_HEAD_LINES: Final = 8
_FOOT_LINES: Final = 6


class Furniture:
    """The page's lines without boilerplate, and what the boilerplate told.

    ``lines`` are the lines left; ``site`` is the site's name and ``column``
    the step before the last of a trail such as ``首页 > ADA > 正文``.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self.site: str | None = None
        self.column: str | None = None
        self.lines: list[Line] = []
        set_apart = dropped = False
        for place, line in enumerate(lines):
            at_the_edge = not _HEAD_LINES <= place < len(lines) - _FOOT_LINES
            navigation = len(line.view) <= _LONGEST_NAVIGATION and self._is_navigation(
                line.view, at_the_edge
            )
            kept = None if navigation else _without(line, at_the_edge)
            if kept:
                self.lines.append(kept)
                set_apart = dropped
            dropped = kept is None
        # Boilerplate right above the last line, or a timing below it, sets it apart from the text.
        set_apart = set_apart or bool(lines and _TIMING.fullmatch(lines[-1].view))
        if len(self.lines) > 1 and self._is_site(self.lines[-1].view, set_apart):
            self.site = self.lines.pop().text
            self.lines = [line for line in self.lines if line.text != self.site]

    def _is_navigation(self, view: str, at_the_edge: bool) -> bool:
        if match := _KEYS.fullmatch(view):
            site = _NO_SITE.sub("", match["rest"]).strip()
            self.site = self.site or site or None
            return True
        if not at_the_edge:
            return False
        if match := _TRAIL.fullmatch(view):
            steps = _TRAIL_STEP.split(match["rest"].strip())
            self.column = steps[0] if len(steps) > 1 else None
            return True
        if (match := _TWICE.fullmatch(view)) and _NAME.fullmatch(match["site"]):
            self.site = self.site or match["site"]
            return True
        return False

    def _is_site(self, last: str, set_apart: bool) -> bool:
        """Whether the page's last line is the site's name."""
        if not _NAME.fullmatch(last):
            return False
        named = re.compile(rf"(?:^|[:|/] ?){re.escape(last)}(?:$|[ ·])")
        return (
            set_apart
            or _SITE_ENDING.fullmatch(last) is not None
            or any(named.search(line.view) for line in self.lines[:_HEAD_LINES][:-1])
        )


def _without(line: Line, at_the_edge: bool) -> Line | None:
    """The line without boilerplate; None where nothing else is on it."""
    if len(line.view) <= _LONGEST and not line.view.endswith(_STAMPED):
        whole = _AT_THE_EDGE if at_the_edge else _ANYWHERE
        if whole.fullmatch(line.view):
            return None
    if match := _AT_START.match(line.view):
        line = line.cut(match.end())
    tail = max(0, len(line.view) - _TAIL)
    if match := _AT_END.search(line.view, tail):
        line = line.cut(0, match.start())
    return line if line.text else None
