"""What is required is used, what is used is required, and what is installed is pinned."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.requirements import ASKED, ROOT, Pinned, asked, pinned

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SYSTEMS = {
    "linux": ("posix", "Linux", "x86_64"),
    "darwin": ("posix", "Darwin", "arm64"),
    "win32": ("nt", "Windows", "AMD64"),
}
PLACES = [*itertools.product(PYTHONS, SYSTEMS)]
LOCK = pinned()


def environment(python: str, system: str) -> dict[str, str]:
    """The values of markers on a Python and a system."""
    os_name, platform_system, machine = SYSTEMS[system]
    return {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": system,
        "os_name": os_name,
        "platform_system": platform_system,
        "platform_machine": machine,
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "extra": "",
    }


def locked(python: str, system: str) -> dict[str, Pinned]:
    """What the lock installs there, by name."""
    here = environment(python, system)
    found = [each for each in LOCK if each.marker is None or each.marker.evaluate(here)]
    by_name = {each.name: each for each in found}
    assert len(by_name) == len(found), "two versions of one distribution"
    return by_name


@pytest.mark.parametrize("config", ["deptry.toml", "deptry-dev.toml"])
def test_what_is_imported_is_required_and_what_is_required_imported(config: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deptry", ".", "--no-ansi", "--config", f".ci/{config}"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("python", "system"), PLACES)
def test_the_lock_has_what_is_required_in_an_allowed_version(python: str, system: str) -> None:
    here, found = environment(python, system), locked(python, system)
    for requirement in asked():
        if requirement.marker is None or requirement.marker.evaluate(here):
            version = found[canonicalize_name(requirement.name)].version
            assert requirement.specifier.contains(version), f"make lock: {requirement}"


@pytest.mark.parametrize(("python", "system"), PLACES)
def test_the_lock_has_what_that_requires_in_turn(python: str, system: str) -> None:
    """As far as the locked versions are the installed ones, for their metadata says it."""
    here, found = environment(python, system), locked(python, system)
    compared = 0
    for each in found.values():
        try:
            installed = distribution(each.name)
        except PackageNotFoundError:
            continue
        if installed.version != str(each.version):
            continue
        compared += 1
        for text in installed.requires or ():
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate(here):
                pin = found[canonicalize_name(requirement.name)]
                assert requirement.specifier.contains(pin.version), f"{each.name}: {text}"
    assert compared > 5


def test_the_lock_has_nothing_else() -> None:
    roots = {each.name for each in LOCK if f"-r {ASKED}" in each.asked_by}
    assert roots == {canonicalize_name(each.name) for each in asked()}, "make lock"
    names = {each.name for each in LOCK}
    for each in LOCK:
        assert each.asked_by
        assert {*each.asked_by} - {f"-r {ASKED}"} <= names


def test_every_file_of_the_lock_has_a_hash() -> None:
    for each in LOCK:
        assert each.hashes
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", each_hash) for each_hash in each.hashes)


def test_the_oldest_versions_that_are_tested_are_those_that_are_allowed() -> None:
    oldest = {
        canonicalize_name(each.name): min(spec.version for spec in each.specifier)
        for each in asked(ROOT / "tests" / "constraints-lowest.txt")
    }
    for requirement in asked():
        (least,) = [spec for spec in requirement.specifier if spec.operator in (">=", "==")]
        if least.operator == ">=":
            written = oldest[canonicalize_name(requirement.name)]
            assert requirement.specifier.contains(written), requirement
            assert written.startswith(least.version), requirement


def test_nothing_is_taken_from_elsewhere_than_the_index() -> None:
    for file in ("requirements.txt", "requirements-dev.txt", "requirements.lock"):
        text = Path(ROOT / file).read_text("utf-8")
        assert not re.search(r"--(?:extra-)?index-url|--find-links|://| @ ", text), file
