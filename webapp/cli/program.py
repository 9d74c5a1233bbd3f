"""Reads the command line and runs one command.

Exit code 0 is success, 1 a finding or a refused request (one line on standard error), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import os
import sys

import structlog
from sqlalchemy.exc import DBAPIError

from engine.errors import EngineError
from engine.feel import FeelError
from webapp.cli import (
    backups,
    bench,
    keys,
    processes,
    rules,
    running,
    serving,
    setup,
    trails,
    units,
    users,
)
from webapp.cli.console import FINDING, Refused, note
from webapp.settings import SettingsError

_GROUPS = (setup, users, units, keys, serving, processes, running, rules, trails, backups, bench)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit code."""
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(sys.stderr))
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except BrokenPipeError:
        # Whoever read our answer has seen enough; nothing more may be written.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINDING
    except Refused as error:
        note(f"gongban: {error}")
        return error.exit_code
    except (SettingsError, EngineError, FeelError, OSError) as error:
        return _failed(str(error))
    except DBAPIError as error:
        return _failed(f"The database says: {str(error.orig).strip().splitlines()[0]}")
    except KeyboardInterrupt:
        return 130
    return code


def _failed(text: str) -> int:
    note("gongban: " + " ".join(text.split()))
    return FINDING


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gongban", description="Approvals and evaluations, run as BPMN processes."
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for group in _GROUPS:
        group.add_commands(commands)
    return parser
