"""A node with the security plugin: it encrypts, and asks for passwords."""

from __future__ import annotations

import json
import ssl
import subprocess
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

from .cluster import Access, Cluster
from .jars import Installed

_ADMIN: Final = ("admin", "admin")  # of the settings that the plugin comes with
_SECRET: Final = "changeit"
_NAME: Final = "CN=node"
_RIGHTS: Final = "_plugins/_security/api"


@dataclass(frozen=True, slots=True)
class Secured:
    """The node, and the file with the certificate by which one knows it."""

    cluster: Cluster
    certificate: Path

    @property
    def address(self) -> str:
        """Where it is asked over HTTPS."""
        (address,) = self.cluster.addresses
        return address

    def allow(
        self, user: str, password: str, patterns: Sequence[str], rights: Mapping[str, Sequence[str]]
    ) -> None:
        """Make a user with rights on the ``cluster``, and on each ``index`` of these names."""
        on_indexes = {"index_patterns": patterns, "allowed_actions": rights["index"]}
        role = {"cluster_permissions": rights["cluster"], "index_permissions": [on_indexes]}
        self._put(f"roles/{user}", role)
        self._put(
            f"internalusers/{user}", {"password": password, "opendistro_security_roles": [user]}
        )

    def _put(self, path: str, body: object) -> None:
        url = f"{self.address}/{_RIGHTS}/{path}"
        headers = {"Content-Type": "application/json"}
        asked = Request(url, json.dumps(body).encode(), headers, method="PUT")
        self.cluster.access.opener.open(asked, timeout=30).close()


@contextmanager
def secured(made_of: Installed, folder: Path) -> Iterator[Secured]:
    """One node with all its data in a folder, made of what the release line SECURED is."""
    certificate = _certificate(made_of, folder)
    stores = {
        f"plugins.security.ssl.{layer}.{store}_{name}": value
        for layer in ("transport", "http")
        for store in ("keystore", "truststore")
        for name, value in (
            ("filepath", str(folder / f"{store}.p12")),
            ("type", "PKCS12"),
            ("password", _SECRET),
        )
    }
    settings = {
        **stores,
        "plugins.security.ssl.http.enabled": True,
        "plugins.security.ssl.transport.enforce_hostname_verification": False,
        "plugins.security.nodes_dn": [_NAME],
        "plugins.security.allow_default_init_securityindex": True,
        "plugins.security.restapi.roles_enabled": ["all_access"],
    }
    options = (f"-Dsecurity.default_init.dir={made_of.config}/",)
    access = Access("https", build_opener(ProxyHandler({}), _https(certificate)))
    login = b64encode(":".join(_ADMIN).encode()).decode()
    access.opener.addheaders = [("Authorization", f"Basic {login}")]
    with Cluster.start(folder / "nodes", 1, options, settings, 120, made_of, access) as cluster:
        yield Secured(cluster, certificate)


def _https(certificate: Path) -> HTTPSHandler:
    return HTTPSHandler(context=ssl.create_default_context(cafile=str(certificate)))


def _certificate(made_of: Installed, folder: Path) -> Path:
    """A certificate of this machine that vouches for itself, with its key, and as one trusts it."""
    extensions = ("-ext", "san=ip:127.0.0.1,dns:localhost", "-ext", "bc:critical=ca:true")
    made = ("-genkeypair", "-keyalg", "RSA", "-dname", _NAME, *extensions)
    _keytool(made_of, folder, "keystore", *made)
    shown = _keytool(made_of, folder, "keystore", "-exportcert", "-rfc")
    certificate = folder / "certificate.pem"
    certificate.write_bytes(shown)
    given = ("-file", str(certificate), "-noprompt")
    _keytool(made_of, folder, "truststore", "-importcert", *given)
    return certificate


def _keytool(made_of: Installed, folder: Path, store: str, *arguments: str) -> bytes:
    where = ("-keystore", str(folder / f"{store}.p12"), "-storetype", "PKCS12")
    command = [str(made_of.jdk / "bin" / "keytool"), *arguments, *where, "-storepass", _SECRET]
    done = subprocess.run([*command, "-alias", "node"], capture_output=True, check=True)
    return done.stdout
