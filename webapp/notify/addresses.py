"""Which addresses a webhook may have: a server must not be talked into calling its own neighbours.

A public host by https, or a host that the installation lists (`GONGBAN_WEBHOOK_HOSTS`), which may be
private and may speak http. The name is looked up once per call, every address found is judged, and the
call goes to the address that was judged: a name that changes its mind in between changes nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from engine.errors import Invalid

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_PORTS = {"http": 80, "https": 443}


class HostRefused(Invalid):
    """A webhook may not be at this address."""

    problem = "host_refused"


@dataclass(frozen=True, slots=True)
class Target:
    """A judged address."""

    scheme: str
    host: str
    port: int
    #: Path and query.
    path: str
    #: Listed by the installation: it may be private.
    listed: bool

    @property
    def shown(self) -> str:
        """The host as the administrators know it."""
        return self.host if self.port == _PORTS[self.scheme] else f"{self.host}:{self.port}"


def judge(url: str, listed: Collection[str]) -> Target:
    """The parts of an address that may be called, as far as its text tells; raise `HostRefused`."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        raise HostRefused(reason="unreadable") from None
    strange = parts.username is not None or parts.fragment or any(one <= " " for one in url)
    if parts.scheme not in _PORTS or not host or strange or not url.isascii():
        raise HostRefused(reason="unreadable")
    is_listed = host in listed or f"{host}:{port}" in listed
    if parts.scheme != "https" and not is_listed:
        raise HostRefused(reason="not_https")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = Target(parts.scheme, host, port, path, is_listed)
    if not is_listed and _as_ip(host) is not None and not _is_public(host):
        raise HostRefused(reason="private")
    return target


def look_up(target: Target) -> list[str]:
    """The addresses to call; raise `HostRefused` when one of them is private, `OSError` when none."""
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not target.listed and not all(_is_public(one) for one in addresses):
        raise HostRefused(reason="private")
    return addresses


def _as_ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _is_public(text: str) -> bool:
    address = _as_ip(text)
    if address is None:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        # Ways to write an IPv4 address, a private one too, as a public IPv6 one.
        if address.ipv4_mapped is not None:
            return _is_public(str(address.ipv4_mapped))
        if address.sixtofour is not None or address.teredo is not None or address in _NAT64:
            return False
    return address.is_global and not address.is_multicast
