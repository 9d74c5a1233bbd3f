"""The verbs over people and roles. Each records an event in the person's account stream.

The caller commits. Sensitive facts are sealed on their way in and bound to the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from engine.commands.leaving import release_claims
from engine.errors import ChangeRefused, Invalid, NotFound
from engine.ids import new_id
from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.directory import DatabaseDirectory
from webapp.accounts.errors import NameTaken, OwnAccount, UnitEnded, UnknownUnit
from webapp.accounts.guard import keep_an_administrator
from webapp.accounts.passwords import hash_password
from webapp.accounts.past import note_person
from webapp.accounts.policy import check_policy
from webapp.accounts.sessions import revoke
from webapp.accounts.tables import account, directory_version, person, role_holding, unit
from webapp.settings import is_mail_address

LONGEST_NAME = 60
LONGEST_TITLE = 80
LONGEST_BASIS = 120
#: Facts that are stored sealed.
SEALED_FACTS = frozenset({"mobile", "id_card_no", "bank_account"})


def add_person(
    uow: UnitOfWork,
    name: str,
    *,
    member_no: str,
    unit_id: str,
    group_id: str | None = None,
    facts: Mapping[str, Any] | None = None,
    id: str | None = None,
) -> str:
    """Add a person; return the id. Raises `NameTaken` for a number that somebody has."""
    if uow.execute(select(person.c.id).where(person.c.member_no == member_no)).first():
        raise NameTaken(member_no=member_no)
    _check_name(name)
    require_unit(uow, unit_id)
    if group_id is not None:
        require_unit(uow, group_id)
    if facts and facts.get("email") and not is_mail_address(str(facts["email"])):
        raise Invalid("This is no e-mail address.")
    person_id = id or new_id()
    uow.execute(
        insert(person).values(
            id=person_id,
            name=name,
            member_no=member_no,
            unit_id=unit_id,
            group_id=group_id,
            facts=seal_facts(uow, person_id, facts or {}),
        )
    )
    record(uow, person_id, "person.added", {"unit": unit_id}, {"name": name})
    announce(uow)
    return person_id


def set_address(uow: UnitOfWork, person_id: str, address: str | None) -> None:
    """Say where a person's mail goes, or that it goes nowhere."""
    if address is not None and not is_mail_address(address):
        raise Invalid("This is no e-mail address.")
    facts = uow.execute(select(person.c.facts).where(person.c.id == person_id)).scalar_one_or_none()
    if facts is None:
        raise NotFound(person=person_id)
    kept = {name: value for name, value in facts.items() if name != "email"}
    if address is not None:
        kept["email"] = address
    uow.execute(update(person).where(person.c.id == person_id).values(facts=kept))
    record(uow, person_id, "person.address_set", {}, {"email": address})
    announce(uow)


def person_with(connection: Connection, member_no: str, name: str) -> str | None:
    """The id of the person who has both this number and this name; None where there is none."""
    found: str | None = connection.execute(
        select(person.c.id).where(person.c.member_no == member_no, person.c.name == name)
    ).scalar_one_or_none()
    return found


def open_account(
    uow: UnitOfWork,
    person_id: str,
    username: str,
    password: str | None = None,
    *,
    password_hash: str | None = None,
    must_change: bool = False,
) -> None:
    """Let a person sign in. Without a password only by the directory or the provider.

    `password_hash`: made before, where many accounts begin with one password (a demonstration).
    `must_change`: the password was made for somebody, who chooses another at the first sign-in.
    """
    if not username or username != username.strip() or len(username) > 60:
        raise Invalid("A user name has 1 to 60 characters and no blanks around it.")
    if uow.execute(select(account.c.person_id).where(account.c.username == username)).first():
        raise NameTaken(username=username)
    if password is not None:
        check_policy(password, username, _name_of(uow, person_id))
        password_hash = hash_password(password)
    uow.execute(
        insert(account).values(
            person_id=person_id,
            username=username,
            password_hash=password_hash,
            disabled=False,
            password_set_at=uow.now if password_hash else None,
            must_change=must_change,
        )
    )
    record(uow, person_id, "account.opened", {}, {"username": username})
    announce(uow)


def set_disabled(uow: UnitOfWork, person_id: str, disabled: bool) -> None:
    """Shut a person out, or let them in again. Roles stay: ending them is a decision of its own."""
    not_own(uow, person_id)
    if disabled:
        keep_an_administrator(uow, person_id, uow.today)
        # What they had taken on is free for others; what waits for them alone an administrator is shown.
        release_claims(uow, person_id, "disabled")
    changed = uow.execute(
        update(account).where(account.c.person_id == person_id).values(disabled=disabled)
    )
    if changed.rowcount == 0:
        raise NotFound(account=person_id)
    record(uow, person_id, "account.disabled" if disabled else "account.enabled", {}, {})
    if disabled:
        revoke(uow, person_id)
    announce(uow)


def edit_person(
    uow: UnitOfWork,
    person_id: str,
    *,
    name: str,
    unit_id: str,
    group_id: str | None,
    on: date | None = None,
) -> None:
    """Correct a person's name at once, and unit and group from a day on; roles are not touched."""
    on = on or uow.today
    before = uow.execute(select(person).where(person.c.id == person_id)).one_or_none()
    if before is None:
        raise NotFound(person=person_id)
    _check_name(name)
    require_unit(uow, unit_id)
    if group_id is not None and require_unit(uow, group_id).parent_id != unit_id:
        raise Invalid("A group belongs to the person's unit.", group=group_id)
    values = {"name": name, "unit_id": unit_id, "group_id": group_id}
    if name != before.name:
        uow.execute(update(person).where(person.c.id == person_id).values(name=name))
    if (unit_id, group_id) != (before.unit_id, before.group_id):
        note_person(uow, person_id, on, unit_id=unit_id, group_id=group_id)
    changed = {
        column: {"from": getattr(before, column), "to": value}
        for column, value in values.items()
        if getattr(before, column) != value
    }
    if changed:
        subject = {"unit": unit_id, "on": on.isoformat()}
        record(uow, person_id, "person.changed", subject, changed)
    announce(uow)


def assign_role(
    uow: UnitOfWork,
    person_id: str,
    role: str,
    unit_id: str,
    *,
    since: date | None = None,
    until: date | None = None,
    title: str = "",
    basis: str = "",
) -> str:
    """Give a person a role at a place, from today unless said otherwise; return the holding's id.

    `title`: what the post is called; `basis`: the paper it rests on. Raise `ChangeRefused` where the
    person holds the role there at the same time already.
    """
    not_own(uow, person_id)
    since = since or uow.today
    if until is not None and until <= since:
        raise Invalid("A role cannot end before it begins.", role=role)
    if not uow.execute(select(person.c.id).where(person.c.id == person_id)).first():
        raise NotFound(person=person_id)
    require_unit(uow, unit_id)
    _check_words(title, basis)
    _check_overlap(uow, person_id, role, unit_id, since, until)
    holding = new_id()
    uow.execute(
        insert(role_holding).values(
            id=holding,
            person_id=person_id,
            role=role,
            unit_id=unit_id,
            since=since,
            until=until,
            title=title,
            basis=basis,
            given_by=uow.actor.id,
            given_at=uow.now,
        )
    )
    record(
        uow,
        person_id,
        "role.assigned",
        {"role": role, "unit": unit_id, "since": since.isoformat()},
        {"until": until.isoformat() if until else None, "title": title, "basis": basis},
    )
    announce(uow)
    return holding


def _check_overlap(
    uow: UnitOfWork, person_id: str, role: str, unit_id: str, since: date, until: date | None
) -> None:
    """One person holds one role at one place once at a time."""
    held = role_holding.c
    statement = select(held.since, held.until).where(
        held.person_id == person_id,
        held.role == role,
        held.unit_id == unit_id,
        # One that ended with its first day was never held.
        or_(held.until.is_(None), (held.until > since) & (held.until > held.since)),
    )
    if until is not None:
        statement = statement.where(held.since < until)
    row = uow.execute(statement.order_by(held.since).limit(1)).one_or_none()
    if row is not None:
        raise ChangeRefused("overlaps", since=row.since, until=row.until)


def _check_words(title: str, basis: str) -> None:
    if len(title) > LONGEST_TITLE or len(basis) > LONGEST_BASIS:
        raise ChangeRefused("too_long", longest=LONGEST_TITLE)


def end_role(uow: UnitOfWork, holding_id: str, *, on: date | None = None) -> None:
    """Let a role end: at once, or with the beginning of a later day."""
    row = uow.execute(select(role_holding).where(role_holding.c.id == holding_id)).one_or_none()
    if row is None:
        raise NotFound(role=holding_id)
    not_own(uow, row.person_id)
    until = max(on or uow.today, row.since)
    if row.until is not None and row.until <= until:
        raise ChangeRefused("ends_already", until=row.until)
    keep_an_administrator(uow, row.person_id, until, role_at=(row.role, row.unit_id))
    uow.execute(update(role_holding).where(role_holding.c.id == holding_id).values(until=until))
    record(
        uow,
        row.person_id,
        "role.ended",
        {"role": row.role, "unit": row.unit_id, "until": until.isoformat()},
        {"until_before": row.until.isoformat() if row.until else None},
    )
    announce(uow)


def open_fact(uow: UnitOfWork, person_id: str, name: str) -> str | None:
    """A sealed fact of a person in the clear. Looking is an event."""
    facts = uow.execute(select(person.c.facts).where(person.c.id == person_id)).scalar_one_or_none()
    if facts is None:
        raise NotFound(person=person_id)
    if facts.get(name) is None:
        return None
    record(uow, person_id, "person.revealed", {"fact": name}, {})
    return uow.engine.keyring.open_sealed(facts[name], sealing_place(person_id, name))


def _name_of(uow: UnitOfWork, person_id: str) -> str:
    found = uow.execute(select(person.c.name).where(person.c.id == person_id)).scalar_one_or_none()
    if found is None:
        raise NotFound(person=person_id)
    return str(found)


def _check_name(name: str) -> None:
    if not name or name != name.strip() or len(name) > LONGEST_NAME:
        raise Invalid("A name has 1 to 60 characters and no blanks around it.")


def seal_facts(uow: UnitOfWork, person_id: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """A person's facts as they are kept."""
    return {
        name: uow.engine.keyring.seal(str(value), sealing_place(person_id, name))
        if name in SEALED_FACTS
        else value
        for name, value in facts.items()
        if value is not None
    }


def sealing_place(person_id: str, name: str) -> str:
    """What a sealed fact is bound to."""
    return f"person/{person_id}/{name}"


def require_unit(uow: UnitOfWork, unit_id: str) -> Row[Any]:
    """A unit that stands; raise `UnknownUnit` or `UnitEnded`."""
    row = uow.execute(select(unit).where(unit.c.id == unit_id)).one_or_none()
    if row is None:
        raise UnknownUnit(unit=unit_id)
    if row.merged_into is not None:
        raise UnitEnded(unit=unit_id, into=row.merged_into)
    if row.ended_on is not None and row.ended_on <= uow.today:
        raise ChangeRefused("unit_over", name=row.name)
    return row


def not_own(uow: UnitOfWork, person_id: str) -> None:
    """Nobody decides about their own roles and account; the attempt goes on the record."""
    if uow.actor.id == person_id:
        raise OwnAccount(stream=f"account:{person_id}", person=person_id)


def record(
    uow: UnitOfWork, person_id: str, type: str, subject: dict[str, Any], payload: dict[str, Any]
) -> None:
    """Chain an event to the person's account stream."""
    uow.record_in(f"account:{person_id}", type, {"person": person_id, **subject}, payload)


def announce(uow: UnitOfWork) -> None:
    """Tell every process that what it remembers of the organisation is old."""
    moved = uow.execute(update(directory_version).values(version=directory_version.c.version + 1))
    if moved.rowcount == 0:
        uow.execute(insert(directory_version).values(id=1, version=1))
    directory = uow.engine.directory
    if isinstance(directory, DatabaseDirectory):
        uow.after_commit(directory.forget)
