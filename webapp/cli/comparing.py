"""`process diff`: what differs between two packages, deployed, in a folder or in a zip."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine.catalog.package import Package
from engine.catalog.versions import stored_package
from engine.comparing.difference import compare
from engine.comparing.sentences import summary
from engine.errors import NotFound
from engine.store.tables import definition
from engine.studio.archives import unpack
from engine.studio.checking import whole
from engine.studio.writing import MOST_BYTES
from schemas.difference import dumped
from webapp.cli.console import SUCCESS, WrongUsage, folder, say, say_json
from webapp.cli.opening import opened_engine
from webapp.roles import SHARED

_VERSION = re.compile(r"([a-z][a-z0-9_]*)@(\d{1,9}|active)")


def add_commands(verbs: Any) -> None:
    """Add the verbs to those of `process`."""
    parser = verbs.add_parser("diff", help="say what differs between two packages")
    what = "a folder, a zip, or a deployed version as KEY@NUMBER or KEY@active"
    parser.add_argument("before", metavar="A", help=what)
    parser.add_argument("after", metavar="B", help=what)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--language", choices=("zh", "en"), default="zh", help="of the sentences")
    parser.set_defaults(run=_diff)


def _diff(options: argparse.Namespace) -> int:
    before, after = package_at(options.before), package_at(options.after)
    difference = compare(before, after)
    if options.json:
        say_json(
            {
                **dumped(difference),
                "summary": {
                    language: summary(before, after, difference, language)
                    for language in ("zh", "en")
                },
            }
        )
        return SUCCESS
    for line in summary(before, after, difference, options.language):
        say(line)
    drawn = sum(len(one.drawn) for one in difference.files)
    if not difference.changed:
        say(
            "Both say the same."
            if not drawn
            else f"Both say the same; {drawn} things are drawn elsewhere."
        )
    return SUCCESS


def package_at(text: str) -> Package:
    """The package somebody named: a folder, a zip, or a deployed version."""
    path = Path(text)
    if path.is_file():
        return _unpacked(path)
    found = _VERSION.fullmatch(text)
    if found is None or path.exists():
        return Package.from_folder(folder(text))
    key, version = found.groups()
    wanted = select(definition.c.id).where(definition.c.key == key)
    if version == "active":
        wanted = wanted.where(definition.c.active.is_(True))
    else:
        wanted = wanted.where(definition.c.version == int(version))
    with opened_engine() as engine, engine.database.read() as connection:
        made = connection.execute(wanted).scalar_one_or_none()
        if made is None:
            raise NotFound(process=key, version=version)
        return stored_package(connection, made)


def _unpacked(path: Path) -> Package:
    if path.stat().st_size > MOST_BYTES:
        raise WrongUsage(f"{path} is too large for a package.")
    # A zip without its shared tables is completed as a draft is.
    return whole(unpack(path.read_bytes()), SHARED)
