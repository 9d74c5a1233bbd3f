"""`process import`: a package made of a BPMN file from anywhere, and what it lacks, in words."""

from __future__ import annotations

import argparse
import re
import tomllib
from pathlib import Path
from typing import Any

from engine.catalog.bpmn import UnreadableDiagram
from engine.catalog.foreign import adopt
from webapp.cli.console import SUCCESS, Refused, WrongUsage, folder, say

_NAME = re.compile(r"[a-z][a-z0-9_]{2,39}")


def add_commands(verbs: Any) -> None:
    """Add `import` to the verbs of `process`."""
    parser = verbs.add_parser("import", help="make a package of a BPMN file drawn elsewhere")
    parser.add_argument("file", metavar="FILE.bpmn")
    parser.add_argument("--as", dest="name", required=True, metavar="NAME", help="snake_case")
    parser.add_argument("--in", dest="parent", default="processes", metavar="FOLDER")
    parser.add_argument("--title", default="", help="default: what the file calls its process")
    parser.add_argument("--owner", metavar="ROLE", help="default: who administers processes")
    parser.add_argument("--start", action="append", metavar="ROLE", help="who may start it")
    parser.set_defaults(run=_import)


def _import(options: argparse.Namespace) -> int:
    if not _NAME.fullmatch(options.name):
        raise WrongUsage("A process is named in snake_case, with 3 to 40 letters and digits.")
    source = Path(options.file)
    if not source.is_file():
        raise WrongUsage(f"There is no file {source}.")
    parent = folder(options.parent)
    target = parent / options.name
    if target.exists():
        raise WrongUsage(f"There is already something at {target}.")
    try:
        adopted = adopt(
            source.read_bytes(),
            options.name,
            options.title,
            owner=options.owner or _administrators(parent),
            starters=options.start or ["member"],
        )
    except UnreadableDiagram as reason:
        raise Refused(f"{source} is not imported: {reason}") from reason
    for path, content in adopted.package.files.items():
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    say(f"{target} holds the whole file. Before it can be deployed:")
    for each in adopted.findings:
        say(f"{each.severity}: {each.rule}: {each.message}")
    say(f"Look again with: gongban process check {target}")
    return SUCCESS


def _administrators(parent: Path) -> str:
    """The first role that administers processes, where the packages beside it say so."""
    file = parent / "_shared" / "roles.toml"
    roles = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    found = (name for name, role in roles.items() if "administer" in role.get("rights", ()))
    return next(found, "administrator")
