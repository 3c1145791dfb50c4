"""What observing costs: ``python -m benchmarks.observing``, in microseconds of processor a request.

Requests for ``/healthz`` by Flask's own client, observed and not, in turn; each
way of observing in a process of its own, for it is chosen once for a process.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import process_time
from typing import Final

import click
from flask import Flask

from benchmarks.corpora import ROOT
from benchmarks.reliability.trial import demand, ended, temporary
from webui import create_app, logs, metrics

_WAYS: Final = {
    "counted": "one process",
    "shared": "one of several workers",
    "logged": "one process, --log json",
}
_ROUNDS: Final = 15
_REQUESTS: Final = 1000


@click.command(help=__doc__)
@click.option("--way", type=click.Choice([*_WAYS]), hidden=True)
@click.option("--data", type=click.Path(path_type=Path), hidden=True)
def main(way: str | None, data: Path | None) -> None:
    """Measure every way, or in this process the one that is named."""
    if way and data:
        click.echo(_measured(way, data))
        return
    with temporary() as folder:
        demand(ended("add", ROOT / "index_data" / "sample" / "e001.txt", "--data", folder / "data"))
        for each, name in _WAYS.items():
            command = ["-m", "benchmarks.observing", "--way", each, "--data", folder / "data"]
            done = subprocess.run(
                [sys.executable, *map(str, command)],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                check=True,
            )
            click.echo(f"{name:26} {done.stdout.strip()}")


def _measured(way: str, data: Path) -> str:
    if way == "shared":
        metrics.share(Path(tempfile.mkdtemp(dir=data.parent)), 0)
    if way == "logged":
        logs.begin("json")
    app = create_app(data)
    observed = app.wsgi_app
    without, within = [], []
    for _ in range(_ROUNDS):
        app.wsgi_app = observed._app  # type: ignore[attr-defined]
        without.append(_cost(app))
        app.wsgi_app = observed  # type: ignore[method-assign]
        within.append(_cost(app))
    more = median(within) - median(without)
    return f"{median(without):6.1f} without, {median(within):6.1f} with: {more:5.1f} µs more"


def _cost(app: Flask) -> float:
    client = app.test_client()
    began = process_time()
    for _ in range(_REQUESTS):
        client.get("/healthz").close()
    return (process_time() - began) / _REQUESTS * 1e6


if __name__ == "__main__":
    main()
