"""`user …`: people, their accounts and roles, from the command line of the machine."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from engine.actors import SYSTEM
from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.leavers import leave, stay
from webapp.accounts.own_password import drop_password, set_password
from webapp.accounts.passwords import make_password
from webapp.accounts.people import (
    add_person,
    assign_role,
    end_role,
    open_account,
    set_address,
    set_disabled,
)
from webapp.accounts.policy import check_policy
from webapp.accounts.second_factor import reset_device
from webapp.accounts.tables import account, person, role_holding, unit
from webapp.accounts.units import add_unit
from webapp.cli.console import SUCCESS, Refused, WrongUsage, day, note, say, say_json
from webapp.cli.opening import opened_engine
from webapp.roles import require_role


def add_commands(commands: Any) -> None:
    """Add this group's commands to the parser."""
    group = commands.add_parser("user", help="people who may sign in")
    verbs = group.add_subparsers(title="verbs", required=True, metavar="VERB")
    _add_command(verbs)

    parser = _verb(verbs, "leave", _leave, "enter the first day a person is gone")
    parser.add_argument("--on", metavar="DATE", help="YYYY-MM-DD (default: today)")
    parser.add_argument("--successor", metavar="USERNAME", help="who takes over what is theirs")
    parser.add_argument("--take-back", action="store_true", help="they stay after all")

    parser = _verb(verbs, "email", _email, "say where a person's notifications are mailed to")
    parser.add_argument("address", nargs="?", help="leave it out and nothing is mailed")

    _verb(verbs, "disable", lambda uow, who, _: set_disabled(uow, who, True), "shut a person out")
    _verb(verbs, "enable", lambda uow, who, _: set_disabled(uow, who, False), "let them in again")

    text = "make a new password, to be changed at the next sign-in"
    verb = _verb(verbs, "password", _new_password, text)
    verb.add_argument(
        "--none",
        action="store_true",
        help="none here: the directory or the provider says who it is",
    )
    text = "take a lost phone off an account: signing in asks for the password alone"
    verb = _verb(verbs, "second-factor", _second_factor, text)
    verb.add_argument("--reset", action="store_true", required=True)
    verb.add_argument("--reason", required=True, help="goes into the record")

    roles = verbs.add_parser("role", help="give a role, or let it end")
    of_roles = roles.add_subparsers(title="verbs", required=True, metavar="VERB")
    for name, command, text in (
        ("add", _role_add, "give a role"),
        ("end", _role_end, "let a role end"),
    ):
        parser = _verb(of_roles, name, command, text)
        parser.add_argument("role", metavar="ROLE[@UNIT]")
        if name == "add":
            parser.add_argument("--since", metavar="DATE", help="(default: today)")
            parser.add_argument("--until", metavar="DATE", help="the first day without it")
        else:
            parser.add_argument("--on", metavar="DATE", help="the first day without it")


def _verb(
    verbs: Any,
    name: str,
    command: Callable[[UnitOfWork, str, argparse.Namespace], object],
    text: str,
) -> argparse.ArgumentParser:
    """A verb on one person, named by the user name."""

    def run(options: argparse.Namespace) -> int:
        with opened_engine() as engine, engine.command(SYSTEM) as uow:
            who = _person(uow, options.username)
            command(uow, who, options)
            uow.commit()
        if options.json:
            say_json({"id": who, "username": options.username})
        else:
            say(f"{options.username}: done.")
        return SUCCESS

    parser: argparse.ArgumentParser = verbs.add_parser(name, help=text)
    parser.add_argument("username", help="user name, or the person's id")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)
    return parser


def _person(uow: UnitOfWork, name: str) -> str:
    found: str | None = uow.execute(
        select(person.c.id)
        .select_from(person.outerjoin(account, account.c.person_id == person.c.id))
        .where(or_(account.c.username == name, person.c.id == name))
        .limit(1)
    ).scalar_one_or_none()
    if found is None:
        raise Refused(f"There is nobody named {name}.")
    return found


def _leave(uow: UnitOfWork, who: str, options: argparse.Namespace) -> None:
    if options.take_back:
        stay(uow, who)
        return
    on = day(options.on) if options.on else uow.today
    successor = _person(uow, options.successor) if options.successor else None
    leave(uow, who, on, successor=successor)


def _email(uow: UnitOfWork, who: str, options: argparse.Namespace) -> None:
    set_address(uow, who, options.address)


def _new_password(uow: UnitOfWork, who: str, options: argparse.Namespace) -> None:
    if options.none:
        drop_password(uow, who)
        return
    made = make_password()
    set_password(uow, who, made, must_change=True)
    # Said once it is committed: a password that opens nothing is worse than none.
    uow.after_commit(
        lambda: note(f"Password: {made}") if options.json else say(f"Password: {made}")
    )


def _second_factor(uow: UnitOfWork, who: str, options: argparse.Namespace) -> None:
    reset_device(uow, who, options.reason)


def _role_add(uow: UnitOfWork, who: str, options: argparse.Namespace) -> None:
    role, place = _role(uow, who, options.role)
    since = day(options.since) if options.since else None
    assign_role(uow, who, role, place, since=since, until=_maybe_day(options.until))


def _role_end(uow: UnitOfWork, who: str, options: argparse.Namespace) -> None:
    role, place = _role(uow, who, options.role)
    on = _maybe_day(options.on)
    running = select(role_holding.c.id).where(
        role_holding.c.person_id == who,
        role_holding.c.role == role,
        role_holding.c.unit_id == place,
        or_(role_holding.c.until.is_(None), role_holding.c.until > (on or uow.today)),
    )
    held = list(uow.execute(running).scalars())
    if not held:
        raise Refused(f"{options.username} does not hold {role} at {place}.")
    for holding in held:
        end_role(uow, holding, on=on)


def _role(uow: UnitOfWork, who: str, text: str) -> tuple[str, str]:
    """Role and place of `ROLE[@UNIT]`; without a place the person's own unit."""
    role, _, place = text.partition("@")
    if not role:
        raise WrongUsage(f"{text} names no role.")
    require_role(role)
    if not place:
        place = uow.execute(select(person.c.unit_id).where(person.c.id == who)).scalar_one()
    return role, place


def _maybe_day(text: str | None) -> date | None:
    return day(text) if text else None


# --- user add -------------------------------------------------------------------------------------


def _add_command(verbs: Any) -> None:
    parser = verbs.add_parser("add", help="add a person with an account")
    parser.add_argument("username")
    parser.add_argument("--name", required=True, help="the person's name")
    parser.add_argument("--number", help="membership or staff number (default: the user name)")
    parser.add_argument("--email", help="where the person's notifications are mailed to")
    parser.add_argument("--unit", help="id of the person's unit (default: the root)")
    parser.add_argument(
        "--root", metavar="NAME", help="make the organisation's root with this name"
    )
    parser.add_argument(
        "--role", action="append", default=[], metavar="ROLE[@UNIT]", help="may be repeated"
    )
    parser.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input"
    )
    parser.add_argument(
        "--no-password",
        action="store_true",
        help="none here: the directory or the provider says who it is",
    )
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_add)


def _add(options: argparse.Namespace) -> int:
    password, made = (None, False) if options.no_password else _password(options)
    if password is not None:
        check_policy(password, options.username, options.name)
    with opened_engine() as engine, engine.command(SYSTEM) as uow:
        place = _unit(uow, options)
        who = add_person(
            uow,
            options.name,
            member_no=options.number or options.username,
            unit_id=place,
            facts={"email": options.email},
        )
        open_account(uow, who, options.username, password)
        for given in options.role:
            role, at = _role(uow, who, given)
            assign_role(uow, who, role, at)
        uow.commit()
    answer = {"id": who, "username": options.username, "unit": place}
    if made:
        answer["password"] = password
    if options.json:
        say_json(answer)
    else:
        say(f"{options.username} is person {who} of unit {place}.")
        if made:
            say(f"Password: {password}")
    return SUCCESS


def _unit(uow: UnitOfWork, options: argparse.Namespace) -> str:
    root: str | None = uow.execute(select(unit.c.id).where(unit.c.kind == "root")).scalar()
    if options.root:
        if root is not None:
            raise Refused(f"The organisation has a root already: {root}.")
        root = add_unit(uow, options.root, "root")
    if root is None:
        raise WrongUsage("There is no organisation yet: name its root with --root NAME.")
    return options.unit or root


def _password(options: argparse.Namespace) -> tuple[str, bool]:
    """The password, and whether it was made here and must be shown."""
    if options.password_stdin:
        return sys.stdin.readline().rstrip("\r\n"), False
    if sys.stdin.isatty():
        first = getpass.getpass("Password (empty: make one): ")
        if first:
            if getpass.getpass("Once more: ") != first:
                raise WrongUsage("The two passwords differ.")
            return first, False
    return make_password(), True
