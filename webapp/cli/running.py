"""`process migrate` and `incidents`: running cases, looked after without a browser."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, select

from engine.actors import SYSTEM
from engine.catalog.definition import Definition
from engine.engine import Engine
from engine.errors import NotFound
from engine.jobs.incidents import incidents, kinds, retry_all, states_of
from engine.jobs.run import run_migration, run_these
from engine.migrating.batch import begin_migration, running_cases
from engine.migrating.looking import cases_of, preview, read_batch
from engine.migrating.mapping import complete
from engine.store.tables import definition
from webapp.cli.console import FINDING, SUCCESS, WrongUsage, say, say_json, table
from webapp.cli.opening import opened_engine


def add_commands(commands: Any) -> None:
    """Add `incidents` to the parser."""
    group = commands.add_parser("incidents", help="work of the system that gave up")
    verbs = group.add_subparsers(title="verbs", required=True, metavar="VERB")

    parser = verbs.add_parser("list", help="list them by kind, or those of a kind")
    parser.add_argument("kind", metavar="KIND", nargs="?", default="")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_list)

    parser = verbs.add_parser(
        "retry", help="try a kind again, or single ones, and say what came of it"
    )
    parser.add_argument("ids", metavar="KIND|ID", nargs="+")
    parser.set_defaults(run=_retry)


def _list(options: argparse.Namespace) -> int:
    with opened_engine() as engine, engine.database.read() as connection:
        found: list[Any] = (
            list(incidents(connection, options.kind)) if options.kind else list(kinds(connection))
        )
    if options.json:
        say_json([asdict(one) for one in found])
    elif not found:
        say("There are no incidents.")
    elif options.kind:
        rows = [[one.id, one.title, f"{one.at:%Y-%m-%d %H:%M} UTC"] for one in found]
        table([["incident", "case", "gave up"], *rows])
    else:
        rows = [
            [one.id, str(one.count), one.process, one.element, one.work, one.error[:60]]
            for one in found
        ]
        table([["kind", "cases", "process", "element", "work", "error"], *rows])
    return SUCCESS


def _retry(options: argparse.Namespace) -> int:
    """Make them due again, do them now, and say what became of each."""
    with opened_engine() as engine:
        with engine.database.read() as connection:
            known = {one.id for one in kinds(connection)}
            wanted = [
                job
                for name in options.ids
                for job in (
                    [one.id for one in incidents(connection, name)] if name in known else [name]
                )
            ]
        again = [one.id for one in retry_all(engine, SYSTEM, wanted) if one.again]
        run_these(engine, again, "command line")
        with engine.database.read() as connection:
            rows = states_of(connection, again)
    failed = 0
    for one in wanted:
        row = rows.get(one)
        done = row is not None and row.state in ("done", "waiting")
        failed += not done
        said = "done" if done else "no incident" if row is None else f"failed again: {row.error}"
        say(f"{one} {said}")
    return FINDING if failed else SUCCESS


def add_migrate(verbs: Any) -> None:
    """Add `process migrate` to the verbs of processes."""
    parser = verbs.add_parser("migrate", help="move running cases to another version")
    parser.add_argument("key", metavar="KEY")
    parser.add_argument("--to", type=int, required=True, metavar="N", help="the new version")
    parser.add_argument(
        "--from", type=int, dest="old", metavar="M", help="default: every other one"
    )
    parser.add_argument(
        "--map", action="append", default=[], metavar="OLD=NEW", help="what an element has become"
    )
    parser.add_argument("--reason", default="", help="why; it goes into each case's record")
    parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_migrate)


def _migrate(options: argparse.Namespace) -> int:
    if not options.reason.strip() and not options.dry_run:
        raise WrongUsage("Say why with --reason, or look first with --dry-run.")
    chosen = dict(_pair(one) for one in options.map)
    refused = 0
    with opened_engine() as engine:
        with engine.database.read() as connection:
            new = _version(engine, connection, options.key, options.to)
            olds = _old_versions(engine, connection, options.key, options.old, new)
        for old in olds:
            fitting = {name: to for name, to in chosen.items() if name in old.diagram.elements}
            if options.dry_run:
                refused += _look(engine, old, new, fitting, as_json=options.json)
            else:
                refused += _go(engine, old, new, fitting, options.reason)
    return FINDING if refused else SUCCESS


def _pair(text: str) -> tuple[str, str | None]:
    old, equals, new = text.partition("=")
    if not old or not equals:
        raise WrongUsage("--map takes OLD=NEW; OLD= for nothing.")
    return old, new or None


def _version(engine: Engine, connection: Connection, key: str, number: int) -> Definition:
    found = connection.execute(
        select(definition.c.id).where(definition.c.key == key, definition.c.version == number)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound(process=key, version=number)
    return engine.catalog.get(found)


def _old_versions(
    engine: Engine, connection: Connection, key: str, number: int | None, new: Definition
) -> list[Definition]:
    if number is not None:
        return [_version(engine, connection, key, number)]
    rows = connection.execute(
        select(definition.c.id)
        .where(definition.c.key == key, definition.c.id != new.id)
        .order_by(definition.c.version)
    ).scalars()
    return [engine.catalog.get(one) for one in list(rows)]


def _look(
    engine: Engine,
    old: Definition,
    new: Definition,
    chosen: dict[str, str | None],
    *,
    as_json: bool,
) -> int:
    """Say what would become of each case; how many would stay."""
    with engine.database.read() as connection:
        found = preview(engine, connection, SYSTEM, old, new, chosen)
    mapped = complete(old.diagram, new.diagram, chosen)
    if as_json:
        say_json(
            {
                "from": old.version,
                "to": new.version,
                "mapping": {one.old: one.new for one in mapped},
                "items": [
                    {
                        "instance": one.id,
                        "title": one.title,
                        "reasons": [why.as_dict() for why in one.reasons],
                        "notes": [why.as_dict() for why in one.notes],
                    }
                    for one in found.lines
                ],
            }
        )
        return len(found.lines) - found.possible
    say(f"Version {old.version} to {new.version}: {found.possible} of {len(found.lines)} can move.")
    for one in mapped:
        if one.how != "same":
            say(f"  {one.old} becomes {one.new or 'nothing'} ({one.how})")
    for line in found.lines:
        for why in line.reasons:
            say(f"  {line.id} {line.title}: {why.why} {why.element}".rstrip())
    return len(found.lines) - found.possible


def _go(
    engine: Engine, old: Definition, new: Definition, chosen: dict[str, str | None], reason: str
) -> int:
    """Move the cases, and wait until each has moved or stays; how many stay."""
    with engine.database.read() as connection:
        if connection.execute(running_cases(old).limit(1)).first() is None:
            say(f"No case runs on version {old.version}.")
            return 0
    with engine.command(SYSTEM) as uow:
        batch = begin_migration(uow, old, new, chosen=chosen, reason=reason)
        uow.commit()
    run_migration(engine, batch, "command line")
    with engine.database.read() as connection:
        counts = read_batch(connection, batch).counts
        said = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
        say(f"Version {old.version} to {new.version}: {said} (migration {batch}).")
        for line in cases_of(connection, batch, limit=10_000):
            for why in line.reasons:
                say(f"  {line.id} {line.title}: {why.why} {why.element}".rstrip())
    return sum(count for state, count in counts.items() if state != "done")
