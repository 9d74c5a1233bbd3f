"""`backup` and `restore`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from webapp.backup import back_up, restore
from webapp.cli.console import FINDING, SUCCESS, note, say
from webapp.settings import read_settings


def add_commands(commands: Any) -> None:
    """Add this group's commands to the parser."""
    parser = commands.add_parser(
        "backup", help="copy everything of a running server to a new folder"
    )
    parser.add_argument("folder", metavar="DIR")
    parser.set_defaults(run=_back_up)
    parser = commands.add_parser("restore", help="restore a backup into an empty place")
    parser.add_argument("folder", metavar="DIR")
    parser.set_defaults(run=_restore)


def _back_up(options: argparse.Namespace) -> int:
    done = back_up(read_settings(warn=note), Path(options.folder))
    note("The folder `keys` in it opens every sensitive value: keep it apart from the rest.")
    say(f"{done.rows} rows and {done.files} files are in {options.folder}.")
    return SUCCESS


def _restore(options: argparse.Namespace) -> int:
    report = restore(read_settings(warn=note), Path(options.folder))
    for finding in report.findings:
        say(f"{finding.kind} {finding.stream or ''}: {finding.message}")
    say(f"Restored; {report.events} events verified, {report.findings_in_all} findings.")
    return SUCCESS if report.ok else FINDING
