"""A cluster of OpenSearch: every node a process of its own, all of them on the loopback.

``python -m tests.opensearch.cluster`` starts one to play with.
"""

from __future__ import annotations

import json
import random
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self
from urllib.request import OpenerDirector, ProxyHandler, build_opener

import click

from .jars import Installed, installed

# Below the ports that systems give to outgoing connections: one of a killed node stays free.
_PORTS: Final = range(20_000, 32_000)
NO_SETTINGS: Final[Mapping[str, object]] = MappingProxyType({})


class NotReady(Exception):
    """A node ended, or a cluster is not as it was waited for; the text has what was logged last."""


@dataclass(frozen=True, slots=True)
class Access:
    """How nodes are asked over HTTP; past any proxy."""

    scheme: str = "http"
    opener: OpenerDirector = field(default_factory=lambda: build_opener(ProxyHandler({})))


OPEN: Final = Access()
"""As long as nothing protects them."""


@dataclass(slots=True)
class _Node:
    home: Path
    http: int
    transport: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.home / "log.txt"

    def last_lines(self) -> str:
        lines = self.log.read_text("utf-8", "replace").splitlines()
        telling = [line for line in lines if not line.startswith("\tat ")]
        return "\n".join([f"--- {self.log}", *telling[-20:]])


class Cluster:
    """Nodes are numbered from 0.  Leaving it as a context stops all of them."""

    def __init__(
        self, made_of: Installed, options: Sequence[str], nodes: list[_Node], access: Access
    ) -> None:
        self._installed, self._options, self._nodes = made_of, options, nodes
        self.access = access

    @classmethod
    def start(
        cls,
        folder: Path,
        nodes: int = 3,
        options: Sequence[str] = (),
        settings: Mapping[str, object] = NO_SETTINGS,
        seconds: float = 120,
        made_of: Installed | None = None,
        access: Access = OPEN,
    ) -> Self:
        """A cluster with all its data in a folder; all nodes have found each other.

        ``options`` of the JVM overrule ours, which are for a quick start and little memory; the
        ``settings`` are further ones of every node.  Nodes are ``made_of`` what the environment
        says unless something else is named.
        Raises Unavailable where OpenSearch cannot be run, NotReady when a node ends or they
        need longer than ``seconds``.
        """
        configured = _configured(folder.absolute(), nodes, settings)
        cluster = cls(made_of or installed(), options, configured, access)
        try:
            for number in range(nodes):
                cluster.start_node(number)
            cluster.wait_for("green", seconds)
        except BaseException:
            cluster.stop()
            raise
        return cluster

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def addresses(self) -> list[str]:
        """Where each node is asked over HTTP, killed ones included."""
        return [f"{self.access.scheme}://127.0.0.1:{node.http}" for node in self._nodes]

    def kill(self, number: int) -> None:
        """End a node at once (SIGKILL); the others are told by nobody."""
        node = self._nodes[number]
        if node.process is not None:
            node.process.kill()
            node.process.communicate()
            node.process = None

    def start_node(self, number: int) -> None:
        """Start a killed node on the data and the ports that it had; `wait_for` waits for it."""
        node = self._nodes[number]
        command = self._installed.command(node.home, *self._options)
        with node.log.open("ab") as log:
            node.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT
            )

    def upgrade(self, made_of: Installed) -> None:
        """Run another version on the data that there are."""
        self.stop()
        self._installed = made_of
        for number in range(len(self._nodes)):
            self.start_node(number)

    def restore(self) -> None:
        """Start all nodes that were killed or ended, and wait until every copy is back."""
        gone = [n for n, node in enumerate(self._nodes) if not node.process or node.process.poll()]
        for number in gone:
            self.kill(number)
            self.start_node(number)
        if gone:
            self.wait_for("green")

    def wait_for(self, status: str = "green", seconds: float = 60) -> None:
        """Until all nodes but killed ones form one cluster whose indexes have a status, or better.

        Raises NotReady when one of them ends meanwhile, and after some time.
        """
        until = time.monotonic() + seconds
        started = [
            (address, node, node.process)
            for address, node in zip(self.addresses, self._nodes, strict=True)
            if node.process is not None
        ]
        # Languid events are the last: who may vote is settled, and the next node may be killed.
        events = f"wait_for_nodes={len(started)}&wait_for_events=languid"
        asked = f"wait_for_status={status}&{events}&timeout=1s"
        while not all(self._is_healthy(address, asked) for address, _, _ in started):
            for _, node, process in started:
                if process.poll() is not None:
                    raise NotReady(f"a node ended\n{node.last_lines()}")
            if time.monotonic() > until:
                logged = "\n".join(node.last_lines() for _, node, _ in started)
                raise NotReady(f"not {status} after {seconds} seconds\n{logged}")
            time.sleep(0.1)

    def stop(self) -> None:
        """End all nodes; their data stay in the folder."""
        for number in range(len(self._nodes)):
            self.kill(number)

    def _is_healthy(self, address: str, asked: str) -> bool:
        try:
            url = f"{address}/_cluster/health?{asked}"
            with self.access.opener.open(url, timeout=10) as answer:
                health: dict[str, Any] = json.load(answer)
        except (OSError, HTTPException):
            return False
        return not health["timed_out"]


def _configured(folder: Path, count: int, more: Mapping[str, object]) -> list[_Node]:
    """Nodes that know of each other, each with a folder of its own."""
    ports = _free_ports(2 * count)
    http, transport = ports[:count], ports[count:]
    nodes = [_Node(folder / f"node-{n}", http[n], transport[n]) for n in range(count)]
    for node in nodes:
        settings = {
            "cluster.name": f"biwen-{http[0]}",
            "node.name": node.home.name,
            "network.host": "127.0.0.1",
            "http.port": node.http,
            "transport.port": node.transport,
            "discovery.seed_hosts": [f"127.0.0.1:{port}" for port in transport],
            "cluster.initial_cluster_manager_nodes": [each.home.name for each in nodes],
            # A disk that is nearly full is no matter of these tests.
            "cluster.routing.allocation.disk.threshold_enabled": False,
            **more,
        }
        (node.home / "config").mkdir(parents=True)
        (node.home / "config" / "opensearch.yml").write_text(json.dumps(settings), "utf-8")
    return nodes


def _free_ports(count: int) -> list[int]:
    """Ports at which nobody listens, chosen at random, so that two runs hardly meet."""
    found: list[int] = []
    for port in random.sample(_PORTS, len(_PORTS)):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            found.append(port)
            if len(found) == count:
                break
    return found


@click.command()
@click.option("--nodes", default=3, show_default=True)
def main(nodes: int) -> None:
    """Start a cluster, say where it is, and stop it when interrupted or terminated."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.default_int_handler)
    with (
        suppress(KeyboardInterrupt),
        tempfile.TemporaryDirectory() as folder,
        Cluster.start(Path(folder), nodes) as cluster,
    ):
        print(*cluster.addresses, sep="\n", flush=True)
        signal.pause()


if __name__ == "__main__":
    main()
