"""`serve` and `worker`."""

from __future__ import annotations

import argparse
from typing import Any

from webapp.cli.console import SUCCESS, note, say
from webapp.server import serve, work
from webapp.settings import read_settings


def add_commands(commands: Any) -> None:
    """Add this group's commands to the parser."""
    parser = commands.add_parser("serve", help="serve the pages and the API")
    parser.set_defaults(run=_serve)
    parser = commands.add_parser("worker", help="do jobs (PostgreSQL only)")
    parser.set_defaults(run=_worker)


def _serve(_options: argparse.Namespace) -> int:
    serve(read_settings(warn=note), ready=lambda address: say(f"Gongban is at {address}"))
    return SUCCESS


def _worker(_options: argparse.Namespace) -> int:
    work(read_settings(warn=note), ready=say)
    return SUCCESS
