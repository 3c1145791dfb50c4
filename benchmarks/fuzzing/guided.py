"""One target under atheris, which is guided by the branches of ``indexer`` that an input takes.

``python -m benchmarks.fuzzing.guided TARGET FOLDER INPUTS SECONDS``: a process of its own,
for libFuzzer ends the process that it runs in.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Final

import atheris

_ROOT: Final = Path(__file__).parents[2]
# Every character of any input, or pair of places, runs through these: to follow them takes most of
# the time, and guides nobody but the targets that are about them.
_ASIDE: Final = ("indexer.analysis.", "indexer.sources._encoding", "indexer.engine.near")
_ABOUT_CHARACTERS: Final = ("text", "fold")
_MOST_MEGABYTES: Final = 2048
_HANGS: Final = 60  # seconds of the clock: a hang inside of a library, which no alarm ends


def main(name: str, folder: str, inputs: str, seconds: str) -> None:
    """Fuzz the target; what was found, and how it went, is left in the folder."""
    modules = [
        ".".join(path.relative_to(_ROOT).with_suffix("").parts)
        for path in sorted((_ROOT / "indexer").rglob("*.py"))
        if path.name != "__main__.py"
    ]
    aside = () if name in _ABOUT_CHARACTERS else _ASIDE
    with atheris.instrument_imports(["indexer"], [m for m in modules if m.startswith(aside)]):
        for each in modules:
            importlib.import_module(each.removesuffix(".__init__"))
        from benchmarks.fuzzing.material import tokens
        from benchmarks.fuzzing.targets import TARGETS
        from benchmarks.fuzzing.watch import Watch

    target, here = TARGETS[name], Path(folder)
    corpus = here / "corpus"
    corpus.mkdir(exist_ok=True)
    for number, seed in enumerate(target.seeds()):
        (corpus / f"seed-{number}").write_bytes(seed)
        target.run(seed)  # what is loaded with the first use is no part of any input's time
    (here / "tokens").write_text("".join(map(_entry, tokens(name))), "ascii")
    watch = Watch(target, here, int(inputs))
    remaining = int(inputs) - watch.figures.inputs
    options = [
        *(f"-runs={remaining}", f"-max_total_time={seconds}", f"-max_len={target.longest}"),
        *(f"-rss_limit_mb={_MOST_MEGABYTES}", f"-timeout={_HANGS}", "-close_fd_mask=3"),
        *(f"-artifact_prefix={here}/crash-", "-print_final_stats=1", "-reload=0", "-seed=1"),
    ]
    if tokens(name):
        options.append(f"-dict={here / 'tokens'}")
    atheris.Setup([sys.argv[0], *options, str(corpus)], watch)
    atheris.Fuzz()


def _entry(token: bytes) -> str:
    return '"' + "".join(f"\\x{byte:02x}" for byte in token) + '"\n'


if __name__ == "__main__":
    main(*sys.argv[1:])
