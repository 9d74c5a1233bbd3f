"""Signing in with the directory's password, against a real LDAP server, in the clear and encrypted."""

from __future__ import annotations

import ipaddress
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import select

from webapp.accounts.errors import DirectoryAway, LoginRefused
from webapp.accounts.ldap import Directory
from webapp.accounts.own_password import drop_password
from webapp.accounts.people import add_person, assign_role, open_account
from webapp.accounts.sign_in import Rules, SignIn
from webapp.accounts.tables import account
from webapp.settings_sign_in import LdapSettings

PASSWORD = "a-long-enough-one"
THERE = "the directory's own"
BASE = "dc=union,dc=example"
TREE = f"""\
dn: dc=example
objectClass: dcObject
dc: example

dn: {BASE}
objectClass: dcObject
dc: union

dn: cn=gongban,{BASE}
objectClass: person
cn: gongban
userPassword: the reader's

dn: ou=people,{BASE}
objectClass: organizationalUnit
ou: people

dn: uid=anna,ou=people,{BASE}
objectClass: person
uid: anna
userPassword: {THERE}

dn: uid=twin,ou=people,{BASE}
objectClass: person
uid: twin
userPassword: {THERE}

dn: cn=other twin,ou=people,{BASE}
objectClass: person
uid: twin
userPassword: {THERE}

"""


@contextmanager
def running(tree: Path, *further: Path | str) -> Iterator[int]:
    """The server, and its port."""
    script = Path(__file__).with_name("small_directory.py")
    command = [sys.executable, "-W", "ignore", str(script), str(tree), *map(str, further)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        yield int(child.stdout.readline())
        child.stdin.close()


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("directory") / "tree.ldif"
    path.write_text(TREE)
    return path


@pytest.fixture(scope="module")
def plain(tree: Path) -> Iterator[LdapSettings]:
    with running(tree) as port:
        yield LdapSettings("ldap", "127.0.0.1", port, BASE)


@pytest.fixture
def doors(house: Any, do: Any, anna: str, plain: LdapSettings) -> SignIn:
    """Anna has no password here; Ben, who administers, has."""
    do(drop_password, anna)
    do(add_person, "Ben", member_no="N-2", unit_id="north", id="ben")
    do(open_account, "ben", "ben", PASSWORD)
    do(assign_role, "ben", "sys_admin", "north")
    return SignIn(house, Rules(directory=Directory(plain)))


def test_the_directorys_password_opens_the_account_and_is_kept_nowhere(
    doors: SignIn, house: Any
) -> None:
    found = doors.find(doors.sign_in("anna", THERE).token)
    assert found is not None
    assert (found.username, found.how) == ("anna", "directory")
    with house.database.read() as connection:
        hashed = connection.execute(
            select(account.c.password_hash).where(account.c.username == "anna")
        ).scalar_one()
    assert hashed is None


def test_a_wrong_or_no_password_opens_nothing(doors: SignIn) -> None:
    for one in ("wrong", PASSWORD, "", " ", "\x00", THERE + "\x00"):
        with pytest.raises(LoginRefused):
            doors.sign_in("anna", one)


def test_whom_only_the_directory_knows_is_nobody_here(doors: SignIn) -> None:
    for one in ("twin", "gongban", "stranger"):
        with pytest.raises(LoginRefused):
            doors.sign_in(one, THERE)


def test_who_has_a_password_here_does_not_depend_on_the_directory(
    doors: SignIn, house: Any
) -> None:
    with pytest.raises(LoginRefused):
        doors.sign_in("ben", THERE)
    away = SignIn(house, Rules(directory=Directory(nobody_there())))
    assert away.sign_in("ben", PASSWORD)
    with pytest.raises(DirectoryAway):
        away.sign_in("anna", THERE)


def nobody_there() -> LdapSettings:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return LdapSettings("ldap", "127.0.0.1", probe.getsockname()[1], BASE)


def test_what_is_typed_is_no_part_of_the_filter(plain: LdapSettings) -> None:
    directory = Directory(plain)
    assert directory.is_right("anna", THERE)
    for one in ("*", "a*", "anna)(uid=*", "anna)(|(uid=*", "\\61nna", "(anna)", "*)(objectClass=*"):
        assert not directory.is_right(one, THERE), one


def test_an_empty_password_never_reaches_the_directory_which_would_agree(
    plain: LdapSettings,
) -> None:
    import ldap3

    server = ldap3.Server("127.0.0.1", port=plain.port, get_info=ldap3.NONE)
    visit = ldap3.Connection(server, authentication=ldap3.ANONYMOUS)
    assert visit.bind()
    visit.unbind()
    assert not Directory(plain).is_right("anna", "")


def test_two_entries_of_one_name_are_nobody(plain: LdapSettings) -> None:
    assert not Directory(plain).is_right("twin", THERE)


def test_the_search_has_a_name_and_a_password_of_its_own(plain: LdapSettings) -> None:
    reader = replace(plain, bind_dn=f"cn=gongban,{BASE}", bind_password="the reader's")
    assert Directory(reader).is_right("anna", THERE)
    assert not Directory(reader).is_right("anna", "wrong")
    with pytest.raises(DirectoryAway):
        Directory(replace(reader, bind_password="wrong")).is_right("anna", THERE)


def test_a_server_that_says_nothing_is_not_waited_for_long() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(1)
        with pytest.raises(DirectoryAway):
            Directory(LdapSettings("ldap", "127.0.0.1", deaf.getsockname()[1], BASE)).is_right(
                "anna", THERE
            )


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate for localhost by an authority of its own: the authority's file, and key with certificate."""
    now = datetime.now(UTC)
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{name} {one}")]) for one in "ab"]
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in names]

    def made(subject: int, extension: x509.ExtensionType) -> x509.Certificate:
        return (
            x509.CertificateBuilder()
            .subject_name(names[subject])
            .issuer_name(names[0])
            .public_key(keys[subject].public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
            .sign(keys[0], hashes.SHA256())
        )

    authority = made(0, x509.BasicConstraints(ca=True, path_length=None))
    host = made(
        1,
        x509.SubjectAlternativeName(
            [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        ),
    )
    pem = serialization.Encoding.PEM
    trusted, own = folder / f"{name}.ca.pem", folder / f"{name}.pem"
    trusted.write_bytes(authority.public_bytes(pem))
    own.write_bytes(
        keys[1].private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + host.public_bytes(pem)
    )
    return trusted, own


@pytest.mark.parametrize(("scheme", "how"), [("ldaps", "tls"), ("ldap+starttls", "starttls")])
def test_an_encrypted_directory_is_believed_only_with_a_certificate_we_trust(
    tree: Path, tmp_path: Path, scheme: str, how: str
) -> None:
    trusted, own = certificate(tmp_path, "ours")
    foreign, _own = certificate(tmp_path, "theirs")
    with running(tree, own, how) as port:
        right = LdapSettings(scheme, "localhost", port, BASE, ca=trusted)
        assert Directory(right).is_right("anna", THERE)
        assert not Directory(right).is_right("anna", "wrong")
        for wrong in (replace(right, ca=foreign), replace(right, ca=None)):
            with pytest.raises(DirectoryAway):
                Directory(wrong).is_right("anna", THERE)


def test_no_password_goes_out_before_the_line_is_encrypted(plain: LdapSettings) -> None:
    # The server speaks no TLS: nothing may be said to it.
    with pytest.raises(DirectoryAway):
        Directory(replace(plain, scheme="ldap+starttls")).is_right("anna", THERE)
