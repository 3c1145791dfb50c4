"""OpenSearch for tests: the Java that runs it, and its jars, fetched once by Maven.

``python -m tests.opensearch.jars`` fetches them.  ``BIWEN_OPENSEARCH`` says which release line:
2, or 3, which needs a newer Java; the former can be had with the security plugin as well.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final
from zipfile import ZipFile

from filelock import FileLock

_HERE: Final = Path(__file__).parent
_MADE_OF: Final = (_HERE / "pom.xml", _HERE / "Node.java")
_CACHES: Final = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
_CACHE: Final = _CACHES / "biwen-opensearch"
SECURED: Final = "2-secured"
"""The release line with the security plugin."""
# For each release line the least Java, and how the classes of its modules end.
_LINES: Final = {"2": (17, "Plugin"), "3": (21, "ModulePlugin"), SECURED: (17, "Plugin")}
# The quick compiler alone halves the work of a start; one collector thread is enough for it.
_QUICK: Final = ("-Xms512m", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
_MODULES: Final = (
    "org.opensearch.analysis.common.CommonAnalysis",
    "org.opensearch.index.mapper.MapperExtras",
    "org.opensearch.index.reindex.Reindex",
    "org.opensearch.painless.Painless",
    "org.opensearch.transport.Netty4",
)
_SECURITY: Final = "org.opensearch.security.OpenSearchSecurity"
# The end of the name of a jar, behind the name of what is in it.
_VERSION: Final = re.compile(r"-\d[^/]*\.jar$")


class Unavailable(Exception):
    """OpenSearch cannot be run on this machine; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Installed:
    """What starts a node: a JDK, and a folder with OpenSearch."""

    jdk: Path
    folder: Path
    modules: list[str]

    def command(self, home: Path, *options: str) -> list[str]:
        """Runs a node whose settings are in ``home/config/opensearch.yml``."""
        return self._command(home, f"-XX:SharedArchiveFile={self._archive}", *options)

    def archive(self) -> None:
        """Write down the classes of a node as the JVM loads them: half of the work of a start."""
        settings = {"network.host": "127.0.0.1", "discovery.type": "single-node"}
        ports = {"http.port": 0, "transport.port": 0}
        with TemporaryDirectory() as home:
            config = Path(home, "config")
            config.mkdir()
            (config / "opensearch.yml").write_text(json.dumps({**settings, **ports}), "utf-8")
            # It ends once it has started, for its standard input ends.
            _run(self._command(Path(home), f"-XX:ArchiveClassesAtExit={self._archive}"), self.jdk)

    @property
    def config(self) -> Path:
        """The settings that the security plugin comes with, where it is there."""
        return self.folder / "config"

    @property
    def _archive(self) -> Path:
        return self.folder / "classes.jsa"

    def _command(self, home: Path, *options: str) -> list[str]:
        java = [str(self.jdk / "bin" / "java"), *_QUICK, *options]
        logging = f"-Dlog4j2.configurationFile={_HERE / 'log4j2.properties'}"
        where = [f"-Djava.io.tmpdir={home}", "-cp", str(self.folder / "lib" / "*")]
        return [*java, logging, *where, "Node", str(home), *self.modules]


def installed(line: str = os.environ.get("BIWEN_OPENSEARCH", "2")) -> Installed:
    """OpenSearch of a release line, fetched when it is not in the cache yet.

    Raises Unavailable without a JDK or Maven, and when the artifacts are out of reach.
    """
    least, suffix = _LINES[line]
    jdk, version = _jdk(least)
    key = hashlib.sha256(f"{line} {version}".encode())
    for file in _MADE_OF:
        key.update(file.read_bytes())
    folder = _CACHE / f"{line}-{key.hexdigest()[:16]}"
    modules = (*_MODULES, _SECURITY) if line == SECURED else _MODULES
    found = Installed(jdk, folder, [f"{module}{suffix}" for module in modules])
    _CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(_CACHE / "lock"):
        # Nothing is renamed into its place, for an archive of classes fits one place only.
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            _fetch(found, line)
            if line != SECURED:  # which does not start without certificates
                found.archive()
            (folder / "complete").touch()
    return found


def _fetch(wanted: Installed, line: str) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise Unavailable("no Maven (mvn) on this machine")
    lib, classes, tools = wanted.folder / "lib", wanted.folder / "classes", wanted.jdk / "bin"
    # -U asks anew for what could not be had another time.
    quietly = [maven, "-q", "-B", "-U", "-Dstyle.color=never", "-f", str(_HERE / "pom.xml")]
    goal = "org.apache.maven.plugins:maven-dependency-plugin:copy-dependencies"
    copy = ["-P", f"opensearch-{line}", goal, f"-DoutputDirectory={lib}"]
    _run([*quietly, *copy], wanted.jdk)
    for packed in lib.glob("*.zip"):
        _unpack(packed, lib, wanted.config)
    where = ["-d", str(classes), "-cp", f"{lib}/*"]
    _run([str(tools / "javac"), *where, str(_HERE / "Node.java")], wanted.jdk)
    _run([str(tools / "jar"), "cf", str(lib / "node.jar"), "-C", str(classes), "."], wanted.jdk)


def _unpack(packed: Path, lib: Path, config: Path) -> None:
    """The jars of a plugin that are not there already, in whatever version, and its settings."""
    there = {_VERSION.sub("", each.name) for each in lib.glob("*.jar")}
    with ZipFile(packed) as file:
        for member in file.infolist():
            name = PurePosixPath(member.filename)
            is_new = name.suffix == ".jar" and _VERSION.sub("", name.name) not in there
            if is_new or name.match("config/*.yml"):
                member.filename = name.name
                file.extract(member, lib if is_new else config)


def _run(command: list[str], jdk: Path) -> None:
    """Raises Unavailable with the first error that is told, where it fails."""
    done = subprocess.run(
        command,
        env={**os.environ, "JAVA_HOME": str(jdk)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        said = done.stdout + done.stderr
        told = re.search(r"(?:error|exception).*", said, re.IGNORECASE)
        raise Unavailable(f"{Path(command[0]).name} failed: {told[0] if told else said[-500:]}")


def _jdk(least: int) -> tuple[Path, str]:
    """Folder and version of the first JDK that is new enough."""
    for home in _homes():
        release = home / "release"
        if (home / "bin" / "javac").exists() and release.exists():
            version = re.search(r'^JAVA_VERSION="((\d+)\S*)"', release.read_text("utf-8"), re.M)
            if version and int(version[2]) >= least:
                return home, version[1]
    raise Unavailable(f"no JDK of Java {least} or later on this machine")


def _homes() -> Iterator[Path]:
    """Where a JDK may be: as the environment says, on the path, as Linux installs them."""
    if named := os.environ.get("JAVA_HOME"):
        yield Path(named)
    if found := shutil.which("javac"):
        yield Path(found).resolve().parents[1]
    yield from sorted(Path("/usr/lib/jvm").glob("*"))


if __name__ == "__main__":
    for each in (installed(), installed(SECURED)):
        print(each.folder)
