"""`bench`: how fast the server is, beside a bare endpoint."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import Any

from webapp.bench.options import add_options


def add_commands(commands: Any) -> None:
    """Add this group's commands to the parser."""
    parser = commands.add_parser("bench", help="measure completions over HTTP")
    add_options(parser)
    parser.set_defaults(run=_bench)


def _bench(options: argparse.Namespace) -> int:
    # Only now: it imports the whole server, which no other command should wait for.
    result: int = import_module("webapp.bench.run").run(options)
    return result
