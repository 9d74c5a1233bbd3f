"""`process deploy` and `process status`: packages in folders and what is deployed of them."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from engine.actors import SYSTEM
from engine.catalog.check import (
    Finding,
    check,
    explained,
    refuse_errors,
    unexplained,
)
from engine.catalog.checks.people import people_problems
from engine.catalog.definition import compile_definition
from engine.catalog.package import Package
from engine.catalog.versions import deploy, stored_package
from engine.comparing.difference import compare
from engine.comparing.sentences import summary
from engine.comparing.standing import PackageStanding, Standing, standing
from engine.engine import Engine
from engine.errors import InvalidPackage
from engine.store.database import Database
from engine.store.unit_of_work import UnitOfWork
from schemas.reason import Reason, ReasonSchema
from webapp.cli.console import (
    FINDING,
    SUCCESS,
    Refused,
    WrongUsage,
    folder,
    progress,
    say,
    say_json,
    table,
)
from webapp.cli.opening import opened_engine
from webapp.roles import SHARED

#: What the table of `status` says of each standing.
SAID = {
    Standing.NEW: "not deployed",
    Standing.SAME: "the same",
    Standing.OLDER: "the files are older",
    Standing.FILES: "the files are newer",
    Standing.STUDIO: "edited in the studio",
    Standing.BOTH: "both have changed",
}
#: So many lines of what would be undone are shown.
_MOST_LINES = 12


def add_commands(verbs: Any) -> None:
    """Add the verbs to those of `process`."""
    what = "a package, or a folder of packages"
    parser = verbs.add_parser("deploy", help="make packages the versions that new cases begin on")
    parser.add_argument("path", metavar="PATH", nargs="+", help=what)
    parser.add_argument(
        "--reason",
        action="append",
        default=[],
        metavar="RULE[:ELEMENT]=WHY",
        help="why a warning is no obstacle; it is kept with the version",
    )
    parser.add_argument(
        "--over-studio",
        action="store_true",
        help="also where that undoes what was changed in the studio",
    )
    parser.add_argument(
        "--unplayed", action="store_true", help="without playing the packages' scenarios first"
    )
    parser.set_defaults(run=_deploy)

    parser = verbs.add_parser("status", help="say how packages stand to what is deployed")
    parser.add_argument("path", metavar="PATH", nargs="+", help=what)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--language", choices=("zh", "en"), default="zh", help="of the sentences")
    parser.set_defaults(run=_status)


def packages_in(paths: list[str]) -> list[Path]:
    """The package folders somebody named; a folder of packages stands for all of them."""
    found: list[Path] = []
    for text in paths:
        path = folder(text)
        inside = [path] if (path / "process.toml").is_file() else sorted(path.iterdir())
        packages = [one for one in inside if (one / "process.toml").is_file()]
        if not packages:
            raise WrongUsage(f"{text} is no package, and there is none in it.")
        found += packages
    return list(dict.fromkeys(found))


# -- status -------------------------------------------------------------------------------


def _status(options: argparse.Namespace) -> int:
    rows: list[dict[str, Any]] = []
    with opened_engine() as engine, engine.database.read() as connection:
        for path in packages_in(options.path):
            try:
                found = standing(connection, Package.from_folder(path))
            except InvalidPackage as error:
                rows.append({"process": path.name, "standing": "unreadable", "why": str(error)})
                continue
            rows.append(_row(connection, found, options.language))
    if options.json:
        say_json(rows)
    else:
        table(
            [["process", "in use", "standing", ""]]
            + [
                [
                    row["process"],
                    str(row.get("version") or ""),
                    SAID.get(row["standing"], "cannot be read"),
                    row.get("why", "") or _counted(row),
                ]
                for row in rows
            ]
        )
    return SUCCESS if all(row["standing"] == Standing.SAME for row in rows) else FINDING


def tell_of_packages(folder_: Path, database: Database) -> None:
    """Which deployed processes a folder has in another version; nothing is changed."""
    if not folder_.is_dir():
        return
    with database.read() as connection:
        for path in sorted(folder_.iterdir()):
            try:
                found = standing(connection, Package.from_folder(path))
            except (InvalidPackage, NotADirectoryError):
                continue  # no package, or one that `process check` has more to say of
            if found.standing not in (Standing.SAME, Standing.NEW):
                say(f"{found.key}: {SAID[found.standing]}; see gongban process status {path}")


def _row(connection: Any, found: PackageStanding, language: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "process": found.key,
        "title": found.title,
        "standing": found.standing,
        "files": found.package.hash,
        "active": found.active.id if found.active else None,
        "version": found.active.number if found.active else None,
        "release": found.release.id if found.release else None,
        "conflicts": len(found.merged.conflicts) if found.merged else 0,
        "differences": [],
    }
    if found.active and found.standing != Standing.SAME:
        used = stored_package(connection, found.active.id)
        row["differences"] = summary(used, found.package, compare(used, found.package), language)
    return row


def _counted(row: dict[str, Any]) -> str:
    parts = [f"{len(row['differences'])} differences" if row["differences"] else ""]
    parts.append(f"{row['conflicts']} to decide" if row["conflicts"] else "")
    return ", ".join(part for part in parts if part)


# -- deploy -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Ready:
    """A package that may be deployed, with what was found and why that is no obstacle."""

    path: Path
    package: Package
    findings: list[Finding]


def _deploy(options: argparse.Namespace) -> int:
    paths = packages_in(options.path)
    reasons = [_reason(text) for text in options.reason]
    # All are looked at before any is deployed: a folder is deployed whole or not at all.
    ready = [
        _checked(path, play=not options.unplayed)
        for path in progress(paths, "Packages", len(paths))
    ]
    with opened_engine() as engine, engine.command(SYSTEM) as uow:
        for one in ready:
            if not options.over_studio:
                _refuse_undoing(uow, one)
            _refuse_warnings(engine, one, reasons)
        said = [_made(uow, one, reasons) for one in ready]
        uow.commit()
    for line in said:
        say(line)
    return SUCCESS


def _checked(path: Path, *, play: bool) -> _Ready:
    # A package that lies somewhere alone is played with the people that come with the program.
    alone = not (path.parent / SHARED.name).is_dir()
    findings = check(path, play=play, shared=SHARED if alone else None)
    errors = [each for each in findings if each.severity == "error"]
    if errors:
        first = f"{errors[0].file} {errors[0].element}: {errors[0].message}"
        raise Refused(f"{path} has {len(errors)} errors and is not deployed; {first}")
    return _Ready(path, Package.from_folder(path), findings)


def _refuse_undoing(uow: UnitOfWork, one: _Ready) -> None:
    found = standing(uow.connection, one.package)
    if found.deployable or found.active is None:
        return
    used = stored_package(uow.connection, found.active.id)
    would = summary(used, one.package, compare(used, one.package), "zh")
    for line in would[:_MOST_LINES]:
        say(f"  {line}")
    if len(would) > _MOST_LINES:
        say(f"  … and {len(would) - _MOST_LINES} more")
    raise Refused(
        f"{one.path} is not deployed: version {found.active.number} of {found.key} was edited in the studio "
        f"on {found.active.at:%Y-%m-%d}, and this would undo it (above). Bring both together in the studio "
        f"(/studio/processes/{found.key}/release), or say --over-studio."
    )


def _refuse_warnings(engine: Engine, one: _Ready, reasons: list[Reason]) -> None:
    missing = people_problems(compile_definition(one.package), engine.directory)
    accepted = (*one.package.manifest.accepted, *reasons)
    findings = explained([*one.findings, *missing], accepted)
    for each in findings:
        say(line_of(each))
    left = unexplained(findings)
    if left:
        asked = " ".join(
            dict.fromkeys(
                f"--reason {each.rule}{':' if each.element else ''}{each.element}=…"
                for each in left
            )
        )
        raise Refused(
            f"{one.path} has {len(left)} warnings without a reason and is not deployed. Say why each may "
            f"stand, in process.toml under [[accepted]] or with {asked}"
        )


def _made(uow: UnitOfWork, one: _Ready, reasons: list[Reason]) -> str:
    made, new = deploy(uow, one.package, check=refuse_errors, reasons=reasons)
    return (
        f"{one.path.name} {'is deployed' if new else 'was deployed before and is active'}: {made}"
    )


def _reason(text: str) -> Reason:
    what, _is, why = text.partition("=")
    rule, _, element = what.strip().partition(":")
    try:
        reason: Reason = ReasonSchema().load({"rule": rule, "element": element, "why": why})
    except ValidationError as error:
        raise WrongUsage(f"--reason is RULE[:ELEMENT]=WHY, not {text}") from error
    return reason


def line_of(each: Finding) -> str:
    """A finding on one line."""
    where = " ".join(part for part in (each.file, each.element) if part)
    reason = f" (accepted: {each.accepted})" if each.accepted else ""
    return f"{each.severity}: {each.rule} in {where}: {each.message}{reason}"
