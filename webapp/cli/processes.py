"""`process check|play|export|list|new`: packages and the definitions made of them."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine.catalog.check import (
    Finding,
    FindingSchema,
    check,
    explained,
)
from engine.catalog.checks.people import people_problems
from engine.catalog.definition import compile_definition
from engine.catalog.package import Package
from engine.catalog.versions import stored_package
from engine.errors import NotFound
from engine.store.tables import definition
from engine.studio.beginning import BadProcessName, new_package
from engine.testing import ScenarioFailed, Story, play, scenarios_of
from engine.testing.coverage import counted
from engine.testing.refusals import Failure
from webapp.cli import comparing, deploying, importing, rehearsals
from webapp.cli.console import (
    FINDING,
    SUCCESS,
    WrongUsage,
    folder,
    progress,
    say,
    say_json,
    table,
)
from webapp.cli.deploying import line_of
from webapp.cli.opening import opened_engine
from webapp.cli.running import add_migrate


def add_commands(commands: Any) -> None:
    """Add this group's commands to the parser."""
    group = commands.add_parser("process", help="process packages")
    verbs = group.add_subparsers(title="verbs", required=True, metavar="VERB")

    parser = verbs.add_parser("check", help="say what is wrong with a package")
    parser.add_argument("path", metavar="PATH")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--play", action="store_true", help="play its scenarios, too")
    parser.add_argument(
        "--people", action="store_true", help="ask whether the people there are can do it, too"
    )
    parser.set_defaults(run=_check)

    parser = verbs.add_parser("play", help="play the scenarios of a package on a fake clock")
    parser.add_argument("path", metavar="PATH")
    parser.add_argument("--scenario", metavar="NAME", help="only this one")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_play)

    deploying.add_commands(verbs)

    parser = verbs.add_parser("export", help="write a deployed definition into a new folder")
    parser.add_argument("path", metavar="PATH")
    parser.add_argument("--process", metavar="ID", help="default: the folder's name")
    parser.add_argument("--version", type=int, metavar="N", help="default: the active one")
    parser.set_defaults(run=_export)

    parser = verbs.add_parser("list", help="list the deployed definitions")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_list)

    add_migrate(verbs)
    rehearsals.add_command(verbs)

    parser = verbs.add_parser("new", help="begin a package from a small one that runs")
    parser.add_argument("name", metavar="NAME", help="snake_case")
    parser.add_argument("--in", dest="parent", default="processes", metavar="FOLDER")
    parser.set_defaults(run=_new)

    importing.add_commands(verbs)
    comparing.add_commands(verbs)


def _check(options: argparse.Namespace) -> int:
    findings = check(folder(options.path), play=options.play)
    if options.people and not any(each.severity == "error" for each in findings):
        package = Package.from_folder(folder(options.path))
        findings += explained(_people(package), package.manifest.accepted)
    failed = any(each.severity == "error" for each in findings)
    if options.json:
        say_json(FindingSchema(many=True).dump(findings))
    else:
        for each in findings:
            say(line_of(each))
            for number, step in enumerate(each.steps, start=1):
                say(f"    {number}. {step.text}")
        if not failed:
            say(f"{options.path}: nothing forbids deploying it.")
    return FINDING if failed else SUCCESS


def _people(package: Package) -> list[Finding]:
    """What the people of this installation cannot do of the package."""
    definition = compile_definition(package)
    with opened_engine() as engine:
        return list(people_problems(definition, engine.directory))


def _play(options: argparse.Namespace) -> int:
    path = folder(options.path)
    chosen = [
        each for each in scenarios_of(path) if options.scenario in (None, each.stem, each.name)
    ]
    if not chosen:
        raise WrongUsage(f"{options.path} has no such scenario.")
    compiled = compile_definition(Package.from_folder(path))
    stories: list[Story] = []
    failures: dict[str, Failure] = {}
    for scenario in progress(chosen, "Scenarios", len(chosen)):
        try:
            stories.append(play(path, scenario))
        except ScenarioFailed as error:
            failures[scenario.stem] = error.failure
        if not options.json:
            _tell(scenario.stem, stories, failures)
    diagram = compiled.diagram
    covered = counted(stories, failures, diagram.elements, diagram.flows)
    # Which flows nobody takes can be said only after all stories have been told.
    untaken = [] if options.scenario else covered.untaken
    if options.json:
        say_json(
            {
                "played": [{**asdict(story), "flows": sorted(story.flows)} for story in stories],
                "failed": {name: str(failure) for name, failure in failures.items()},
                "untaken_flows": untaken,
                "coverage": covered.to_data(),
            }
        )
    else:
        _sum_up(stories, failures, untaken)
    return FINDING if failures or untaken else SUCCESS


def _tell(name: str, stories: list[Story], failures: dict[str, Failure]) -> None:
    if name in failures:
        say(f"\n{name}: FAILED\n  {failures[name]}")
        return
    story = stories[-1]
    say(f"\n{story.name}: {story.says}")
    for line in story.lines:
        say(f"  {line}")


def _sum_up(stories: list[Story], failures: dict[str, Failure], untaken: list[str]) -> None:
    say()
    for flow in untaken:
        say(f"No scenario takes the flow {flow}.")
    say(f"played {len(stories)} of {len(stories) + len(failures)} scenarios as written")


def _export(options: argparse.Namespace) -> int:
    target = Path(options.path)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise WrongUsage(f"There is already something at {target}.")
    key = options.process or target.name
    wanted = select(definition.c.id, definition.c.version).where(definition.c.key == key)
    if options.version is not None:
        wanted = wanted.where(definition.c.version == options.version)
    else:
        wanted = wanted.where(definition.c.active.is_(True))
    with opened_engine() as engine, engine.database.read() as connection:
        row = connection.execute(wanted).one_or_none()
        if row is None:
            raise NotFound(process=key, version=options.version)
        package = stored_package(connection, row.id)
    files = {**package.files, **package.companions}
    for path, content in files.items():
        # Shared files lie beside the package's folder, as in `processes`.
        shared = path.startswith("_shared/")
        out = (target.parent if shared else target) / path
        out.parent.mkdir(parents=True, exist_ok=True)
        if not (shared and out.exists()):
            out.write_bytes(content)
    say(f"Version {row.version} of {key} is in {target} ({len(files)} files).")
    return SUCCESS


def _list(options: argparse.Namespace) -> int:
    statement = select(
        definition.c.key,
        definition.c.version,
        definition.c.active,
        definition.c.title,
        definition.c.deployed_at,
        definition.c.id,
    ).order_by(definition.c.key, definition.c.version)
    with opened_engine() as engine, engine.database.read() as connection:
        rows = connection.execute(statement).all()
    if options.json:
        say_json([{**row._mapping, "deployed_at": row.deployed_at.isoformat()} for row in rows])
        return SUCCESS
    table(
        [["process", "version", "", "title", "deployed"]]
        + [
            [
                row.key,
                str(row.version),
                "active" if row.active else "",
                row.title,
                f"{row.deployed_at:%Y-%m-%d %H:%M} UTC",
            ]
            for row in rows
        ]
    )
    return SUCCESS


def _new(options: argparse.Namespace) -> int:
    try:
        package = new_package(options.name)
    except BadProcessName as error:
        raise WrongUsage(
            "A process is named in snake_case, with 3 to 40 letters and digits."
        ) from error
    target = folder(options.parent) / options.name
    if target.exists():
        raise WrongUsage(f"There is already something at {target}.")
    for path, content in {**package.files, **package.companions}.items():
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    say(f"{target} is a small process that runs: gongban process play {target}")
    return SUCCESS
