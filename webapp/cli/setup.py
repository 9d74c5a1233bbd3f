"""`init` and `upgrade`: make an installation, and bring its database up to date."""

from __future__ import annotations

import argparse
from contextlib import closing
from typing import Any

from engine.store.database import Database
from engine.store.upgrade import ENGINE, Standing, state, upgrade
from webapp.accounts.migrations import HISTORY as ACCOUNTS
from webapp.assembly import make_keyring, open_database
from webapp.cli.console import SUCCESS, Refused, note, say, say_json, table
from webapp.cli.deploying import tell_of_packages
from webapp.demo.clock import is_demo
from webapp.demo.organisation import PASSWORD, create_demo, demo_people, is_unused
from webapp.settings import Settings, make_secret, read_settings

HISTORIES = (ENGINE, ACCOUNTS)


def add_commands(commands: Any) -> None:
    """Add this group's commands to the parser."""
    parser = commands.add_parser("init", help="make the home, the keys and the database")
    parser.add_argument("--demo", action="store_true", help="with a made-up organisation")
    parser.add_argument("--json", action="store_true", help="print the demo people as JSON")
    parser.set_defaults(run=_init)

    parser = commands.add_parser("upgrade", help="bring the database to this program's tables")
    parser.set_defaults(run=_upgrade)


def _init(options: argparse.Namespace) -> int:
    settings = read_settings(warn=note)
    with closing(open_database(settings)) as database:
        _prepare(settings, database)
        new = options.demo and is_unused(database)
        if options.demo and not new and not is_demo(database):
            raise Refused("This database is in use; a demonstration begins with an empty one.")
        if new:
            create_demo(settings, database, report=note)
        if options.demo:
            _show_people(database, as_json=options.json)
        elif options.json:
            say_json({"home": str(settings.home), "demo": False, "people": []})
        else:
            say(f"Ready in {settings.home}. Next: gongban user add, gongban process deploy.")
    return SUCCESS


def _prepare(settings: Settings, database: Database) -> None:
    """The home with its secrets, and all tables; what is there already stays."""
    make_secret(settings.home)
    make_keyring(settings)
    for history in HISTORIES:
        upgrade(database, history)


def _upgrade(_options: argparse.Namespace) -> int:
    settings = read_settings(warn=note)
    with closing(open_database(settings)) as database:
        if any(state(database, history).standing is Standing.EMPTY for history in HISTORIES):
            raise Refused("The database has no tables yet: run `gongban init`.")
        for history in HISTORIES:
            applied = upgrade(database, history)
            say(f"{history.name}: {', '.join(applied) if applied else 'up to date'}")
        tell_of_packages(settings.processes, database)
    return SUCCESS


def _show_people(database: Database, *, as_json: bool) -> None:
    people = demo_people(database)
    if as_json:
        say_json(people)
        return
    rows = [["user name", "name", "role", "unit", "does"]]
    rows += [
        [one["username"], one["name"], one["role"], one["unit"], one["does"]] for one in people
    ]
    table(rows)
    say(f"All of them have the password {PASSWORD}.")
