"""Fuzzed requests: ``python -m benchmarks.fuzz_api --examples 1000``.

Serves the bundled sample with ``run.py serve`` and lets schemathesis ask what
``/openapi.json`` describes, and what it does not allow: no status, type or shape
of an answer may be another than described, nothing allowed may be refused and
nothing else accepted.  Exit code 1 when something is found.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, Final

import click
import schemathesis

from benchmarks.serve import RUN, served

_SAMPLE: Final = RUN.parent / "index_data" / "sample"
_HOOKS: Final = {"SCHEMATHESIS_HOOKS": "benchmarks.fuzz_api", "PYTHONPATH": str(RUN.parent)}
_MARK: Final = "FUZZ_MARK"  # in the environment: the mark of the archive that is asked
_A_MARK: Final = re.compile(r"([0-9a-f]{8}-[0-9]{1,9})?")
_DATE: Final = re.compile(r"([0-9]{4}(-[0-9]{2}){0,2})?")


@schemathesis.hook
def filter_query(context: Any, query: dict[str, Any] | None) -> bool:
    """Leaves out what no schema can say.

    Days that no calendar has, ranges that run backwards; white space around one
    of a few values, which is passed over.
    """
    asked = query or {}
    texts = [text for name, text in asked.items() if name != "q" and isinstance(text, str)]
    if any(text != text.strip() for text in texts):
        return False
    first, last = (str(asked.get(name) or "") for name in ("from", "to"))
    if not (_DATE.fullmatch(first) and _DATE.fullmatch(last)):
        return True
    try:
        start = date.fromisoformat(first + "0001-01-01"[len(first) :])
        return start <= date.fromisoformat(last + "9999-12-28"[len(last) :])
    except ValueError:
        return False


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Completes what no schema can say.

    What is asked as new is so since a mark of this archive, for of another one nothing is; a
    field of a form that is described as JSON is written so, which schemathesis does not do.
    """
    asked = case.query or {}
    if asked.get("new") == "1" and _A_MARK.fullmatch(str(asked.get("since", ""))):
        asked["since"] = os.environ[_MARK]
    if isinstance(case.body, dict) and "basket" in case.body:
        case.body = {**case.body, "basket": json.dumps(case.body["basket"])}


def fuzz(*options: str) -> subprocess.CompletedProcess[str]:
    """What ``schemathesis run`` says, with these options, of a server of the sample."""
    with tempfile.TemporaryDirectory() as folder:
        adding = [sys.executable, str(RUN), "add", str(_SAMPLE), "--data", folder]
        subprocess.run(adding, check=True, capture_output=True)
        # Without --edit, so that what is described includes nothing that changes the archive:
        # the answers would depend on what was asked before, and every upload starts a process.
        with served(Path(folder)) as server, closing(server.connection()) as connection:
            connection.request("GET", "/new.json")
            mark = json.load(connection.getresponse())["mark"]
            return subprocess.run(
                [
                    *(sys.executable, "-m", "schemathesis.cli", "run", "--no-color"),
                    *("--output-sanitize=false", *options),
                    f"http://{server.host}:{server.port}/openapi.json",
                ],
                cwd=folder,  # it leaves a cache
                env={**os.environ, **_HOOKS, _MARK: mark},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
            )


@click.command(help=__doc__)
@click.option("--examples", default=1000, show_default=True, help="requests by address and kind")
@click.option("--seed", default=1, show_default=True)
def main(examples: int, seed: int) -> None:
    """Print what schemathesis reports."""
    done = fuzz(f"--max-examples={examples}", f"--seed={seed}", "--continue-on-failure")
    print(done.stdout)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
