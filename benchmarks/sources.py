"""The readers of input files, measured: ``python -m benchmarks.sources``.

Generates large files in several formats and reads each in a process of its
own: megabytes a second and the most memory that it took.  Then adds a folder
of text pages with one process and with as many as there are processors, and
once more, when there is nothing left to read.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Final

import click

from benchmarks.newsflashes import newsflashes, vocabulary
from indexer import pipeline
from indexer.archive import Archive
from indexer.reading import read_pages
from indexer.sources import read_paths

_FIELDS: Final = ("title", "body", "published", "url")


@click.command(help=__doc__)
@click.option("--megabytes", default=300, show_default=True, help="of text in each large file")
@click.option("--pages", default=2000, show_default=True, help="text pages to add")
@click.option("--only-read", hidden=True)
@click.option("--add-in", nargs=3, hidden=True)
def main(megabytes: int, pages: int, only_read: str, add_in: tuple[str, str, int]) -> None:
    """Print the tables."""
    if only_read:
        _read(only_read)
    elif add_in:
        _add(*add_in)
    else:
        with tempfile.TemporaryDirectory() as folder:
            _measure_reading(Path(folder), megabytes)
            _measure_adding(Path(folder), pages)


def _measure_reading(folder: Path, megabytes: int) -> None:
    print(f"{'file':12} {'MB':>6} {'pages':>8} {'s':>6} {'MB/s':>6} {'peak MB':>8}")
    for name, write in _WRITERS.items():
        file = folder / name
        size = write(file, megabytes * 1_000_000) / 1e6
        command = [sys.executable, "-m", "benchmarks.sources", "--only-read", str(file)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        count, seconds, peak = done.stdout.split()
        rate = size / float(seconds)
        print(f"{name:12} {size:6.0f} {count:>8} {float(seconds):6.1f} {rate:6.1f} {peak:>8}")
        file.unlink()


def _read(path: str) -> None:
    began = time.perf_counter()
    count = sum(1 for _ in read_paths([path]))
    print(count, time.perf_counter() - began, peak_megabytes())


def peak_megabytes() -> int:
    """The most memory that this process held (Linux: getrusage counts the parent's, too)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) // 1024


def _measure_adding(folder: Path, count: int) -> None:
    pages = folder / "pages"
    pages.mkdir()
    size = 0
    for number, text in enumerate(islice(text_pages(), count)):
        size += (pages / f"{number:06}.txt").write_bytes(text.encode())
    began = time.perf_counter()
    documents = sum(len(each[1].documents) for each in read_pages(read_paths([str(pages)])))  # type: ignore[arg-type,index,misc]
    seconds = time.perf_counter() - began
    print(f"{count} text pages, {size / 1e6:.1f} MB, {documents} documents:")
    print(f"  reading alone, 1 process: {size / 1e6 / seconds:.1f} MB/s")
    for processes in (1, os.cpu_count() or 1):
        data = str(folder / f"data{processes}")
        for again in ("", ", again"):
            command = [sys.executable, "-m", "benchmarks.sources", "--add-in"]
            command += [data, str(pages), str(processes)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            print(f"  add, {processes} processes{again}: {done.stdout.strip()} s")


def _add(data: str, pages: str, processes: int) -> None:
    archive = Archive.open(Path(data))
    began = time.perf_counter()
    refused = Path(data, "refused.jsonl")
    inputs = read_paths([pages])
    pipeline.add(inputs, archive.catalog, archive.engine, refused, _ignore, _ignore, int(processes))
    print(f"{time.perf_counter() - began:.1f}")
    archive.close()


def _ignore(_: object) -> None:
    pass


def text_pages(seed: int = 1) -> Iterator[str]:
    """Text pages, each an article interleaved with newsflashes, no two alike."""
    words = vocabulary()
    chance = random.Random(seed)

    def sentence() -> str:
        return "".join(chance.choices(words[:20_000], k=chance.randint(8, 20))) + "。"

    for flash in newsflashes(10**9, words):
        paragraphs = ["".join(sentence() for _ in range(3)) for _ in range(9)]
        for place in (7, 5, 3):
            title = "".join(chance.choices(words[:20_000], k=5))
            day = f"[2021/{chance.randint(1, 12)}/{chance.randint(1, 28)} 9:05:{place:02}]"
            paragraphs.insert(place, f"{title}:今日消息,{title}{flash['body']}{day}")
        title = "".join(chance.choices(words[:20_000], k=5))
        yield "\n\n".join((f"比特币:{title}_BTC", "作者:林间", *paragraphs)) + "\n"


def _records(size: int) -> Iterator[dict[str, object]]:
    made = 0
    for record in cycle(newsflashes(20_000, vocabulary())):
        made += len(str(record["body"]).encode()) + 200
        if made > size:
            return
        yield record


def _write_jsonl(file: Path, size: int) -> int:
    with gzip.open(file, "wb", compresslevel=1) as out:
        return sum(
            out.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")
            for record in _records(size)
        )


def _write_json(file: Path, size: int) -> int:
    with file.open("w", encoding="utf-8") as out:
        out.write("[")
        for number, record in enumerate(_records(size)):
            out.write(("," if number else "") + json.dumps(record, ensure_ascii=False))
        out.write("]")
    return file.stat().st_size


def _write_csv(file: Path, size: int) -> int:
    with file.open("w", encoding="gb18030", newline="") as out:
        rows = csv.DictWriter(out, _FIELDS, extrasaction="ignore", restval="")
        rows.writeheader()
        rows.writerows(_records(size))
    return file.stat().st_size


def _write_rss(file: Path, size: int) -> int:
    with file.open("w", encoding="utf-8") as out:
        out.write('<?xml version="1.0"?><rss version="2.0"><channel><title>蓉币网</title>')
        for record in _records(size):
            out.write(f"<item><title>{record['title']}</title>")
            out.write(f"<description>{record['body']}</description></item>\n")
        out.write("</channel></rss>")
    return file.stat().st_size


def _write_warc(file: Path, size: int) -> int:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    with file.open("wb") as out:
        writer = WARCWriter(out, gzip=file.suffix == ".gz")
        for number, text in enumerate(cycle(islice(text_pages(), 1000))):
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.0")
            page = f"<html><body><p>{text}</p></body></html>".encode()
            address = f"https://example.org/{number}"
            writer.write_record(
                writer.create_warc_record(address, "response", io.BytesIO(page), http_headers=head)
            )
            if out.tell() > size:
                break
    return file.stat().st_size


_WRITERS: Final[dict[str, Callable[[Path, int], int]]] = {
    "a.jsonl.gz": _write_jsonl,
    "a.json": _write_json,
    "a.csv": _write_csv,
    "a.rss": _write_rss,
    "a.warc": _write_warc,
    "a.warc.gz": _write_warc,
}

if __name__ == "__main__":
    main()
