"""`user add`: a person with an account, from the command line of the machine."""

from __future__ import annotations

import argparse
import getpass
import secrets
import sys
from typing import Any

from sqlalchemy import select

from engine.actors import SYSTEM
from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.passwords import check_policy
from webapp.accounts.people import (
    add_person,
    add_unit,
    assign_role,
    open_account,
    set_address,
)
from webapp.accounts.tables import account, unit
from webapp.cli.console import SUCCESS, Refused, WrongUsage, say, say_json
from webapp.cli.opening import opened_engine


def add_commands(commands: Any) -> None:
    """Add this group's commands to the parser."""
    group = commands.add_parser("user", help="people who may sign in")
    verbs = group.add_subparsers(title="verbs", required=True, metavar="VERB")
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
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_add)
    parser = verbs.add_parser("email", help="say where a person's notifications are mailed to")
    parser.add_argument("username")
    parser.add_argument("address", nargs="?", help="leave it out and nothing is mailed")
    parser.set_defaults(run=_email)


def _add(options: argparse.Namespace) -> int:
    password, made = _password(options)
    check_policy(password, options.username)
    with opened_engine() as engine, engine.command(SYSTEM) as uow:
        place = _unit(uow, options)
        person = add_person(
            uow,
            options.name,
            member_no=options.number or options.username,
            unit_id=place,
            facts={"email": options.email},
        )
        open_account(uow, person, options.username, password)
        for given in options.role:
            role, _, at = given.partition("@")
            if not role:
                raise WrongUsage(f"--role {given} names no role.")
            assign_role(uow, person, role, at or place)
        uow.commit()
    answer = {"id": person, "username": options.username, "unit": place}
    if made:
        answer["password"] = password
    if options.json:
        say_json(answer)
    else:
        say(f"{options.username} is person {person} of unit {place}.")
        if made:
            say(f"Password: {password}")
    return SUCCESS


def _email(options: argparse.Namespace) -> int:
    with opened_engine() as engine, engine.command(SYSTEM) as uow:
        person: str | None = uow.execute(
            select(account.c.person_id).where(account.c.username == options.username)
        ).scalar()
        if person is None:
            raise Refused(f"Nobody signs in as {options.username}.")
        set_address(uow, person, options.address)
        uow.commit()
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
    return secrets.token_urlsafe(12), True
