"""The lexemes of a query text, with their places in it.

Operators, quotes and colons are recognised in their full-width forms too, so
the text is read through NFKC one character at a time; offsets stay those of
the text as typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal
from unicodedata import normalize

from indexer.analysis import HAN, fold
from indexer.i18n import N_, Message
from indexer.query.answer import Notice
from indexer.query.fields import FIELD_NAMES, FIELDS, Field, is_meant_as_field

LexemeKind = Literal["chunk", "quote", "field", "(", ")", "|", "AND", "OR", "NOT"]

MAX_LENGTH: Final = 2000
MAX_DISTANCE: Final = 1000
MAX_ALTERNATIVE: Final = 8

# The text inside one pair may hold the other pairs: "他说“好”" is one quote.
# A closing mark with nothing to close is a slip of the input method; it opens.
_CLOSING: Final = {
    '"': '"',
    "“": "”",
    "”": "”",
    "「": "」",
    "」": "」",
    "『": "』",
    "』": "』",
    "〝": "〞",
    "〞": "〞",
}
_OPERATORS: Final[tuple[LexemeKind, ...]] = ("AND", "OR", "NOT")
_CHUNK: Final = r'[^\s()|"“”「」『』〝〞]'
_chunk: Final = re.compile(f"{_CHUNK}+")
# Dates that are typed with spaces: >= 2021, 2020-05 .. 2020-06.
_spaced_dates: Final = re.compile(
    rf"[<>≥≤]=?\s+{_CHUNK}+|[0-9]{_CHUNK}{{0,12}}?\s*\.\.\s*[0-9]{{4}}{_CHUNK}*"
)
_bars: Final = re.compile(r"\|+")
# The bar of a headline stands before a sentence: PA日报 | 比特币跌破3万美元；以太坊…
_beside_bar: Final = re.compile(rf"{_CHUNK}+|\|+|\S")
_sentence: Final = re.compile(r"[,:;!?。、…《》【】#]")
_han: Final = re.compile(f"[{HAN}]")
_minus: Final = re.compile(r"(?<![^\s(|])-+(?=[^\s)-])")
_glued_minus: Final = re.compile(r"-(?=\w)")
_near: Final = re.compile(r"~([0-9]*)")
_surrogate: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A piece of query text.

    ``text`` is as typed, without the marks around a quote or the colon behind
    a field's name; ``distance`` is the number behind a quote's ``~``.
    """

    kind: LexemeKind
    text: str
    position: int
    field: Field | None = None
    distance: int | None = None


def lexemes(q: str, notify: Callable[[Notice], None]) -> list[Lexeme]:
    """Every lexeme of ``q`` in order; what is passed over is told to ``notify``."""
    return _Lexer(q, notify).run()


def _plain(character: str) -> str:
    if character == "\N{MINUS SIGN}":
        return "-"
    plain = normalize("NFKC", character)
    return plain if len(plain) == 1 else character


class _Lexer:
    def __init__(self, q: str, notify: Callable[[Notice], None]) -> None:
        self._notify = notify
        # Half a surrogate pair stands in no text, and cannot be encoded.
        self._q = _surrogate.sub("\ufffd", q[:MAX_LENGTH])
        self._plain = _with_operator_bars("".join(map(_plain, self._q)))
        self._found: list[Lexeme] = []
        if len(q) > MAX_LENGTH:
            message = Message(N_("检索式太长：只看了前 %(limit)s 个字符。"), {"limit": MAX_LENGTH})
            notify(Notice(message, MAX_LENGTH))

    def run(self) -> list[Lexeme]:
        at, is_value = 0, False
        while at < len(self._plain):
            character = self._plain[at]
            if character.isspace():
                at, is_value = at + 1, False
            elif character in _CLOSING:
                at, is_value = self._quote(at), False
            elif character == "(" or character == ")":
                self._found.append(Lexeme("(" if character == "(" else ")", character, at))
                at, is_value = at + 1, False
            elif bars := _bars.match(self._plain, at):
                self._found.append(Lexeme("|", self._q[at : bars.end()], at))
                at, is_value = bars.end(), False
            elif dates := self._dates(at):
                at, is_value = dates, False
            elif is_value:
                at, is_value = self._word(at, operators=False), False
            elif minus := _minus.match(self._plain, at):
                self._found.append(Lexeme("NOT", self._q[at : minus.end()], at))
                at = minus.end()
            elif name_end := self._field(at):
                at, is_value = name_end, True
            else:
                at = self._word(at, operators=True)
        return self._found

    def _quote(self, at: int) -> int:
        end = self._plain.find(_CLOSING[self._plain[at]], at + 1)
        after = end + 1
        if end < 0:
            end = after = len(self._plain)
            self._notify(Notice(Message(N_("引号没有配对，当作引到末尾。")), at))
        distance = None
        if near := _near.match(self._plain, after):
            after = near.end()
            if near[1]:
                distance = min(int(near[1]), MAX_DISTANCE)
            else:
                message = Message(N_("“~”后面要写字数，例如 ~20；这里忽略了它。"))
                self._notify(Notice(message, near.start()))
        text = self._q[at + 1 : end]
        if fold(text).strip():
            self._found.append(Lexeme("quote", text, at, distance=distance))
        else:
            self._notify(Notice(Message(N_("引号里是空的，已忽略。")), at))
        return after

    def _field(self, at: int) -> int | None:
        chunk = _chunk.match(self._plain, at)
        name, colon, value = chunk.group().partition(":") if chunk else ("", "", "")
        field = FIELDS.get(name.lower()) if colon else None
        if field is None:
            if colon and is_meant_as_field(name, self._q[at + len(name)], value):
                message = N_("没有“%(name)s”这一项，当作文字检索。可用的项：%(fields)s。")
                facts = {"name": self._q[at : at + len(name)], "fields": Message(FIELD_NAMES)}
                self._notify(Notice(Message(message, facts), at))
            return None
        self._found.append(Lexeme("field", self._q[at : at + len(name)], at, field=field))
        return at + len(name) + 1

    def _dates(self, at: int) -> int | None:
        is_asked_for = self._found and self._found[-1].field == "date"
        dates = _spaced_dates.match(self._plain, at) if is_asked_for else None
        if dates is None:
            return None
        self._found.append(Lexeme("chunk", self._q[at : dates.end()], at))
        return dates.end()

    def _word(self, at: int, *, operators: bool) -> int:
        chunk = _chunk.match(self._plain, at)
        assert chunk, "every other character opens a lexeme of its own"
        if operators and _glued_minus.match(self._plain, at):
            message = N_("“-”的前面没有空格，当作标点；要排除后面的词，请在前面加一个空格。")
            self._notify(Notice(Message(message), at))
        kind: LexemeKind = "chunk"
        if operators:
            kind = next((each for each in _OPERATORS if each == chunk.group()), "chunk")
        text = self._q[at : chunk.end()]
        if fold(text):  # not invisible marks alone
            self._found.append(Lexeme(kind, text, at))
        return chunk.end()


def _with_operator_bars(plain: str) -> str:
    """The text with the bars that mean OR; in the place of others stands another sign."""
    marks = list(_beside_bar.finditer(plain))
    operators = {
        bar.start()
        for before, bar, after in zip(marks, marks[1:], marks[2:], strict=False)
        if _is_alternative(before.group()) and _is_alternative(after.group())
    }
    return _bars.sub(
        lambda bars: bars.group() if bars.start() in operators else "¦" * len(bars.group()), plain
    )


def _is_alternative(text: str) -> bool:
    """Whether what stands beside a bar is a word, a field's value, or the end of a quote or group.

    Not a sentence, and nothing longer than a name is.
    """
    name, colon, value = text.partition(":")
    if colon and name.lower() in FIELDS:
        text = value
    return not _sentence.search(text) and len(_han.findall(text)) <= MAX_ALTERNATIVE
