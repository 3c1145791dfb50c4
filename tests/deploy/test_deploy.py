"""The image and the units of ``deploy/``: read by the tools that know them, and run.

There need be no container engine and no systemd: what the image copies is put
into a folder of its own, and its commands are run there.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

import run
from webui import workers

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted(each.name for each in DEPLOY.glob("biwen*"))
SERVICES = [name for name in UNITS if name.endswith(".service")]
PROGRAM, DATA = "/opt/biwen", "/var/lib/biwen"
PYTHON = f"{PROGRAM}/.venv/bin/python"
PAGE = ROOT / "index_data" / "sample" / "e001.txt"


class Step(NamedTuple):
    """An instruction of a Dockerfile."""

    name: str
    text: str

    @property
    def words(self) -> list[str]:
        """Its arguments, in whichever form they are written."""
        return list(json.loads(self.text)) if self.text[0] == "[" else self.text.split()


def steps() -> list[Step]:
    text = re.sub(r"^#.*\n", "", (DEPLOY / "Dockerfile").read_text("utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [Step(*line.split(maxsplit=1)) for line in lines if line]


def only(name: str) -> Step:
    (step,) = [each for each in steps() if each.name == name]
    return step


def copied() -> list[tuple[str, str]]:
    """What is copied from the checkout, and whither."""
    found = []
    for step in steps():
        if step.name == "COPY" and not step.text.startswith("--from"):
            *sources, place = step.words
            found += [(source, place) for source in sources]
    return found


def settings(unit: str, name: str) -> list[str]:
    lines = (DEPLOY / unit).read_text("utf-8").splitlines()
    return [line.partition("=")[2] for line in lines if line.startswith(f"{name}=")]


def commands(unit: str) -> list[list[str]]:
    """What a unit runs, without the shell round it."""
    found = []
    for line in settings(unit, "ExecStart"):
        words = shlex.split(line.replace("%%", "%"))
        if words[:2] == ["/bin/sh", "-c"]:
            words = shlex.split(words[2])[1:]
        found.append(words)
    return found


def test_the_image_is_without_fault_to_hadolint() -> None:
    hadolint = shutil.which("hadolint", path=Path(sys.executable).parent)
    if not hadolint:
        pytest.skip("there is no hadolint for this system")
    done = subprocess.run(
        [hadolint, "--no-color", str(DEPLOY / "Dockerfile")], capture_output=True, check=False
    )
    assert (done.returncode, done.stdout.decode()) == (0, "")


def test_the_image_copies_what_there_is_and_nothing_else_is_sent() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in lines if line and line[0] != "#"]
    sources = {source for source, _ in copied()}
    assert rules == ["*", *sorted(f"!{each}" for each in sources), "**/__pycache__"]
    assert all((ROOT / each).exists() for each in sources)


def test_the_image_installs_what_is_locked_by_its_hashes_and_runs_as_nobody() -> None:
    installs = [each.text for each in steps() if "pip install" in each.text]
    assert len(installs) == 1
    assert "--require-hashes -r requirements.lock" in installs[0]
    names = [each.name for each in steps()]
    assert names.index("USER") < names.index("CMD")
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", only("USER").text)
    assert {"VOLUME", "EXPOSE", "HEALTHCHECK"} <= set(names)
    # both stages have one Python, else the first one's libraries are none to the second
    assert len({each.words[0] for each in steps() if each.name == "FROM"}) == 1


@pytest.mark.parametrize(
    "command",
    [
        [*only("ENTRYPOINT").words, *only("CMD").words],
        *(each for unit in SERVICES for each in commands(unit)),
    ],
    ids=" ".join,
)
def test_every_command_is_one_of_the_program(command: Sequence[str], tmp_path: Path) -> None:
    python, program, name, *arguments = command
    assert Path(python).name == "python"
    assert program == "run.py"
    found = run.cli.commands[name]
    here = [
        str(tmp_path) if each.startswith(("/srv/", f"{DATA}/data")) else each for each in arguments
    ]
    found.make_context(name, here)


def test_units_are_without_fault_to_systemd(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if not analyze:
        pytest.skip("there is no systemd-analyze")
    for unit in UNITS:
        text = (DEPLOY / unit).read_text("utf-8")
        here = text.replace(PYTHON, sys.executable).replace(PROGRAM, str(ROOT))
        (tmp_path / unit).write_text(here, "utf-8")
    verified = subprocess.run(
        [analyze, "verify", "--man=no", *UNITS], cwd=tmp_path, capture_output=True, check=False
    )
    assert (verified.returncode, verified.stderr.decode()) == (0, "")
    for unit in SERVICES:
        exposed = subprocess.run(
            [analyze, "security", "--offline=true", "--no-pager", "--threshold=20", unit],
            cwd=tmp_path,
            capture_output=True,
            check=False,
        )
        assert exposed.returncode == 0, exposed.stdout.decode()


@pytest.mark.parametrize("unit", SERVICES)
def test_a_unit_may_write_where_its_command_writes(unit: str) -> None:
    assert settings(unit, "ProtectSystem") == ["strict"]
    (state,) = settings(unit, "StateDirectory")
    writable = [f"/var/lib/{state}", *settings(unit, "ReadWritePaths")]
    for command in commands(unit):
        data = command[command.index("--data") + 1]
        named = [data, *(each for each in command if each.endswith(".db"))]
        assert all(any(each.startswith(f"{place}/") for place in writable) for each in named)


def test_who_stops_the_server_waits_until_it_has_finished() -> None:
    (unit,) = settings("biwen.service", "TimeoutStopSec")
    page = (ROOT / "docs" / "serving.md").read_text("utf-8")
    (container,) = re.findall(r"docker run -d .*--stop-timeout (\d+)", page)
    assert min(int(unit), int(container)) > workers._LAST_SECONDS


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """What the image holds, in a folder: the program, and an empty volume."""
    program = tmp_path / "program"
    for source, place in copied():
        target = program / place
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / source, target)
    (tmp_path / "volume").mkdir()
    return tmp_path


def moved(image: Path, command: Sequence[str], port: int = 0) -> list[str]:
    """A command as it is run here: with this Python, on the volume, on a free port."""
    _, *words = [each.replace(DATA, str(image / "volume")) for each in command]
    return [sys.executable, *(str(port) if each == "8000" else each for each in words)]


def done(image: Path, *command: str, given: str = "") -> str:
    """What a command of the image prints."""
    result = subprocess.run(
        moved(image, ["python", "run.py", *command]),
        cwd=image / "program",
        env=environment(),
        input=given,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def environment() -> dict[str, str]:
    """Nothing of this checkout is to be found by accident."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


@contextmanager
def started(image: Path, command: Sequence[str]) -> Iterator[int]:
    """The port on which a command serves; in the end it is told to stop, and does, quietly."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with subprocess.Popen(
        moved(image, command, port),
        cwd=image / "program",
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as server:
        try:
            assert server.stdout
            assert server.stderr
            line = server.stdout.readline()
            assert str(port) in line, server.stderr.read()
            yield port
            server.send_signal(signal.SIGTERM)
            assert server.wait(20) == 0
            lines = [json.loads(line) for line in server.stderr]
            assert {each["level"] for each in lines} == {"info"}
        finally:
            server.kill()


def answer(port: int, path: str, password: str | None = None, host: str = "") -> tuple[int, bytes]:
    asked = Request(f"http://127.0.0.1:{port}{path}")
    if host:
        asked.add_header("Host", host)
    if password:
        given = base64.b64encode(f"anna:{password}".encode()).decode()
        asked.add_header("Authorization", f"Basic {given}")
    try:
        with urlopen(asked, timeout=20) as response:
            return response.status, response.read()
    except HTTPError as error:
        return error.code, error.read()


def served(image: Path, command: Sequence[str], host: str = "") -> int:
    """Set a password, add a page, serve as the command says, ask; gives the port that was asked."""
    done(image, "password", "anna", "--auth", f"{DATA}/passwords", given="correct horse\n")
    assert "新增文档" in done(image, "add", str(PAGE), "--data", f"{DATA}/data")
    with started(image, command) as port:
        status, health = answer(port, "/healthz", host=host)
        assert (status, json.loads(health)["status"]) == (200, "ok")
        assert answer(port, "/search.json", host=host)[0] == 401
        status, body = answer(port, "/search.json?q=The+DAO", "correct horse", host)
        found: dict[str, Any] = json.loads(body)
        assert (status, found["total"] > 0) == (200, True)
        assert answer(port, "/metrics", host=host)[0] == 401
        assert b"biwen_ready 1" in answer(port, "/metrics", "correct horse", host)[1]
        if only("HEALTHCHECK").text and command[0] == "python":
            checking = json.loads(only("HEALTHCHECK").text.partition("CMD ")[2])
            code = checking[-1].replace(":8000/", f":{port}/")
            subprocess.run([sys.executable, *checking[1:-1], code], check=True)
    return port


def test_the_command_of_the_image_serves_with_what_was_copied_alone(image: Path) -> None:
    served(image, [*only("ENTRYPOINT").words, *only("CMD").words])
    written = {each.name for each in (image / "volume").iterdir()}
    assert written == {"data", "passwords"}


def test_a_server_in_the_image_that_has_no_passwords_says_what_to_do(image: Path) -> None:
    command = moved(image, [*only("ENTRYPOINT").words, *only("CMD").words])
    ended = subprocess.run(
        command,
        cwd=image / "program",
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ended.returncode == 1
    assert "run.py password" in ended.stderr


def test_the_commands_of_the_units_serve_and_back_up(image: Path) -> None:
    (serving,) = commands("biwen.service")
    served(image, serving, host="news.example.org")
    (backing_up,) = commands("biwen-backup.service")
    copy = image / "copy.db"
    ended = subprocess.run(
        [*moved(image, backing_up)[:-1], str(copy)], cwd=image / "program", env=environment()
    )
    assert ended.returncode == 0
    assert copy.stat().st_size > 10_000
