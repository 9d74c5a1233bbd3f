"""The settings of the doors beside our own passwords: a provider (OpenID Connect) and a directory (LDAP)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

#: Gives a setting's value, stripped, or the default.
Value = Callable[..., str]

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_DOORS = {"ldaps": 636, "ldap+starttls": 389, "ldap": 389}
_CLAIM = re.compile(r"[A-Za-z0-9_.:/-]{1,100}")


class SettingsError(Exception):
    """A setting is missing or cannot work; the message is for whoever starts the program."""


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """Signing in at a provider."""

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    #: Which claim names the account here.
    claim: str = "preferred_username"
    #: Whether our own one-time code is asked for afterwards.
    second_factor: bool = False
    #: Whether signing out here offers to sign out there.
    sign_out: bool = False


@dataclass(frozen=True, slots=True)
class LdapSettings:
    """Passwords that a directory knows."""

    #: ldaps, ldap+starttls, or ldap (this machine only)
    scheme: str
    host: str
    port: int
    base: str
    bind_dn: str = ""
    bind_password: str = field(default="", repr=False)
    #: How an account is found; {username} stands for what was typed, escaped.
    filter: str = "(uid={username})"
    #: A file of certificates to trust instead of the system's.
    ca: Path | None = None


def read_oidc(value: Value) -> OidcSettings | None:
    """The provider's settings; None without an issuer. Raises `SettingsError`."""
    issuer = value("OIDC_ISSUER").rstrip("/")
    if not issuer:
        if value("OIDC_CLIENT_ID"):
            raise SettingsError("GONGBAN_OIDC_CLIENT_ID is of no use without GONGBAN_OIDC_ISSUER.")
        return None
    if not is_safe_address(issuer):
        raise SettingsError(
            "GONGBAN_OIDC_ISSUER must begin with https:// (http:// on this machine only)."
        )
    if not value("OIDC_CLIENT_ID"):
        raise SettingsError("GONGBAN_OIDC_ISSUER needs GONGBAN_OIDC_CLIENT_ID beside it.")
    claim = value("OIDC_CLAIM", "preferred_username")
    if not _CLAIM.fullmatch(claim):
        raise SettingsError("GONGBAN_OIDC_CLAIM is the name of one claim, such as email.")
    return OidcSettings(
        # As the provider writes it: tokens name it to the letter.
        issuer=value("OIDC_ISSUER"),
        client_id=value("OIDC_CLIENT_ID"),
        client_secret=value("OIDC_CLIENT_SECRET"),
        claim=claim,
        second_factor=_yes("OIDC_SECOND_FACTOR", value),
        sign_out=_yes("OIDC_SIGN_OUT", value),
    )


def is_safe_address(url: str) -> bool:
    """True for https, and for http on this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (
        parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    )


def read_ldap(value: Value) -> LdapSettings | None:
    """The directory's settings; None without an address. Raises `SettingsError`."""
    url = value("LDAP_URL")
    if not url:
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _DOORS.get(parts.scheme, 0)
    except ValueError:
        raise SettingsError("GONGBAN_LDAP_URL is no address.") from None
    if parts.scheme not in _DOORS or not host or parts.path not in ("", "/") or parts.query:
        raise SettingsError("GONGBAN_LDAP_URL must be ldaps://host or ldap+starttls://host.")
    if parts.scheme == "ldap" and host not in _LOOPBACK:
        raise SettingsError(
            "GONGBAN_LDAP_URL would send passwords in the clear: write ldaps:// or ldap+starttls://."
        )
    if not value("LDAP_BASE"):
        raise SettingsError("GONGBAN_LDAP_URL needs GONGBAN_LDAP_BASE beside it.")
    found = value("LDAP_FILTER", "(uid={username})")
    if found.count("{username}") != 1 or not found.startswith("(") or not found.endswith(")"):
        raise SettingsError("GONGBAN_LDAP_FILTER must be like (uid={username}).")
    if bool(value("LDAP_BIND_DN")) != bool(value("LDAP_BIND_PASSWORD")):
        raise SettingsError("GONGBAN_LDAP_BIND_DN and GONGBAN_LDAP_BIND_PASSWORD go together.")
    return LdapSettings(
        scheme=parts.scheme,
        host=host,
        port=port,
        base=value("LDAP_BASE"),
        bind_dn=value("LDAP_BIND_DN"),
        bind_password=value("LDAP_BIND_PASSWORD"),
        filter=found,
        ca=_file("LDAP_CA", value("LDAP_CA")),
    )


def roles_or_rights(text: str) -> frozenset[str]:
    """The roles of a list of roles and rights; a right stands for every role that has it."""
    # The roles are data that only this setting needs so early.
    from webapp.roles import roles

    known = roles()
    found: set[str] = set()
    for one in (each.strip() for each in text.split(",")):
        having = {role for role, facts in known.items() if one in facts.get("rights", ())}
        if one in known:
            found.add(one)
        elif having:
            found |= having
        elif one:
            raise SettingsError(f"GONGBAN_SECOND_FACTOR_ROLES names no role and no right: {one}.")
    return frozenset(found)


def _yes(name: str, value: Value) -> bool:
    text = value(name, "0")
    if text not in ("0", "1"):
        raise SettingsError(f"GONGBAN_{name} must be 0 or 1.")
    return text == "1"


def _file(name: str, text: str) -> Path | None:
    if not text:
        return None
    path = Path(text).expanduser().absolute()
    if not path.is_file():
        raise SettingsError(f"GONGBAN_{name} is not a file: {path}.")
    return path
