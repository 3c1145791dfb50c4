"""Where an index of OpenSearch is, as one writes it in a command."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import parse_qsl, urlsplit

from indexer.errors import WrongUsage
from indexer.i18n import N_

USER: Final = "BIWEN_OPENSEARCH_USER"
PASSWORD: Final = "BIWEN_OPENSEARCH_PASSWORD"

_SCHEMES: Final = {"opensearch": False, "https": True}
_PORT: Final = 9200
# https://opensearch.org/docs/2.19/api-reference/index-apis/create-index/#index-naming-restrictions
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,199}")
_NO_ADDRESS: Final = N_(
    "--engine 的地址不对：%(url)s。应像 opensearch://主机:9200/索引名，"
    "加密的写 https://，几台主机用逗号隔开，末尾可加 ?shards=3&replicas=1；"
    "用户名和密码写在环境变量 %(user)s 和 %(password)s 里。"
)
_LOGIN: Final = re.compile("//[^/]*@")


@dataclass(frozen=True, slots=True)
class Address:
    """An index by its name on some nodes of a cluster.

    ``shards`` and ``replicas`` are those of an index that is made anew.
    """

    nodes: tuple[tuple[str, int], ...]
    index: str
    is_encrypted: bool = False
    shards: int = 3
    replicas: int = 1

    @classmethod
    def of(cls, url: str) -> Self:
        """The address that was written.  Raises WrongUsage."""
        try:
            parts = urlsplit(url)
            nodes = tuple(_node(each) for each in parts.netloc.split(","))
            numbers = {name: int(value) for name, value in parse_qsl(parts.query, True, True)}
            index = parts.path.removeprefix("/")
            is_sound = (
                parts.scheme in _SCHEMES
                and _NAME.fullmatch(index)
                and numbers.keys() <= {"shards", "replicas"}
                and numbers.get("shards", 1) > 0 <= numbers.get("replicas", 0)
                and not parts.fragment
            )
        except ValueError:
            is_sound = False
        if not is_sound:
            raise WrongUsage(_NO_ADDRESS, url=_LOGIN.sub("//…@", url), user=USER, password=PASSWORD)
        return cls(nodes, index, _SCHEMES[parts.scheme], **numbers)

    @property
    def login(self) -> tuple[str, str] | None:
        """The user and the password that the environment names."""
        user = os.environ.get(USER)
        return (user, os.environ.get(PASSWORD, "")) if user else None


def _node(text: str) -> tuple[str, int]:
    parts = urlsplit(f"//{text}")
    if not parts.hostname or parts.username is not None:
        raise ValueError(text)
    return parts.hostname, parts.port or _PORT
