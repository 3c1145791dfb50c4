"""What the reader collects: kept by the browser, made into a file here.

The server keeps nothing. It is sent the collection as one field of a form, ``basket``: JSON,
a list of objects with ``id`` and, where there are any, ``note`` and ``title``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Final, get_args

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from indexer.documents import Kind, StoredDocument
from indexer.errors import WrongUsage
from indexer.export import collection, labels
from indexer.export.collection import Collected, Picked
from indexer.export.streams import EXPORTS
from indexer.i18n import N_
from webui.context import archive, base_url, permalink
from webui.language import gettext
from webui.search import EXPORTS_SHOWN

blueprint = Blueprint("basket", __name__)

MOST: Final = 1000
LONGEST: Final = 1000  # characters of a note
_MOST_BYTES: Final = 16 << 20  # of a thousand of the longest notes, as a form has them
_TOO_MANY: Final = N_("资料篮太大：最多 %(most)s 篇，每条批注最多 %(longest)s 字。")
_UNREADABLE: Final = N_(
    "看不懂表单里的 basket：它应当是 JSON 的列表，每项有 id，可以有 note 和 title。"
)
_FORMS: Final = tuple((form, label) for form, label in EXPORTS_SHOWN if form != "jsonl")


@blueprint.app_template_filter("item")
def item(stored: StoredDocument) -> dict[str, str | None]:
    """What the browser keeps of a document beside its id, to list it when it is not there."""
    published = stored.document.published
    return {
        "title": stored.document.title,
        "date": published.value if published else None,
        "kind": stored.document.kind,
        "source": labels.publisher(stored),
        "url": permalink(stored.id),
    }


@blueprint.get("/basket")
def page() -> str:
    """The page that the browser fills in."""
    kinds = [(kind, labels.kind(kind)) for kind in get_args(Kind)]
    return render_template("basket.html", exports=_FORMS, longest=LONGEST, kinds=kinds)


@blueprint.post("/basket.json")
def as_json() -> Response:
    """What is known now of each document of the collection, in its order; null for nothing."""
    picked = _picked()
    found = archive().documents(each.id for each in picked)
    current = [found[each.id].id if each.id in found else None for each in picked]
    return jsonify({"current": current})


@blueprint.post(f"/basket.<any({','.join(form for form, _ in _FORMS)}):form>")
def export(form: str) -> Response:
    """The collection as a file, in its order; the note (``md``) also names what is not there."""
    collected, written = _collected(_picked()), EXPORTS[form]
    if form == "md":
        source = base_url().rstrip("/") + url_for("basket.page")
        text = collection.written(collected, base_url(), source, date.today())
    else:
        pieces = written.pieces(collected.documents, base_url(), date.today(), collected.notes)
        text = "".join(pieces)
    response = Response(text, content_type=f"{written.mimetype}; charset=utf-8")
    name = f"biwen-{date.today().isoformat()}.{written.suffix}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _picked() -> Sequence[Picked]:
    """What the form has.  Raises WrongUsage with a sentence when it is no collection."""
    if (request.content_length or 0) > _MOST_BYTES:
        raise WrongUsage(gettext(_TOO_MANY, most=MOST, longest=LONGEST))
    request.max_form_memory_size = _MOST_BYTES  # above the half megabyte of Werkzeug's own
    try:
        items = json.loads(request.form.get("basket", ""))
        if not isinstance(items, list):
            raise ValueError(items)
        picked = [Picked(*(_text(item, name) for name in Picked._fields)) for item in items]
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise WrongUsage(gettext(_UNREADABLE)) from error
    if len(picked) > MOST or any(len(each.note) > LONGEST for each in picked):
        raise WrongUsage(gettext(_TOO_MANY, most=MOST, longest=LONGEST))
    return picked


def _text(item: dict[str, object], name: str) -> str:
    value = item.get(name, "")
    if not isinstance(value, str) or (name == "id" and not value):
        raise ValueError(name)
    # A browser may cut a field in the middle of a character.
    return value.encode(errors="replace").decode()


def _collected(picked: Sequence[Picked]) -> Collected:
    """Each document once, by its present id, with all that was noted of it under any."""
    found = archive().documents(each.id for each in picked)
    notes: dict[str, list[str]] = {}
    for each in picked:
        if each.id in found and each.note.strip():
            notes.setdefault(found[each.id].id, []).append(each.note.strip())
    documents = {found[each.id].id: found[each.id] for each in picked if each.id in found}
    return Collected(
        list(documents.values()),
        {id_: " / ".join(dict.fromkeys(texts)) for id_, texts in notes.items()},
        [each for each in picked if each.id not in found],
    )
