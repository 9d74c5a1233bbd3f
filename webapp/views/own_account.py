"""A person's own account as the pages show it: the second factor, the running sign-ins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import segno
from markupsafe import Markup
from sqlalchemy import Connection

from engine.engine import Engine
from webapp.accounts.second_factor import Standing, address_of, open_secret, standing_of
from webapp.accounts.sessions import Session
from webapp.accounts.tables import account, second_factor
from webapp.language import gettext as _
from webapp.views.devices import device


def device_view(secret: str, address: str) -> dict[str, Any]:
    """A device to set up: the QR code as SVG without a style of its own, and the secret to type in."""
    drawn = segno.make(address, error="m").svg_inline(
        omitsize=True, svgclass="qr", lineclass=None, border=3, dark="#000", light="#fff"
    )
    return {"qr": Markup(drawn), "secret": " ".join(re.findall(r".{1,4}", secret)), "link": address}


def session_lines(found: Sequence[Session], here: str) -> list[dict[str, Any]]:
    """The running sign-ins, this one first."""
    doors = {
        "password": "",
        "demo": "",
        "directory": _("with the directory's password"),
        "provider": _("by the unified sign-in"),
    }
    lines = [
        {
            "id": one.id,
            "device": device(one.agent),
            "address": one.address,
            "since": one.created_at,
            "seen": one.seen_at,
            "door": doors.get(one.how, ""),
            "this": one.id == here,
        }
        for one in found
    ]
    return sorted(lines, key=lambda line: not line["this"])


def factor_view(
    house: Engine, connection: Connection, person_id: str, username: str, *, wanted: bool
) -> dict[str, Any]:
    """How the second factor stands, and the device that is being set up."""
    standing: Standing = standing_of(connection, person_id)
    setting_up = None
    if not standing.active and _begun(connection, person_id):
        secret = open_secret(house, person_id)
        setting_up = device_view(secret, address_of(secret, username))
    return {
        "active": standing.active,
        "since": standing.confirmed_at,
        "left": standing.recovery_left,
        "wanted": wanted,
        "device": setting_up,
    }


def has_password(connection: Connection, person_id: str) -> bool:
    """Whether the account has a password of its own here."""
    return bool(
        connection.execute(
            account.select()
            .with_only_columns(account.c.password_hash)
            .where(account.c.person_id == person_id)
        ).scalar_one_or_none()
    )


def _begun(connection: Connection, person_id: str) -> bool:
    found = connection.execute(
        second_factor.select()
        .with_only_columns(second_factor.c.person_id)
        .where(second_factor.c.person_id == person_id)
    )
    return found.first() is not None
