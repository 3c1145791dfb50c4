"""Licences: ``python -m tools.licences`` writes the table of docs/licences.md anew.

What is listed are the distributions of requirements.lock, by the metadata of
those that are installed; one that is not keeps its line.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Final

from tools.requirements import ROOT, pinned

PAGE: Final = ROOT / "docs" / "licences.md"
_TABLE: Final = re.compile(r"(?<=\n\| --- \| --- \| --- \|\n)(?:\|.*\n)*")
_HOMES: Final = ("source", "source code", "repository", "homepage", "home", "github")


def main(page: Path = PAGE) -> None:
    """Write the table."""
    text = page.read_text("utf-8")
    known = listed(text)
    lines = []
    for name in sorted({each.name for each in pinned()}):
        found = installed(name) or known.get(name)
        if found is None:
            sys.exit(f"{name} is not installed and not listed: add its line by hand")
        lines.append(f"| {name} | {found[0]} | {found[1]} |\n")
    page.write_text(_TABLE.sub(lambda _: "".join(lines), text, count=1), "utf-8")


def listed(text: str) -> dict[str, tuple[str, str]]:
    """Licence and address by name, as the page has them."""
    found = _TABLE.search(text)
    rows = [line.strip("| ").split(" | ") for line in (found.group() if found else "").splitlines()]
    return {name: (licence, address) for name, licence, address in rows}


def installed(name: str) -> tuple[str, str] | None:
    """Licence and address of an installed distribution; None when it is not installed."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return None
    classifiers = said.get_all("Classifier") or []
    classified = [each.split(" :: ")[-1] for each in classifiers if each.startswith("License ::")]
    # a whole licence stands in the field of some
    short = [text for text in [said.get("License")] if text and "\n" not in text]
    licence = said.get("License-Expression") or next(iter([*short, *classified]), "")
    urls = (each.partition(",") for each in said.get_all("Project-URL") or [])
    addresses = {label.strip().lower(): address.strip() for label, _, address in urls}
    named = (addresses[label] for label in _HOMES if label in addresses)
    return licence, next(named, said.get("Home-page") or f"https://pypi.org/project/{name}/")


if __name__ == "__main__":
    main()
