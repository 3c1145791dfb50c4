"""Inputs given to a target one by one: their time, their faults, the most memory."""

from __future__ import annotations

import json
import resource
import signal
import time
import traceback
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from types import FrameType
from typing import Any, Final, Self

from benchmarks.corpora import ROOT
from benchmarks.fuzzing.target import Broken, Target

LIMIT: Final = 1.0
"""Seconds of the processor's time that an input may take.  The clock would measure others, too."""

_SAVED_EVERY: Final = 256
_MOST_OF_A_KIND: Final = 3
_RUN: Final = "run.json"


class TooSlow(BaseException):
    """Raised in a target when its time is over; no target catches it."""


@dataclass
class Figures:
    """What became of the inputs of one target so far; seconds are of the processor's time."""

    inputs: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    slowest_input: str = ""
    megabytes: int = 0
    branches: int = 0
    faults: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> Self:
        """The figures that a run left in its folder; none where it left none."""
        try:
            return cls(**json.loads((folder / _RUN).read_text("utf-8")))
        except FileNotFoundError:
            return cls()

    def save(self, folder: Path) -> None:
        """Leave them in a folder."""
        draft = folder / f"{_RUN}.new"
        draft.write_text(json.dumps(asdict(self), indent=1), "utf-8")
        draft.replace(folder / _RUN)


class Watch:
    """Gives inputs to a target; a fault is told by the line that it comes from, and saved.

    The figures are left in the folder now and then, and from so many inputs on.
    """

    def __init__(self, target: Target, folder: Path, until: int) -> None:
        self.figures = Figures.of(folder)
        self._until = until
        self._target = target
        self._folder = folder
        self._began = time.process_time() - self.figures.seconds
        signal.signal(signal.SIGPROF, self._alarm)

    def __call__(self, data: bytes) -> None:
        """Give it one input; nothing is raised."""
        figures = self.figures
        began = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, LIMIT)
        try:
            self._target.run(data)
        except Exception as error:
            signal.setitimer(signal.ITIMER_PROF, 0)
            self._fault(error, data)
        except TooSlow as slow:
            self._fault(slow, data)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        took = time.process_time() - began
        figures.inputs += 1
        if took > figures.slowest:
            figures.slowest = took
            figures.slowest_input = data[:200].decode("utf-8", "backslashreplace")
        # Nothing of this process runs behind the last input.
        if figures.inputs % _SAVED_EVERY == 0 or figures.inputs >= self._until:
            self.save()

    def save(self) -> None:
        """Leave the figures in the folder."""
        self.figures.seconds = time.process_time() - self._began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        self.figures.megabytes = max(self.figures.megabytes, peak)
        self.figures.save(self._folder)

    def _alarm(self, number: int, frame: FrameType | None) -> None:
        raise TooSlow

    def _fault(self, error: BaseException, data: bytes) -> None:
        kind = _kind(error)
        count = self.figures.faults[kind] = self.figures.faults.get(kind, 0) + 1
        if count <= _MOST_OF_A_KIND:
            name = f"fault-{sha256(data).hexdigest()[:12]}"
            (self._folder / name).write_bytes(data)
            told = "".join(traceback.format_exception(error, limit=-12))
            (self._folder / f"{name}.txt").write_text(f"{kind}\n\n{told}", "utf-8", "replace")
            self.save()


def _kind(error: BaseException) -> str:
    """What tells a fault from others: the exception, and the lines that it comes from."""
    if isinstance(error, TooSlow):
        return "more than a second"
    frames = [*map(_place, traceback.extract_tb(error.__traceback__))]
    ours = [each for each in frames if each.startswith(("indexer/", "webui/"))]
    demanding = [each for each in frames if "fuzzing/target.py" not in each]
    where = demanding if isinstance(error, Broken) else ours or frames
    return f"{type(error).__name__} at {where[-1]}"


def _place(frame: Any) -> str:
    path = Path(frame.filename)
    name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name
    return f"{name}:{frame.lineno}"
