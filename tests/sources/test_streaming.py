"""Large inputs take little memory: the most that a process held is read from the system."""

import csv
import gzip
import io
import json
import subprocess
import sys
from itertools import repeat
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MEGABYTES = 60
RECORD = {
    "title": "标题",
    "body": "某交易所今日宣布上线新币,用户可以充值。" * 20,
    "date": "2021-05-01",
}
READ = """
import re, sys
from pathlib import Path
from indexer.sources import read_paths
count = sum(1 for _ in read_paths(sys.argv[1:]))
print(count, *re.findall(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text()))
"""

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux says it")


def records():
    line = json.dumps(RECORD, ensure_ascii=False)
    return line, MEGABYTES * 1_000_000 // len(line.encode())


def write_jsonl(path):
    line, count = records()
    with gzip.open(path, "wt", compresslevel=1, encoding="utf-8") as file:
        file.writelines(repeat(line + "\n", count))
    return count


def write_array(path):
    line, count = records()
    with path.open("w", encoding="utf-8") as file:
        file.write("[" + line)
        file.writelines(repeat("," + line, count - 1))
        file.write("]")
    return count


def write_table(path):
    _, count = records()
    text = io.StringIO()
    csv.writer(text).writerow(RECORD.values())
    with path.open("w", encoding="gb18030") as file:
        file.write(",".join(RECORD) + "\n")
        file.writelines(repeat(text.getvalue(), count))
    return count


def write_feed(path):
    _, count = records()
    item = f"<item><title>标题</title><description>{RECORD['body']}</description></item>\n"
    with path.open("w", encoding="utf-8") as file:
        file.write("<rss><channel><title>蓉币网</title>")
        file.writelines(repeat(item, count))
        file.write("</channel></rss>")
    return count


WRITERS = {
    "a.jsonl.gz": write_jsonl,
    "a.json": write_array,
    "a.csv": write_table,
    "a.rss": write_feed,
}


@pytest.mark.parametrize(("name", "write"), WRITERS.items(), ids=WRITERS.keys())
def test_a_large_file_is_never_held_whole(tmp_path, name, write):
    count = write(tmp_path / name)
    done = subprocess.run(
        [sys.executable, "-c", READ, str(tmp_path / name)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    read, kilobytes = map(int, done.stdout.split())
    assert read == count
    assert kilobytes < 60_000
