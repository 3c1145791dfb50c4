"""Adding without a terminal: files are dropped on a page, and the page says what became of them.

A form sends all of its files in one request.  With JavaScript they come in pieces, so that progress
is seen, a large file needs no large request, and a piece that was lost on its way is sent again.
"""

from __future__ import annotations

import re
import time
from typing import Any, Final, cast

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from indexer.errors import Refused
from indexer.export.tables import rows_of_counts
from indexer.i18n import N_
from indexer.intake import MAX_BYTES, MAX_FILES, Progress, Upload
from webui.context import EXTENSION
from webui.intake import Intake
from webui.language import gettext

blueprint = Blueprint("adding", __name__, url_prefix="/add")

MAX_REQUEST_BYTES: Final = 64 * 1024**2

_EXTENSION: Final = "biwen.intake"
_WAIT_SECONDS: Final = 20.0  # of a form without JavaScript for its outcome
_LOOK_SECONDS: Final = 0.1
_PIECE: Final = re.compile(r"(\d{1,9}):(\d{1,15})")
_NO_FILES: Final = N_("没有选文件。请先选择要加入的文件。")
_NO_PIECE: Final = N_("上传的内容看不懂。请重新打开这一页再上传。")


@blueprint.record
def _start(state: BlueprintSetupState) -> None:
    """What an earlier server did not finish is gone on with."""
    site = state.app.extensions[EXTENSION]
    intake = Intake(site.data, site.engine)
    state.app.extensions[_EXTENSION] = intake
    intake.wake()


@blueprint.before_request
def _limit() -> None:
    request.max_form_parts = 10_000


@blueprint.get("")
def page() -> ResponseReturnValue:
    """Where files are dropped or chosen, and what became of earlier ones."""
    earlier = [(each, each.progress()) for each in _intake().uploads.all()]
    return render_template(
        "add.html",
        earlier=[pair for pair in earlier if pair[1].state != "receiving"],
        limit=MAX_REQUEST_BYTES // 1024**2,
        most_bytes=MAX_BYTES,
        most_files=MAX_FILES,
    )


@blueprint.post("")
def send() -> ResponseReturnValue:
    """All files of a form at once; leads to their outcome, after it is there if that is soon."""
    sent = [each for each in request.files.getlist("files") if each.filename]
    if not sent:
        raise Refused(gettext(_NO_FILES))
    upload = _intake().uploads.begin()
    for number, file in enumerate(sent):
        upload.receive(number, 0, file.filename or "", file.stream)
    _complete(upload)
    end = time.monotonic() + _WAIT_SECONDS
    while not upload.progress().is_over and time.monotonic() < end:
        time.sleep(_LOOK_SECONDS)
    return redirect(_address(upload), 303)


@blueprint.post("/uploads")
def begin() -> Response:
    """A new upload, and where its pieces go."""
    upload = _intake().uploads.begin()
    return jsonify(
        {
            "id": upload.id,
            "url": _address(upload),
            "pieces": url_for("adding.receive", upload_id=upload.id),
            "complete": url_for("adding.complete", upload_id=upload.id),
        }
    )


@blueprint.post("/<upload_id>/pieces")
def receive(upload_id: str) -> ResponseReturnValue:
    """Pieces of files, each called ``number:offset``: of which file, and from which byte on."""
    upload = _upload(upload_id)
    for name, file in request.files.items(multi=True):
        found = _PIECE.fullmatch(name)
        if not found:
            raise Refused(gettext(_NO_PIECE))
        upload.receive(int(found[1]), int(found[2]), file.filename or "", file.stream)
    return "", 204


@blueprint.post("/<upload_id>/complete")
def complete(upload_id: str) -> ResponseReturnValue:
    """All pieces were sent."""
    _complete(_upload(upload_id))
    return "", 204


@blueprint.post("/<upload_id>")
def try_again(upload_id: str) -> ResponseReturnValue:
    """What stopped is tried once more."""
    upload = _upload(upload_id)
    _complete(upload)
    return redirect(_address(upload), 303)


@blueprint.get("/<upload_id>")
def upload(upload_id: str) -> ResponseReturnValue:
    """How far an upload is, and in the end the table that ``run.py add`` prints."""
    found = _upload(upload_id)
    progress = found.progress()
    response = Response(
        render_template(
            "upload.html",
            upload=found,
            progress=progress,
            rows=rows(progress),
            share=share(progress),
        )
    )
    response.cache_control.no_store = not progress.is_over
    return response


@blueprint.get("/<upload_id>.json")
def as_json(upload_id: str) -> Response:
    """The same for programs."""
    progress = _upload(upload_id).progress()
    response = jsonify(
        {
            "state": progress.state,
            "read": progress.read,
            "total": progress.total,
            **progress.counts,
            "refused": progress.refused,
            "reasons": [
                {"count": count, "first": [str(each) for each in first]}
                for count, first in progress.reasons
            ],
            "problem": str(progress.problem) if progress.problem else None,
        }
    )
    response.cache_control.no_store = True
    return response


def rows(progress: Progress) -> list[tuple[str, int]]:
    """What ``run.py add`` prints, once it is known."""
    return list(rows_of_counts(progress.counts, progress.refused)) if progress.counts else []


def share(progress: Progress) -> int:
    """How much was read, in percent."""
    return min(99, 100 * progress.read // max(progress.total, 1))


def _complete(upload: Upload) -> None:
    upload.complete()
    _intake().wake()


def _upload(upload_id: str) -> Upload:
    found = _intake().uploads.find(upload_id)
    if found is None:
        abort(404)
    return found


def _address(upload: Upload) -> str:
    arguments: dict[str, Any] = {"lang": request.args.get("lang") or None}
    return url_for("adding.upload", upload_id=upload.id, **arguments)


def _intake() -> Intake:
    return cast(Intake, current_app.extensions[_EXTENSION])
