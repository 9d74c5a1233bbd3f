"""The settings: read once, wrong ones named in one sentence."""

import stat
from pathlib import Path

import pytest

from webapp.notify.mail import Mailer
from webapp.settings import SettingsError, make_secret, read_settings


def test_without_any_setting_everything_lies_in_var(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = read_settings({})
    assert settings.home == tmp_path / "var"
    assert settings.database_url == f"sqlite:///{tmp_path}/var/gongban.db"
    assert settings.files_folder == tmp_path / "var" / "files"
    assert (settings.host, settings.port, settings.timezone) == ("127.0.0.1", 8000, "Asia/Shanghai")


def test_an_unknown_setting_is_named() -> None:
    said: list[str] = []
    read_settings({"GONGBAN_HOMES": "x", "HOME": "y"}, warn=said.append)
    assert len(said) == 1
    assert "GONGBAN_HOMES" in said[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("TIMEZONE", "Mars/Base"),
        ("DATABASE_URL", "mysql://x/y"),
        ("DATABASE_URL", "nonsense"),
        ("SECRET_KEY", "short"),
        ("FONTS", "/there/is/no/such/folder"),
        ("PUBLIC_URL", "gongban.example"),
        ("FILES_URL", "s3://bucket"),
        ("SMTP_URL", "mail.example"),
        ("SMTP_URL", "smtp://"),
        ("SMTP_URL", "smtp://mail.example:port"),
        ("SMTP_URL", "smtp://mail.example?starttls=yes"),
        ("SMTP_URL", "smtp://mail.example?from=nobody"),
        ("SMTP_URL", "smtp://mail.example?tls=1"),
        ("WEBHOOK_HOSTS", "http://hooks.example/"),
        ("TRUSTED_PROXIES", "-1"),
        ("PASSWORD_DAYS", "often"),
        ("SECOND_FACTOR_ROLES", "sys_admin,king"),
        ("OIDC_ISSUER", "http://sso.example"),
        ("OIDC_ISSUER", "https://sso.example"),
        ("OIDC_CLIENT_ID", "gongban"),
        ("LDAP_URL", "ldap://directory.example"),
        ("LDAP_URL", "https://directory.example"),
        ("LDAP_URL", "ldaps://directory.example"),
    ],
)
def test_a_value_that_cannot_work_stops_the_start_with_one_sentence(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as error:
        read_settings({f"GONGBAN_{name}": value})
    assert "\n" not in str(error.value)


def test_a_made_secret_is_read_back_and_nobody_else_can(tmp_path: Path) -> None:
    make_secret(tmp_path)
    settings = read_settings({"GONGBAN_HOME": str(tmp_path)})
    first = settings.require_secret()
    make_secret(tmp_path)
    assert read_settings({"GONGBAN_HOME": str(tmp_path)}).require_secret() == first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert first not in repr(settings)


def test_a_missing_secret_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="gongban init"):
        read_settings({"GONGBAN_HOME": str(tmp_path)}).require_secret()


def test_hosts_for_webhooks_are_a_list() -> None:
    settings = read_settings({"GONGBAN_WEBHOOK_HOSTS": "Hooks.lan, 10.0.0.7:8080"})
    assert settings.webhook_hosts == {"hooks.lan", "10.0.0.7:8080"}


def test_a_mail_server_is_one_address_with_everything_in_it() -> None:
    url = "smtps://office%40union.example:p%3Aw@mail.example"
    assert read_settings({"GONGBAN_SMTP_URL": url}).smtp_url == url
    mailer = Mailer.from_url(url, "gongban.example")
    assert (mailer.host, mailer.port, mailer.encrypted) == ("mail.example", 465, True)
    assert (mailer.user, mailer.password) == ("office@union.example", "p:w")
    assert mailer.sender == "office@union.example"
    plain = Mailer.from_url("smtp://mail.example?starttls=1&from=a@b.example", "gongban.example")
    assert (plain.port, plain.starttls, plain.sender) == (587, True, "a@b.example")
    assert Mailer.from_url("smtp://mail.example", "g.example").sender == "gongban@g.example"


def test_who_needs_a_second_step_is_named_by_roles_or_by_rights() -> None:
    settings = read_settings({"GONGBAN_SECOND_FACTOR_ROLES": "administer, cashier"})
    assert settings.second_factor_roles == {"sys_admin", "cashier"}
    assert "zh_finance" in read_settings({"GONGBAN_SECOND_FACTOR_ROLES": "pay"}).second_factor_roles


def test_a_provider_and_a_directory_are_described_by_a_few_settings() -> None:
    settings = read_settings(
        {
            "GONGBAN_OIDC_ISSUER": "https://sso.example/realms/union",
            "GONGBAN_OIDC_CLIENT_ID": "gongban",
            "GONGBAN_OIDC_CLIENT_SECRET": "not to be shown",
            "GONGBAN_LDAP_URL": "ldap+starttls://directory.example",
            "GONGBAN_LDAP_BASE": "dc=union,dc=example",
            "GONGBAN_LDAP_BIND_DN": "cn=gongban,dc=union,dc=example",
            "GONGBAN_LDAP_BIND_PASSWORD": "neither is this",
            "GONGBAN_LDAP_FILTER": "(sAMAccountName={username})",
        }
    )
    assert settings.oidc is not None
    assert (settings.oidc.claim, settings.oidc.second_factor) == ("preferred_username", False)
    assert settings.ldap is not None
    assert (settings.ldap.port, settings.ldap.filter) == (389, "(sAMAccountName={username})")
    assert "not to be shown" not in repr(settings)
    assert "neither is this" not in repr(settings)
    wrong = {"GONGBAN_LDAP_FILTER": "uid={username}"}
    base = {"GONGBAN_LDAP_URL": "ldaps://d.example", "GONGBAN_LDAP_BASE": "dc=x"}
    for one in (wrong, {"GONGBAN_LDAP_BIND_DN": "cn=x"}, {"GONGBAN_LDAP_CA": "/no/such/file"}):
        with pytest.raises(SettingsError):
            read_settings({**base, **one})
