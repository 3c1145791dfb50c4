"""The line that a terminal shows while pages are added."""

import pytest

from indexer.console import Progress
from indexer.sources import Meter

EMPTY = "░" * 20
FULL = "█" * 20

LINES = [
    (
        Meter(5_000_000, 20_000_000),
        10,
        "█████" + EMPTY[5:] + "  25% 已处理 50 页（每秒 5 页，0.5 MB） 还需 0:30",
    ),
    (Meter(30_000_000, 20_000_000), 10, FULL + " 100% 已处理 50 页（每秒 5 页，3.0 MB） 还需 0:00"),
    (
        Meter(1_000_000, 3_000_000_000),
        1,
        EMPTY + "   0% 已处理 50 页（每秒 50 页，1.0 MB） 还需 49:59",
    ),
    (Meter(5_000_000, None), 10, "已处理 50 页（每秒 5 页，0.5 MB）"),
    (Meter(0, 100), 0, "已处理 50 页（每秒 50000 页，0.0 MB）"),
]


@pytest.mark.parametrize(("meter", "seconds", "line"), LINES)
def test_line(meter, seconds, line):
    progress = Progress(meter)
    progress.advance(50)
    assert progress.line(seconds) == line
