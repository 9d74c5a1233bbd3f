"""Passwords that a directory knows (LDAP): find the person, then sign in there as them.

Nothing is written there and no password of there is kept here. Traps that others fell into: an empty
password is taken by many directories for an anonymous visit and answered with success; what people type
is no part of a filter until it is escaped; a referral would carry the password to a server nobody chose.
"""

from __future__ import annotations

import ssl
import warnings
from pathlib import Path
from typing import Any

import structlog

from webapp.accounts.errors import DirectoryAway
from webapp.settings_sign_in import LdapSettings

with warnings.catch_warnings():
    # ldap3 2.9.1, the last there is, takes two names of pyasn1 by their old spelling when it is imported.
    warnings.filterwarnings("ignore", category=DeprecationWarning, message=".*deprecated.*")
    import ldap3
    from ldap3.core.exceptions import LDAPException
    from ldap3.utils.conv import escape_filter_chars

#: Seconds to connect, and seconds to wait for an answer.
_CONNECT, _ANSWER = 4, 6
#: What a person's own sign-in there answers when the password is wrong, or may not be used now.
_REFUSED = frozenset({"invalidCredentials", "unwillingToPerform", "constraintViolation"})
_SUCCESS = "success"

log = structlog.get_logger()


class Directory:
    """One directory. A connection per question: they are rare, and a kept one may be half dead."""

    def __init__(self, settings: LdapSettings) -> None:
        self._settings = settings
        self._tls = _Verified(settings.ca)

    def is_right(self, username: str, password: str) -> bool:
        """Whether the password is this person's. Raises `DirectoryAway`."""
        if not password or not username.strip() or "\x00" in username + password:
            return False
        try:
            name = self._name_of(username)
            return name is not None and self._may_bind(name, password)
        except (LDAPException, OSError) as error:
            # The message may quote what was sent.
            log.error("directory", kind=type(error).__name__)
            raise DirectoryAway from None

    def _name_of(self, username: str) -> str | None:
        """The one entry that the filter finds; None for none or several."""
        wanted = self._settings.filter.format(username=escape_filter_chars(username))
        with _closing(self._open(self._settings.bind_dn, self._settings.bind_password)) as found:
            if not self._bound(found):
                # Our own name or password there is wrong: nobody could sign in.
                raise LDAPException("refused")
            found.search(
                self._settings.base,
                wanted,
                search_scope=ldap3.SUBTREE,
                dereference_aliases=ldap3.DEREF_NEVER,
                attributes=[ldap3.NO_ATTRIBUTES],
                size_limit=2,
                time_limit=_ANSWER,
            )
            names = [
                str(one["dn"]) for one in found.response or [] if one["type"] == "searchResEntry"
            ]
        return names[0] if len(names) == 1 and names[0] else None

    def _may_bind(self, name: str, password: str) -> bool:
        with _closing(self._open(name, password)) as connection:
            if self._bound(connection):
                return True
            if connection.result.get("description") in _REFUSED:
                return False
            raise LDAPException(str(connection.result.get("description")))

    def _open(self, name: str, password: str) -> Any:
        server = ldap3.Server(
            self._settings.host,
            port=self._settings.port,
            use_ssl=self._settings.scheme == "ldaps",
            tls=self._tls if self._settings.scheme != "ldap" else None,
            connect_timeout=_CONNECT,
            # Asks nothing about the server before it is sure who answers.
            get_info=ldap3.NONE,
        )
        return ldap3.Connection(
            server,
            user=name or None,
            password=password or None,
            authentication=ldap3.SIMPLE if name else ldap3.ANONYMOUS,
            auto_referrals=False,
            receive_timeout=_ANSWER,
            read_only=True,
            raise_exceptions=False,
        )

    def _bound(self, connection: Any) -> bool:
        """Encrypted before anything is said, then signed in; True when the directory agrees."""
        connection.open()
        if self._settings.scheme == "ldap+starttls" and not connection.start_tls():
            raise LDAPException("no TLS")
        connection.bind()
        return bool(connection.result.get("description") == _SUCCESS)


class _Verified(ldap3.Tls):  # type: ignore[misc]  # the library has no types
    """TLS as Python's own defaults want it: certificate and host name checked in the handshake.

    The library's own compares the name afterwards, by a function that Python has given up.
    """

    def __init__(self, ca: Path | None) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._ca = ca

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:
        """Encrypt what the connection says from here on."""
        context = ssl.create_default_context(cafile=str(self._ca) if self._ca else None)
        connection.socket = context.wrap_socket(
            connection.socket,
            server_hostname=connection.server.host,
            do_handshake_on_connect=False,
        )
        connection.socket.do_handshake()


class _closing:
    """Say goodbye whatever has happened; a broken connection is no news at that point."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def __enter__(self) -> Any:
        return self._connection

    def __exit__(self, *_what: object) -> None:
        try:
            self._connection.unbind()
        except (LDAPException, OSError):
            log.info("directory connection was lost")
        if self._connection.socket is not None:
            # The library leaves it open where connecting or encrypting failed.
            self._connection.socket.close()
