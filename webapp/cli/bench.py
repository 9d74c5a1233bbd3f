"""`bench`: how fast the server is, beside a bare endpoint."""

from __future__ import annotations

import argparse
import importlib
from importlib.util import find_spec
from typing import Any

from webapp.cli.console import Refused

#: Where the benchmark lives: `main(arguments) -> int`.
_MODULE = "webapp.bench"


def add_commands(commands: Any) -> None:
    """Add this group's commands to the parser."""
    parser = commands.add_parser("bench", help="measure completions over HTTP", add_help=False)
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    parser.set_defaults(run=_bench)


def _bench(options: argparse.Namespace) -> int:
    if find_spec(_MODULE) is None:
        raise Refused("This installation has no benchmark.")
    result: int = importlib.import_module(_MODULE).main(options.arguments)
    return result
