"""Texts by which somebody might try to run something where they are shown, by what they try."""

from __future__ import annotations

import tomllib
from pathlib import Path

GROUPS: dict[str, list[str]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)
PAYLOADS = [payload for group in GROUPS.values() for payload in group]
