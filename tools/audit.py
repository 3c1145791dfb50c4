"""Known vulnerabilities: ``python -m tools.audit`` asks pip-audit for those of requirements.lock.

Exit code 1 for one that ``tools/accepted.txt`` does not list with a reason, and
for one that is listed and no longer there.  Where no database of
vulnerabilities can be reached, that is said, and nothing fails.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import click

from tools.requirements import LOCK, ROOT

_ACCEPTED: Final = ROOT / "tools" / "accepted.txt"
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(help=__doc__)
@click.option("--lock", type=_FILE, default=LOCK)
@click.option("--accepted", "accepted_file", type=_FILE, default=_ACCEPTED)
@click.option("--osv-url", default="https://api.osv.dev/v1/query", show_default=True)
def main(lock: Path, accepted_file: Path, osv_url: str) -> None:
    """Audit the lock."""
    report, reason = _audited(lock, "-s", "osv", "--osv-url", osv_url)
    if report is None:
        report, reason = _audited(lock, "-s", "pypi")
    if report is None:
        click.echo(f"audit skipped, for no database of vulnerabilities could be asked: {reason}")
        return
    accepted = _accepted(accepted_file)
    wrong, seen = [], set()
    for each in report:
        for vulnerability in each["vulns"]:
            names = {vulnerability["id"], *vulnerability["aliases"]}
            seen |= names
            if not names & accepted.keys():
                wrong.append(f"{each['name']} {each['version']}: {vulnerability['id']}")
    wrong += [f"{name} is accepted, and no longer there" for name in accepted if name not in seen]
    click.echo("\n".join([*wrong, f"audited {len(report)} distributions"]))
    sys.exit(bool(wrong))


def _audited(lock: Path, *service: str) -> tuple[list[dict[str, Any]] | None, str]:
    """What is known of every distribution; else, when not all could be asked for, why not."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off"),
            *("--require-hashes", "--disable-pip", "--aliases", "on", "--timeout", "10"),
            *("-r", str(lock), *service),
        ],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    try:
        report: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except ValueError:
        return None, done.stderr.strip().splitlines()[-1]
    # a mirror has the files alone, and knows of no vulnerability
    unknown = [each["skip_reason"] for each in report if "skip_reason" in each]
    return (None, unknown[0]) if unknown else (report, "")


def _accepted(file: Path) -> dict[str, str]:
    """Why a vulnerability does no harm here, by its id; a line each.

    Raises UsageError for one without a reason.
    """
    lines = (line.strip() for line in file.read_text("utf-8").splitlines())
    found = dict(line.partition(" ")[::2] for line in lines if line and line[0] != "#")
    if unfounded := [name for name, reason in found.items() if not reason.strip()]:
        raise click.UsageError(f"{file} gives no reason for {', '.join(unfounded)}")
    return found


if __name__ == "__main__":
    main()
