"""Who goes first when several processes want the processors."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

BEHIND: Final = 10
"""The niceness of what nobody waits for."""

# Linux may share the processors among sessions first, and niceness counts within each.
_SESSION: Final = Path("/proc/self/autogroup")


def step_back() -> None:
    """Let those who search go first, from now on; where the system has no niceness, nothing."""
    if not hasattr(os, "nice"):
        return
    os.nice(max(0, BEHIND - os.nice(0)))
    if os.getsid(0) == os.getpid():
        with suppress(OSError):
            _SESSION.write_text(str(BEHIND), encoding="ascii")
