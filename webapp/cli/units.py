"""`unit …`: the organisation's places, from the command line of the machine."""

from __future__ import annotations

import argparse
from typing import Any

from engine.actors import SYSTEM
from webapp.accounts.directory_rows import read_units
from webapp.accounts.units import KINDS, add_unit, merge_unit, rename_unit
from webapp.cli.console import SUCCESS, day, say, say_json, table
from webapp.cli.opening import opened_engine


def add_commands(commands: Any) -> None:
    """Add this group's commands to the parser."""
    group = commands.add_parser("unit", help="places of the organisation")
    verbs = group.add_subparsers(title="verbs", required=True, metavar="VERB")

    parser = verbs.add_parser("add", help="add a place below another")
    parser.add_argument("name")
    parser.add_argument("--kind", choices=KINDS[1:], default="unit")
    parser.add_argument("--below", metavar="UNIT", required=True, help="id of the place above it")
    parser.add_argument("--id", help="its id (default: made)")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_add)

    parser = verbs.add_parser("rename", help="give a place another name")
    parser.add_argument("unit", metavar="UNIT")
    parser.add_argument("name")
    parser.set_defaults(run=_rename)

    parser = verbs.add_parser("merge", help="merge a place into another of its kind")
    parser.add_argument("unit", metavar="UNIT")
    parser.add_argument("--into", metavar="UNIT", required=True)
    parser.add_argument("--on", metavar="DATE", help="YYYY-MM-DD, today or earlier")
    parser.add_argument("--end-roles", action="store_true", help="roles end; none is carried over")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_merge)

    parser = verbs.add_parser("list", help="all places, those that have ended too")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_list)


def _add(options: argparse.Namespace) -> int:
    with opened_engine() as engine, engine.command(SYSTEM) as uow:
        made = add_unit(uow, options.name, options.kind, parent=options.below, id=options.id)
        uow.commit()
    if options.json:
        say_json({"id": made, "name": options.name, "kind": options.kind})
    else:
        say(f"{options.name} is {options.kind} {made}.")
    return SUCCESS


def _rename(options: argparse.Namespace) -> int:
    with opened_engine() as engine, engine.command(SYSTEM) as uow:
        rename_unit(uow, options.unit, options.name)
        uow.commit()
    say(f"{options.unit} is now called {options.name}.")
    return SUCCESS


def _merge(options: argparse.Namespace) -> int:
    on = day(options.on) if options.on else None
    with opened_engine() as engine, engine.command(SYSTEM) as uow:
        people = merge_unit(uow, options.unit, options.into, on, carry_roles=not options.end_roles)
        uow.commit()
    if options.json:
        say_json({"unit": options.unit, "into": options.into, "people": people})
    else:
        say(f"{options.unit} has merged into {options.into}; {people} people moved.")
    return SUCCESS


def _list(options: argparse.Namespace) -> int:
    with opened_engine() as engine, engine.database.read() as connection:
        units = sorted(read_units(connection).values(), key=lambda one: one.id)
    facts = [
        {
            "id": one.id,
            "name": one.name,
            "kind": one.kind,
            "parent": one.parent_id,
            "merged_into": one.merged_into,
            "ended_on": one.ended_on,
        }
        for one in units
    ]
    if options.json:
        say_json(facts)
        return SUCCESS
    rows = [["id", "name", "kind", "below", "merged into"]]
    rows += [
        [str(one[key] or "") for key in ("id", "name", "kind", "parent", "merged_into")]
        for one in facts
    ]
    table(rows)
    return SUCCESS
