"""Who may ask, and who may change: checked before every request.

Three things are looked at, each where it matters:

- **Host**, while the server listens on this machine only.  A page of another site whose name was
  made to lead here (DNS rebinding) has that name in it.  Where the server is reached from
  elsewhere its names are not known; there passwords keep such a page out, for a browser keeps
  them by name.
- **Sec-Fetch-Site and Origin** of whatever may change something.  A browser sends a form of any
  site anywhere, with the passwords that it keeps, but it says truthfully where the form came from:
  every one by ``Origin``, and over https or on this machine by ``Sec-Fetch-Site`` as well.  No page
  can forge either.  A request with neither is from a program or from a browser of before 2020, and
  is refused, for they cannot be told apart; a program can say ``Origin`` itself.  So no token is
  needed, which would have to be in every form and the same in every process.
- **Name and password** by HTTP Basic (RFC 7617), when there is a file of them: every browser, curl
  and feed reader can do that, and nothing need be kept between requests.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Response, request

from indexer.errors import UserError, WrongUsage
from indexer.i18n import N_, gettext
from webui.errors import Denied
from webui.logs import LOG
from webui.passwords import Passwords, Slowed, others_may_read, read_passwords
from webui.server import OWN, addresses

_LOOPBACK: Final = frozenset(("localhost", "127.0.0.1", "::1"))
# https://www.rfc-editor.org/rfc/rfc9110#section-7.2, as far as browsers send it
_HOST: Final = re.compile(
    r"(?P<name>\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::(?P<port>[0-9]{1,5}))?", re.ASCII
)
_LAST_PORT: Final = 65535
_SAFE: Final = ("GET", "HEAD", "OPTIONS")
_PUBLIC: Final = ("health.healthz", "static")  # tell nothing of what is stored
_CHALLENGE: Final = {"WWW-Authenticate": 'Basic realm="biwen", charset="UTF-8"'}

_EXPOSED: Final = N_(
    "在 %(host)s 上，别的电脑也能访问。请用 --auth FILE 要求密码"
    "（先运行 run.py password 名字 --auth FILE），或用 --open 表明谁都可以读。"
)
_EXPOSED_EDITING: Final = N_(
    "用了 --edit，而别的电脑也能访问：请用 --auth FILE 要求密码"
    "（先运行 run.py password 名字 --auth FILE）。"
)
_READABLE: Final = N_("注意：别的用户也能读密码文件 %(file)s。请运行 chmod 600 %(file)s。")
_WRONG_HOST: Final = N_(
    "这里不叫“%(host)s”，为防止别的网站冒名，没有回答。请打开 http://127.0.0.1 开头的地址；"
    "若前面有代理，请用 --base-url 写明对外的网址。"
)
_OTHER_SITE: Final = N_(
    "这个请求不是从这里的页面发出的，没有执行。请在本站的页面上操作；"
    "用程序操作，请加上请求头 Origin: %(origin)s。"
)
_NO_HOST: Final = N_("请求头 Host 不是主机名。请用浏览器打开这里的网址。")
_WHO: Final = N_("请输入名字和密码。")
_SLOWED: Final = N_("密码错的次数太多，请过 %(seconds)s 秒再试。")
_CANNOT_TELL: Final = N_("现在无法核对密码，原因已经写进日志。")


@dataclass(frozen=True, slots=True)
class Access:
    """What an application lets whom do.

    ``edit``: its pages may change what is stored.  ``auth``: a file of passwords
    that are asked for, for reading too unless it is ``open`` to everybody.
    ``hosts``: the names by which it may be asked; any, when empty.
    """

    edit: bool = False
    auth: Path | None = None
    open: bool = False
    hosts: frozenset[str] = frozenset()


def access_for(
    host: str, port: int, base_url: str | None, edit: bool, auth: Path | None, everybody: bool
) -> Access:
    """The access of a server that is to listen on ``host``.

    Raises WrongUsage when others could read without ``auth`` or ``everybody``
    saying so, or change anything without ``auth``; UserError when the address
    cannot be had or the file of passwords not be used.
    """
    if auth:
        read_passwords(auth)
        if others_may_read(auth):
            LOG.warning("%s", gettext(_READABLE, file=auth))
    local = all(ip_address(found).is_loopback for found in addresses(host, port))
    public = urlsplit(base_url or "").hostname
    if not (local or auth or everybody):
        raise WrongUsage(_EXPOSED, host=host)
    # What has a public address is reached through a proxy, from this machine by all appearance.
    if edit and not auth and not (local and (public is None or _is_here(public))):
        raise WrongUsage(_EXPOSED_EDITING)
    names = _LOOPBACK | {host.lower()} | ({public} if public else set()) if local else frozenset()
    return Access(edit, auth, everybody, frozenset(names))


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def register(app: Flask, access: Access, base_url: str | None, editing: Collection[str]) -> None:
    """Let ``app`` answer only whom it may; ``editing`` names the blueprints that change things."""
    passwords = Passwords(access.auth) if access.auth else None

    def check() -> None:
        if OWN in request.environ:
            return
        _check_host(access.hosts)
        if passwords and is_closed():
            _check_password(passwords)
        if is_editing() and request.method not in _SAFE:
            _check_origin(base_url)

    def is_editing() -> bool:
        return request.blueprint in editing

    def is_closed() -> bool:
        return is_editing() or not (access.open or request.endpoint in _PUBLIC)

    def kept_apart(response: Response) -> Response:
        if passwords and is_closed():
            response.cache_control.private = True  # no proxy keeps it for the next reader
        return response

    app.before_request(check)
    app.after_request(kept_apart)
    app.context_processor(lambda: {"may_edit": access.edit})


def _check_host(names: frozenset[str]) -> None:
    """Refuse what is asked under another name, or under none that a browser would send."""
    given = request.headers.get("Host", "")
    found = _HOST.fullmatch(given)
    if names and (found is None or found["name"].strip("[]").lower() not in names):
        raise Denied(403, _WRONG_HOST, host=given)
    if given and not (found and int(found["port"] or 1) <= _LAST_PORT and _is_name(found["name"])):
        raise Denied(400, _NO_HOST)


def _is_name(name: str) -> bool:
    """Whether that can be the name of a host, or an address; links could not be made of another."""
    try:
        if name[0] == "[":
            ip_address(name.strip("[]"))
        else:
            name.encode("idna").decode("idna")
    except ValueError:
        return False
    return True


def _check_origin(base_url: str | None) -> None:
    """Refuse what may have been sent by a page of another site."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    ours = {request.host.lower(), urlsplit(base_url or "").netloc.lower()} - {""}
    if (
        (site is None and origin is None)
        or site not in (None, "same-origin", "none")
        or (origin is not None and origin.lower().partition("://")[2] not in ours)
    ):
        raise Denied(403, _OTHER_SITE, origin=request.host_url.rstrip("/"))


def _check_password(passwords: Passwords) -> None:
    given = request.authorization
    if given is None or given.type != "basic":
        raise Denied(401, _WHO, headers=_CHALLENGE)
    try:
        admitted = passwords.admits(given.username or "", given.password or "")
    except Slowed as slowed:
        seconds = math.ceil(slowed.seconds)
        headers = {"Retry-After": str(seconds)}
        raise Denied(429, _SLOWED, headers=headers, seconds=seconds) from slowed
    except UserError as error:  # the reader of a page need not know which file it is
        LOG.error("%s", error)
        raise Denied(503, _CANNOT_TELL) from error
    if not admitted:
        raise Denied(401, _WHO, headers=_CHALLENGE)
