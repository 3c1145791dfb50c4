"""What the C library does with memory that is free, on Linux with glibc; elsewhere nothing."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Any, Final

_M_ARENA_MAX: Final = -8  # of mallopt(3)


def share() -> None:
    """Let all threads of this process take memory from one heap, from now on.

    Else each has one of its own, which keeps what the largest of its arrays took.
    """
    _call("mallopt", _M_ARENA_MAX, 1)


def trim() -> None:
    """Give the system back what lies free between what is in use."""
    _call("malloc_trim", 0)


def _call(name: str, *arguments: Any) -> None:
    if sys.platform == "linux":
        # no ctypes, or another C library
        with suppress(ImportError, OSError, AttributeError):
            import ctypes

            getattr(ctypes.CDLL(None), name)(*arguments)
