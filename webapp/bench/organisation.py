"""The people of a benchmark: units with approvers of their own, so that no session does everything."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from engine.actors import SYSTEM
from engine.catalog.package import Package
from engine.catalog.versions import deploy
from engine.engine import Engine
from engine.ids import new_id
from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.sessions import LIFETIME, hash_token
from webapp.accounts.tables import account, directory_version, person, role_holding, session, unit

PROCESSES = Path(__file__).parents[2] / "processes"
OWN_PROCESSES = Path(__file__).parent / "data"
ROOT = "root"


@dataclass(frozen=True)
class Team:
    """One unit: who starts cases in it, who checks and who approves."""

    unit: str
    member: str
    clerk: str
    chair: str


@dataclass
class People:
    """Rows to write, and the tokens of those who are signed in."""

    units: list[dict[str, Any]] = field(default_factory=list)
    persons: list[dict[str, Any]] = field(default_factory=list)
    roles: list[dict[str, Any]] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)

    def unit(self, id: str, kind: str = "unit", parent: str | None = ROOT, name: str = "") -> str:
        """A place."""
        self.units.append({"id": id, "name": name or id, "kind": kind, "parent_id": parent})
        return id

    def person(
        self, id: str, at: str, *roles: tuple[str, str], name: str = "", **facts: Any
    ) -> str:
        """A person of a unit with roles at places."""
        row = {"id": id, "name": name or id, "member_no": id, "unit_id": at}
        self.persons.append({**row, "group_id": facts.pop("group", None), "facts": facts})
        for role, place in roles:
            held = {"id": new_id(), "person_id": id, "role": role, "unit_id": place}
            self.roles.append({**held, "since": date(2020, 1, 1), "until": None})
        return id

    def team(self, number: int) -> Team:
        """A unit with a member, a clerk and a chair."""
        at = self.unit(f"unit_{number}")
        return Team(
            at,
            self.person(f"member_{number}", at, ("member", at)),
            self.person(f"clerk_{number}", at, ("unit_clerk", at)),
            self.person(f"chair_{number}", at, ("unit_chair", at)),
        )

    def voters(self, name: str, count: int) -> list[str]:
        """A unit with one member and so many who may vote; return the voters."""
        at = self.unit(name)
        self.person(f"{name}_member", at, ("member", at))
        return [self.person(f"{name}_{n}", at, ("voter", at)) for n in range(count)]

    def write(self, engine: Engine, signed_in: Iterable[str] | None = None) -> None:
        """Write everybody, and sign the named people in (all unless named)."""
        wanted = [one["id"] for one in self.persons] if signed_in is None else list(signed_in)
        self.tokens = {who: secrets.token_urlsafe(32) for who in wanted}
        with engine.command(SYSTEM) as uow:
            uow.execute(insert(unit), self.units)
            uow.execute(insert(person), self.persons)
            uow.execute(insert(role_holding), self.roles)
            uow.execute(insert(account), [_account(one["id"]) for one in self.persons])
            uow.execute(insert(session), [self._session(uow, who) for who in wanted])
            uow.execute(insert(directory_version).values(id=1, version=1))
            uow.commit()

    def _session(self, uow: UnitOfWork, who: str) -> dict[str, Any]:
        return {
            "token_hash": hash_token(self.tokens[who]),
            "person_id": who,
            "csrf": secrets.token_urlsafe(24),
            "created_at": uow.now,
            # A clock may be moved on in a benchmark; nobody is to be signed out by it.
            "expires_at": uow.now + LIFETIME + timedelta(days=400),
            "seen_at": uow.now + timedelta(days=400),
        }


def _account(who: str) -> dict[str, Any]:
    return {"person_id": who, "username": who, "password_hash": None, "disabled": False}


def deploy_folders(engine: Engine, *folders: Path) -> None:
    """Deploy packages."""
    for folder in folders:
        with engine.command(SYSTEM) as uow:
            deploy(uow, Package.from_folder(folder))
            uow.commit()
