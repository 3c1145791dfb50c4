"""Small archives to do harm to, and what must be true of one afterwards."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import run
from benchmarks.corpora import ROOT
from indexer import console, pipeline
from indexer.archive import Archive
from indexer.catalog import Catalog, page_row
from indexer.documents import Page
from indexer.engine import Search
from indexer.engine.tree import Everything
from indexer.identity import page_key
from indexer.opening import CATALOG
from indexer.pages import read
from indexer.sources import Refusal, read_paths

Content = dict[str, Any]

PAGES_A_BATCH: Final = 3
LIST_ALL: Final = ("search", "", "--limit", 1000, "--json")
_SEGMENTS: Final = 7  # one more, and they are merged
_CONTENT: Final = {
    "documents": """SELECT id, text, cluster, kind, title, body, published, precision, date_origin,
        category, author, source, site, url, tags, cities FROM documents ORDER BY id""",
    "appearances": """SELECT d.id, p.key, a.position, a.site, a.url FROM appearances a
        JOIN documents d ON d.number = a.document JOIN pages p ON p.number = a.page
        ORDER BY d.id, p.key, a.position""",
    "pages": "SELECT key, format, raw FROM pages ORDER BY key",
}


class Result(NamedTuple):
    """How a command ended (negative: by which signal), what it printed and what it said."""

    code: int
    out: str
    err: str


def ended(*args: object) -> Result:
    """Run a command of run.py in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        code = console.run(run.cli, [str(each) for each in args])
    texts = []
    for stream in (out, err):
        stream.flush()
        stream.seek(0)
        texts.append(stream.read())
    return Result(code, *texts)


def forked(prepare: Callable[[], None], *args: object) -> Result:
    """Run a command of run.py in a process of its own, which begins by ``prepare``.

    It is a fork of this one, so that it need not import everything again.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if not child:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
            sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
            try:
                prepare()
                code = console.run(run.cli, [str(each) for each in args])
                sys.stdout.flush()
                sys.stderr.flush()
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        out.seek(0)
        err.seek(0)
        texts = (each.read().decode("utf-8", "replace") for each in (out, err))
        return Result(os.waitstatus_to_exitcode(status), *texts)


def acknowledge_batches() -> None:
    """From now on an addition prints how many inputs are safe, after every small batch."""
    pipeline._BATCH_PAGES = PAGES_A_BATCH  # type: ignore[misc]
    advance = console.Progress.advance

    def told(progress: console.Progress, count: int) -> None:
        print(f"safe {count}", flush=True)
        advance(progress, count)

    console.Progress.advance = told  # type: ignore[method-assign]


def acknowledged(printed: str) -> int:
    """How many inputs a command said were safe; all of them once it printed its report."""
    lines = printed.splitlines()
    if any(line.startswith("新增文档\t") for line in lines):
        return sys.maxsize
    return sum(int(line.split()[1]) for line in lines if line.startswith("safe "))


class Scene:
    """An archive of some pages, further pages to be added to it, and how that must end.

    The pages share newsflashes and reprints, and the archive has as many
    segments as a further one makes be merged.
    """

    def __init__(self, folder: Path) -> None:
        self.base, self.more, self.full = folder / "base", folder / "more", folder / "full"
        self.nothing, self.backup = folder / "nothing", folder / "backup.db"
        self.box = folder / "box"
        self.data = self.box / "data"
        texts = sorted((ROOT / "index_data" / "sample").glob("*.txt"))[: _SEGMENTS + 6]
        self.more.mkdir(parents=True)
        for text in texts[_SEGMENTS:]:
            shutil.copy(text, self.more)
        records = [
            {
                "title": f"第{number}号公告",
                "body": f"某交易所发布第{number}号公告。",
                "date": "2021",
            }
            for number in range(8)
        ]
        lines = (json.dumps(each, ensure_ascii=False) + "\n" for each in records)
        (self.more / "records.jsonl").write_text("".join(lines), "utf-8")
        for text in texts[:_SEGMENTS]:
            demand(ended("add", text, "--data", self.base))
        self.keys = [*keys_of(self.more)]
        self.before = content(self.base)
        demand(ended("backup", self.backup, "--data", self.base))
        shutil.copytree(self.base, self.full)
        demand(ended("add", self.more, "--data", self.full))
        self.after = content(self.full)
        abandon(self.full, indexed=True)
        self.fresh(self.nothing)
        demand(ended("add", self.more, "--data", self.data))
        self.only = content(self.data)

    def fresh(self, source: Path | None = None) -> None:
        """The archive as it was before anything was added, in ``data``; or another, or none."""
        shutil.rmtree(self.box, ignore_errors=True)
        self.box.mkdir()
        source = source or self.base
        if source.exists():
            shutil.copytree(source, self.data)


def abandon(data: Path, *, indexed: bool) -> None:
    """Add four documents and end without closing the catalog, as a killed process does."""
    child = os.fork()
    if not child:
        archive = Archive.open(data)
        for name in "甲乙丙丁":
            page = Page(name, json.dumps({"title": name, "body": f"{name}的正文。"}), "record")
            archive.catalog.add([(page, read(page).documents)])
        if indexed:
            pipeline.catch_up(archive.catalog, archive.engine)
        os._exit(0)
    os.waitpid(child, 0)


def keys_of(path: Path) -> Iterator[str]:
    """The keys of the pages under a path, in the order in which they are added."""
    for each in read_paths([str(path)]):
        assert not isinstance(each, Refusal)
        yield page_key(each.content)


def demand(result: Result) -> Result:
    """The result of a command that must succeed."""
    if result.code:
        raise RuntimeError(f"exit code {result.code}: {result.err}")
    return result


def content(data: Path) -> Content:
    """What a catalog says, without what depends on when and in which order it was said."""
    with closing(sqlite3.connect(data / CATALOG)) as connection:
        return {name: connection.execute(query).fetchall() for name, query in _CONTENT.items()}


def problems(data: Path, keys: Collection[str]) -> list[str]:
    """What is wrong with an archive after the next command looked at it; nothing at best.

    ``keys`` are those of the pages that were acknowledged.
    """
    found = []
    searched = ended("search", "公告", "--json", "--data", data)
    if searched.code or "Traceback" in searched.err:
        found.append(f"search: {searched}")
    checked = ended("check", "--data", data)
    if checked.code or "都完好" not in checked.out:
        found.append(f"check: {checked}")
    with closing(Archive.open(data)) as archive:
        pages = tuple(archive.catalog.pages())
        there = {page_key(page.content) for page in pages}
        stored = [each.id for each in archive.catalog.all_documents()]
        everything = Search(Everything(), sort="newest", collapse=False, limit=None, facets=())
        indexed = [hit.id for hit in archive.engine.search(everything).hits]
    if lost := set(keys) - there:
        found.append(f"{len(lost)} acknowledged pages are lost")
    if sorted(indexed) != sorted(stored):
        found.append(f"{len(indexed)} documents in the index, {len(stored)} in the catalog")
    if set(stored) != ids_of(frozenset(pages)):
        found.append("other ids than those of an archive that was never interrupted")
    return found


@contextmanager
def temporary() -> Iterator[Path]:
    """A folder for as long as the block runs."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def not_listed(listed: Result, data: Path, before: Content) -> set[str]:
    """The documents that were stored before and that a search for all does not show."""
    shown = {hit["id"] for hit in json.loads(listed.out or '{"hits": []}')["hits"]}
    with Catalog.open(data / CATALOG) as catalog:
        return {id_ for id_, *_ in before["documents"] if catalog.current_id(id_) not in shown}


def leftovers(data: Path) -> list[str]:
    """Files that no state names."""
    found = []
    for folder, names in (("whoosh", _index_files), ("suggest", _suggest_files)):
        current = data / folder / "current.json"
        used = names(json.loads(current.read_text())) if current.exists() else set()
        there = {each.name for each in (data / folder).glob("*")}
        found += [f"{folder}/{name}" for name in there - used - {"current.json"}]
    known = {"catalog.db", "lock", "refused.jsonl", "whoosh", "suggest"}
    strange = {each.name for each in data.iterdir()} - known - {each.name for each in kept(data)}
    return sorted([*found, *strange])


def kept(data: Path) -> list[Path]:
    """The catalogs that others were put in the place of."""
    return [*data.glob("catalog-????????-??????-??????.db*")]


def _index_files(said: Content) -> set[str]:
    return {each[part] for each in said["segments"] for part in ("segment", "deleted")}


def _suggest_files(said: Content) -> set[str]:
    return {file for pair in said["terms"] for file in pair} | {*said["titles"], said["cities"]}


@cache
def ids_of(pages: frozenset[Page]) -> set[str]:
    """The ids that these pages give where nothing is ever interrupted."""
    with tempfile.TemporaryDirectory() as folder, Catalog.open(Path(folder, "c.db")) as catalog:
        readings = [(page, read(page)) for page in sorted(pages, key=lambda page: page.name)]
        catalog.add_rows([page_row(page, each.documents, each.tails) for page, each in readings])
        catalog.settle(read)
        return {each.id for each in catalog.all_documents()}
