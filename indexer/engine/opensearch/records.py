"""What an index holds to be shown, beside what is searched.

Two fields that OpenSearch keeps as they are and does not look into:

``stored``
    of a document, all of :class:`.StoredDocument`;
    of an id that has none any more, ``current``, the id that superseded it, or ``hidden``, why,
    when and by whom it was hidden.  Of such an id there is no other field: no search finds it;
``seen``
    the appearances of a document, which a list of documents does without.

Both are read strictly: what is not exactly what is written here is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import asdict, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Literal, Protocol, Union, get_args, get_origin, get_type_hints

from indexer.documents import Appearance, Hidden, StoredDocument
from indexer.errors import Unsound
from indexer.i18n import N_

STORED: Final = "stored"
SEEN: Final = "seen"
CURRENT: Final = "current"
HIDDEN: Final = "hidden"

Source = dict[str, Any]
"""What OpenSearch keeps of a document, or some fields of it."""

_DAMAGED: Final = N_("OpenSearch 的索引里有看不懂的内容，请用有目录库的数据文件夹运行 rebuild。")


class Records(Protocol):
    """The catalog, as far as an index is written from it; see :class:`indexer.catalog.Catalog`."""

    @property
    def uuid(self) -> str:
        """What tells this catalog from any other."""
        ...

    @property
    def former(self) -> Set[str]:
        """The uuids of the catalogs in the place of which it was put by a restoration."""
        ...

    @property
    def page_count(self) -> int:
        """How many pages there are."""
        ...

    def stats(self) -> dict[str, int]:
        """How many there are of what."""
        ...

    def appearances_of(self, ids: Sequence[str]) -> dict[str, tuple[Appearance, ...]]:
        """Where each of these documents, of which there are not very many, was seen."""
        ...

    def seen_again(self, page: int, generation: int) -> Iterable[StoredDocument]:
        """The documents that are older, but stand on pages that were added since, too."""
        ...

    def removed_since(self, generation: int) -> Mapping[str, str | Hidden]:
        """The ids that were given up, with what superseded each, or why it is hidden."""
        ...


def of_document(stored: StoredDocument, seen: Sequence[Appearance]) -> Source:
    """The fields of a document."""
    return {STORED: asdict(stored), SEEN: [asdict(each) for each in seen]}


def of_removed(instead: str | Hidden) -> Source:
    """The fields of an id that was superseded by another, or of which the document is hidden."""
    if isinstance(instead, Hidden):
        return {STORED: {HIDDEN: asdict(instead)}}
    return {STORED: {CURRENT: instead}}


def stored_document(source: Source) -> StoredDocument | None:
    """The document; None when there is none of this id any more.  Raises Unsound."""
    stored = source.get(STORED)
    if isinstance(stored, dict) and stored.keys() in ({CURRENT}, {HIDDEN}):
        return None
    found: StoredDocument = _sound(StoredDocument, stored)
    return found


def appearances(source: Source) -> tuple[Appearance, ...]:
    """Where the document was seen; nowhere when there is none any more.  Raises Unsound."""
    seen: tuple[Appearance, ...] = _sound(tuple[Appearance, ...], source.get(SEEN, []))
    return seen


def removed(source: Source) -> str | Hidden | None:
    """What there is instead of the document; None when it is there.  Raises Unsound."""
    match source.get(STORED):
        case {"current": current}:
            heir: str = _sound(str, current)
            return heir
        case {"hidden": said}:
            hidden: Hidden = _sound(Hidden, said)
            return hidden
    return None


def _sound(kind: Any, value: Any) -> Any:
    try:
        return _read(kind, value)
    except ValueError as error:
        raise Unsound(_DAMAGED) from error


def _read(kind: Any, value: Any) -> Any:
    """The value of a type that JSON gives.  Raises ValueError when it is of no such type."""
    if type(value) is kind:
        return value
    origin, kinds, fields = _shape(kind)
    if origin in (Union, UnionType):
        if value is None and NoneType in kinds:
            return None
        for each in kinds:  # of which no two are written alike
            with suppress(ValueError):
                return _read(each, value)
    if origin is Literal and value in kinds:
        return value
    if origin is tuple and isinstance(value, list):
        first, *others = kinds
        kinds = (first,) * len(value) if others == [...] else kinds
        return tuple(_read(*pair) for pair in zip(kinds, value, strict=True))
    if fields and isinstance(value, dict) and value.keys() == fields.keys():
        return kind(**{name: _read(its, value[name]) for name, its in fields.items()})
    raise ValueError(f"{value!r} is no {kind}")


@cache
def _shape(kind: Any) -> tuple[Any, tuple[Any, ...], dict[str, Any]]:
    """What a type is made of: its origin, the types in it, those of the fields of a dataclass."""
    fields = get_type_hints(kind) if is_dataclass(kind) else {}
    return get_origin(kind), get_args(kind), fields
