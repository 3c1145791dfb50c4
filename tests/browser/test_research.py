"""docs/research.md: its steps are taken, and what each of its sections says is to be seen there.

In a section, what is bold, `code`, a 《title》 or a figure has to stand on a page that the step of
:mod:`docs.research` saw; a fenced block line by line.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from browser.conftest import serving
from playwright.sync_api import Browser, Page

from docs.research import DOCS, LOCALES, PICTURES, STEPS, opened, walk
from webui import create_app
from webui.access import Access

pytestmark = pytest.mark.browser

ROOT = DOCS.parent
TEXT = (DOCS / "research.md").read_text(encoding="utf-8")
_, *_HALVES = re.split(r"^(?=# )", TEXT, flags=re.MULTILINE)
HALVES = dict(zip(LOCALES, _HALVES, strict=True))
READ_ON = "2026-11-26"  # the day on which the pictures were taken and the document was written

FENCE = re.compile(r"^(`{3,})(\w+)\n(.*?)^\1\n", re.DOTALL | re.MULTILINE)
PICTURE = re.compile(r"!\[[^]]+\]\(([^)]+)\)")
LINK = re.compile(r"\[([^]]+)\]\(([^)]+)\)")
QUOTED = re.compile(r"\*\*(.+?)\*\*|`([^`]+)`|(《[^》]+》)")
FIGURE = re.compile(r"(?<![\d.,])\d+(?:[.,]\d+)*")
# What a reader sees, or opens and reads; the lists of a step that were not opened are there, too.
SEEN = """() => [
    document.body.innerText,
    ...[...document.querySelectorAll("input, textarea, select")].map(each => each.value),
    ...[...document.querySelectorAll("summary, label, svg title")].map(each => each.textContent),
    decodeURIComponent(location.href),
].join("\\n")"""


def sections(lang: str) -> list[str]:
    return re.split(r"^## \d+\. .*\n", HALVES[lang], flags=re.MULTILINE)[1:]


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.fixture(scope="module", params=LOCALES)
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def own(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample in a data folder that may be changed."""
    return shutil.copytree(data, tmp_path_factory.mktemp("research") / "data")


@pytest.fixture(scope="module")
def seen(chromium: Browser, own: Path, lang: str) -> dict[str, str]:
    """All that was to be seen, by step."""
    address = serving(create_app(own, allowed=Access(edit=True)))
    by_step = {step.__name__: "" for step in STEPS}
    with opened(chromium.browser_type, address, lang) as page:
        for step, sight in walk(page):
            by_step[step] += plain(f" {text_of(page)} {sight.file} ")
            for part in sight.parts:
                assert part.bounding_box(), f"{step}: a part of the picture is not to be seen"
    return by_step


def text_of(page: Page) -> str:
    return str(page.evaluate(SEEN))


def test_every_section_says_what_is_to_be_seen(seen: dict[str, str], lang: str) -> None:
    wrong = []
    for (step, there), section in zip(seen.items(), sections(lang), strict=True):
        section = section.replace(READ_ON, date.today().isoformat())
        wrong += [(step, each) for each in claims(section) if plain(each) not in there]
        wrong += [(step, each) for each in figures(section) if each not in FIGURE.findall(there)]
    assert not wrong, "\n".join(f"{step}: {each}" for step, each in wrong)


def claims(section: str) -> list[str]:
    """What the section quotes."""
    fenced = [
        re.sub(r"^\[\d\] ", "", line)
        for _, language, text in FENCE.findall(section)
        if language != "sh"
        for line in text.splitlines()
    ]
    quoted = ["".join(found).strip("《》") for found in QUOTED.findall(FENCE.sub("", section))]
    assert quoted
    return [each for each in fenced + quoted if each]


def figures(section: str) -> list[str]:
    """The figures of the section beside what it quotes; [1] is a note's number."""
    for pattern in (FENCE, PICTURE, re.compile(r"`[^`]+`"), re.compile(r"\[\d\]")):
        section = pattern.sub(" ", section)
    return FIGURE.findall(LINK.sub(r"\1", section))


def test_every_picture_is_of_its_step_and_small(lang: str) -> None:
    for step, section in zip(STEPS, sections(lang), strict=True):
        for name in PICTURE.findall(section):
            assert name == f"research/{step.__name__}-{lang}.png"


def test_all_pictures_are_shown_and_small() -> None:
    files = {f"research/{each.name}": each.stat().st_size for each in PICTURES.iterdir()}
    assert files.keys() == set(PICTURE.findall(TEXT))
    assert max(files.values()) < 120_000
    assert sum(files.values()) < 700_000


def test_every_link_leads_somewhere() -> None:
    for _, target in LINK.findall(PICTURE.sub("", FENCE.sub("", TEXT))):
        name, _, anchor = target.partition("#")
        headings = re.findall(
            r"^#+ (.+)", (DOCS / (name or "research.md")).read_text("utf-8"), re.M
        )
        anchors = {re.sub(r"[^\w -]", "", each).replace(" ", "-").lower() for each in headings}
        assert not anchor or anchor in anchors, target


def test_every_command_does_something(own: Path, lang: str) -> None:
    commands = [
        line
        for _, language, text in FENCE.findall(HALVES[lang])
        if language == "sh"
        for line in text.splitlines()
    ]
    assert commands
    for command in commands:
        python, script, verb, *rest = shlex.split(command)
        assert (python, script) == ("python", "run.py")
        # A server would go on; the steps were taken on one like it.
        more = ["--help"] if verb == "serve" else ["--data", str(own)]
        subprocess.run([sys.executable, script, verb, *rest, *more], cwd=ROOT, check=True)
