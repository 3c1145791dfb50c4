"""Query trees and marked texts in a notation that is read at a glance."""

from __future__ import annotations

from indexer.engine.tree import (
    And,
    Characters,
    Dates,
    Everything,
    Near,
    Node,
    Not,
    Or,
    Prefix,
    Value,
    Word,
)
from indexer.query.answer import Marked


def show(node: Node) -> str:
    """``AND(title:深圳 "吴忌寒" #"12万" 比特* city=北京 NOT(币))``."""
    match node:
        case Word(text, field):
            return _in(field) + text
        case Characters(text, field, is_number):
            return f'{_in(field)}{"#" if is_number else ""}"{text}"'
        case Prefix(text, field):
            return f"{_in(field)}{text}*"
        case Near(texts, distance, field):
            return f"{_in(field)}NEAR{distance}({' '.join(texts)})"
        case Value(field, text):
            return f"{field}={text}"
        case Dates(first, last):
            return f"[{first or ''}..{last or ''}]"
        case And(nodes):
            return f"AND({' '.join(map(show, nodes))})"
        case Or(nodes):
            return f"OR({' '.join(map(show, nodes))})"
        case Not(inner):
            return f"NOT({show(inner)})"
        case Everything():
            return "ALL"


def _in(field: str | None) -> str:
    return f"{field}:" if field else ""


def show_marked(segments: Marked) -> str:
    """``今天[深圳]发布``."""
    return "".join(f"[{part.text}]" if part.marked else part.text for part in segments)
