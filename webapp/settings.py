"""What an installation decides, read once from the environment.

Nothing below this file looks at the environment. A value that cannot work stops the program at its
start with one sentence; an unknown `GONGBAN_*` is most likely a spelling mistake and is named.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from engine.queries.preferences import HOLD_SECONDS
from webapp.settings_sign_in import (
    LdapSettings,
    OidcSettings,
    SettingsError,
    read_ldap,
    read_oidc,
    roles_or_rights,
)

_PREFIX = "GONGBAN_"
_NAMES = frozenset(
    _PREFIX + name
    for name in (
        "DATABASE_URL",
        "SECRET_KEY",
        "HOME",
        "FILES_URL",
        "HOST",
        "PORT",
        "PUBLIC_URL",
        "TRUSTED_PROXIES",
        "TIMEZONE",
        "FONTS",
        "PROCESSES",
        "SMTP_URL",
        "WEBHOOK_HOSTS",
        "HOLD_SECONDS",
        "PASSWORD_DAYS",
        "SECOND_FACTOR_ROLES",
        "OIDC_ISSUER",
        "OIDC_CLIENT_ID",
        "OIDC_CLIENT_SECRET",
        "OIDC_CLAIM",
        "OIDC_SECOND_FACTOR",
        "OIDC_SIGN_OUT",
        "LDAP_URL",
        "LDAP_BIND_DN",
        "LDAP_BIND_PASSWORD",
        "LDAP_BASE",
        "LDAP_FILTER",
        "LDAP_CA",
    )
)
#: The packages that come with the program.
PROCESSES = Path(__file__).resolve().parents[1] / "processes"
#: Shorter secrets can be guessed.
_LEAST_SECRET = 32
_MAIL_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_HOST = re.compile(r"[a-z0-9.-]+(:[0-9]{1,5})?")

log = structlog.get_logger()

__all__ = [
    "LdapSettings",
    "OidcSettings",
    "Settings",
    "SettingsError",
    "is_mail_address",
    "make_secret",
    "read_settings",
]


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process. Build with `read_settings`; tests may name only what they need."""

    home: Path
    database_url: str
    #: Signs cookies. Empty until `init` has made one; whatever serves pages asks `require_secret`.
    secret_key: str = field(default="", repr=False)
    #: Where files lie; empty: a folder of the home.
    files_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    #: The address people type, for links that leave the house; empty: the address of the request.
    public_url: str = ""
    #: How many proxies in front of us are ours: that many entries of X-Forwarded-* are believed.
    trusted_proxies: int = 0
    timezone: str = "Asia/Shanghai"
    #: A folder of fonts that comes before the shipped one.
    fonts: Path | None = None
    #: The folder of packages that the studio compares with what is deployed.
    processes: Path = PROCESSES
    smtp_url: str = field(default="", repr=False)
    #: Hosts (`name` or `name:port`) that webhooks may call although they are private or speak http.
    webhook_hosts: frozenset[str] = frozenset()
    #: For how long a decision can be taken back, for whoever has chosen nothing.
    hold_seconds: int = HOLD_SECONDS
    #: After how many days a password has to be changed; 0: never by itself.
    password_days: int = 0
    #: Roles whose holders need a second factor.
    second_factor_roles: frozenset[str] = frozenset()
    oidc: OidcSettings | None = None
    ldap: LdapSettings | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The organisation's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def keys_folder(self) -> Path:
        """Where the keys of sensitive values lie; backed up apart from the database."""
        return self.home / "keys"

    @property
    def files_folder(self) -> Path:
        """Where files lie."""
        path = urlsplit(self.files_url).path
        return Path(unquote(path)) if path else self.home / "files"

    def require_secret(self) -> str:
        """The secret key; `SettingsError` when there is none yet."""
        if not self.secret_key:
            raise SettingsError(
                "There is no secret key: run `gongban init` first, or set GONGBAN_SECRET_KEY."
            )
        return self.secret_key


def read_settings(
    environment: Mapping[str, str] | None = None, *, warn: Callable[[str], None] | None = None
) -> Settings:
    """Read the environment (the process's own unless given). Raises `SettingsError`."""
    environment = os.environ if environment is None else environment
    _name_unknown(environment, warn or log.warning)

    def value(name: str, default: str = "") -> str:
        return environment.get(_PREFIX + name, "").strip() or default

    home = Path(value("HOME", "var")).expanduser().absolute()
    return Settings(
        home=home,
        database_url=_database(value("DATABASE_URL", f"sqlite:///{home / 'gongban.db'}")),
        secret_key=_secret(value("SECRET_KEY"), home),
        files_url=_files(value("FILES_URL")),
        host=value("HOST", "127.0.0.1"),
        port=_whole("PORT", value("PORT", "8000"), 1, 65535),
        public_url=_web_address(value("PUBLIC_URL")),
        trusted_proxies=_whole("TRUSTED_PROXIES", value("TRUSTED_PROXIES", "0"), 0, 10),
        timezone=_timezone(value("TIMEZONE", "Asia/Shanghai")),
        fonts=_fonts(value("FONTS")),
        processes=_processes(value("PROCESSES")),
        smtp_url=_mail(value("SMTP_URL")),
        webhook_hosts=_hosts(value("WEBHOOK_HOSTS")),
        hold_seconds=_whole("HOLD_SECONDS", value("HOLD_SECONDS", str(HOLD_SECONDS)), 0, 60),
        password_days=_whole("PASSWORD_DAYS", value("PASSWORD_DAYS", "0"), 0, 3650),
        second_factor_roles=roles_or_rights(value("SECOND_FACTOR_ROLES")),
        oidc=read_oidc(value),
        ldap=read_ldap(value),
    )


def make_secret(home: Path) -> None:
    """Write a new secret key into the home, readable by its owner alone; keep one that is there."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The mode is given when the file is made: a chmod afterwards would leave a moment to read it.
    try:
        descriptor = os.open(_secret_file(home), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as out:
        out.write(secrets.token_urlsafe(48) + "\n")


def _secret_file(home: Path) -> Path:
    return home / "secret_key"


def _name_unknown(environment: Mapping[str, str], warn: Callable[[str], None]) -> None:
    for name in sorted(environment):
        if name.startswith(_PREFIX) and name not in _NAMES:
            warn(f"{name} is not a setting of this program; is it spelled right?")


def _database(url: str) -> str:
    try:
        backend = make_url(url).get_backend_name()
    except ArgumentError:
        raise SettingsError("GONGBAN_DATABASE_URL is not a database address.") from None
    if backend not in ("sqlite", "postgresql", "postgres"):
        raise SettingsError(
            f"GONGBAN_DATABASE_URL names {backend}; only sqlite and postgresql are supported."
        )
    return url


def _secret(given: str, home: Path) -> str:
    if not given:
        try:
            given = _secret_file(home).read_text().strip()
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise SettingsError(f"The secret key cannot be read: {error}.") from error
    if len(given) < _LEAST_SECRET:
        raise SettingsError(f"GONGBAN_SECRET_KEY needs at least {_LEAST_SECRET} characters.")
    return given


def _files(url: str) -> str:
    if url and (urlsplit(url).scheme != "file" or not urlsplit(url).path.startswith("/")):
        raise SettingsError("GONGBAN_FILES_URL must be file:///an/absolute/folder.")
    return url


def _whole(name: str, text: str, least: int, most: int) -> int:
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise SettingsError(f"GONGBAN_{name} must be a whole number from {least} to {most}.")
    return int(text)


def _web_address(url: str) -> str:
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.netloc):
        raise SettingsError("GONGBAN_PUBLIC_URL must begin with http:// or https://.")
    return url.rstrip("/")


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise SettingsError(f"GONGBAN_TIMEZONE names no time zone: {name}.") from None
    return name


def _fonts(folder: str) -> Path | None:
    if not folder:
        return None
    path = Path(folder).expanduser().absolute()
    if not path.is_dir():
        raise SettingsError(f"GONGBAN_FONTS is not a folder: {path}.")
    return path


def _processes(folder: str) -> Path:
    if not folder:
        return PROCESSES
    path = Path(folder).expanduser().absolute()
    if not path.is_dir():
        raise SettingsError(f"GONGBAN_PROCESSES is not a folder: {path}.")
    return path


def _mail(url: str) -> str:
    if not url:
        return url
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("smtp", "smtps") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise SettingsError("GONGBAN_SMTP_URL must be smtp://host or smtps://host.")
    query = parse_qs(parts.query, keep_blank_values=True)
    sender = query.get("from", [""])[-1]
    wrong = set(query) - {"starttls", "from"} or query.get("starttls", ["1"])[-1] not in ("0", "1")
    if wrong or ("from" in query and not is_mail_address(sender)):
        raise SettingsError("GONGBAN_SMTP_URL may end in ?starttls=1&from=office@example.org only.")
    return url


def is_mail_address(text: str) -> bool:
    """True for an address that mail can go to: plain, as people have them."""
    return len(text) <= 254 and _MAIL_ADDRESS.fullmatch(text) is not None


def _hosts(text: str) -> frozenset[str]:
    hosts = [one.strip().lower() for one in text.split(",") if one.strip()]
    for one in hosts:
        if not _HOST.fullmatch(one):
            raise SettingsError(
                f"GONGBAN_WEBHOOK_HOSTS lists hosts such as hooks.example.org:8080, not {one}."
            )
    return frozenset(hosts)
