"""`keys rotate`: seal with a new key from now on."""

from __future__ import annotations

import argparse
from typing import Any

from engine.actors import SYSTEM
from webapp.cli.console import SUCCESS, say, say_json
from webapp.cli.opening import opened_engine


def add_commands(commands: Any) -> None:
    """Add this group's commands to the parser."""
    group = commands.add_parser("keys", help="the keys of sensitive values")
    verbs = group.add_subparsers(title="verbs", required=True, metavar="VERB")
    parser = verbs.add_parser("rotate", help="make a new key and seal with it from now on")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_rotate)


def _rotate(options: argparse.Namespace) -> int:
    with opened_engine() as engine, engine.command(SYSTEM) as uow:
        before = engine.keyring.current
        made = engine.keyring.add_key()
        uow.record_in("system", "keys.rotated", {"key": made, "before": before}, {})
        uow.commit()
    if options.json:
        say_json({"key": made, "before": before, "keys": list(engine.keyring.key_ids)})
    else:
        say(f"Sealing with {made} from now on; {before} still opens what it sealed.")
        say("Restart running servers and workers, and copy the keys folder to where its copy lies.")
    return SUCCESS
