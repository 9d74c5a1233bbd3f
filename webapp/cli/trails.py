"""`audit verify` and `audit export`."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.audit import Report, records, verify_export
from engine.audit.rows import read_checkpoint
from engine.audit.standalone_verifier import NoExport, read_held
from webapp.cli.console import FINDING, SUCCESS, WrongUsage, say, say_json
from webapp.cli.opening import opened_engine


def add_commands(commands: Any) -> None:
    """Add this group's commands to the parser."""
    group = commands.add_parser("audit", help="verify or export the audit trail")
    verbs = group.add_subparsers(title="verbs", required=True, metavar="VERB")

    parser = verbs.add_parser("verify", help="verify the database, or an export")
    parser.add_argument("export", metavar="EXPORT", nargs="?", help="folder or zip of an export")
    parser.add_argument("--held", metavar="FILE", action="append", default=[])
    parser.add_argument("--key", metavar="FINGERPRINT", action="append", default=[])
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_verify)

    parser = verbs.add_parser("export", help="write the whole trail, with its verifier")
    parser.add_argument("--out", metavar="FILE", required=True, help="a new folder, or a .zip")
    parser.set_defaults(run=_export)


def _verify(options: argparse.Namespace) -> int:
    try:
        held = [row for place in options.held for row in read_held(place)]
        if options.export:
            report = verify_export(options.export, held=held, trusted_keys=options.key)
        else:
            kept = [read_checkpoint(int(row.get("number", 0)), row) for row in held]
            with opened_engine() as engine:
                report = records.verify(engine, held=kept, trusted_keys=options.key)
    except NoExport as error:
        raise WrongUsage(str(error)) from None
    _show(report, as_json=options.json)
    return SUCCESS if report.ok else FINDING


def _show(report: Report, *, as_json: bool) -> None:
    if as_json:
        found = [finding._asdict() for finding in report.findings]
        say_json({**asdict(report), "ok": report.ok, "findings": found})
        return
    for finding in report.findings:
        where = f" {finding.stream}#{finding.seq or ''}" if finding.stream else ""
        say(f"{finding.kind}{where}: {finding.message}")
    say(
        f"{report.events} events in {report.streams} streams, {report.payloads} payloads,"
        f" {report.erased} erased, {report.checkpoints} checkpoints,"
        f" {report.findings_in_all} findings."
    )
    say(f"Proved: {report.proves}")


def _export(options: argparse.Namespace) -> int:
    target = Path(options.out)
    if target.exists():
        raise WrongUsage(f"There is already something at {target}.")
    with opened_engine() as engine:
        manifest = records.export(engine, target)
    rows = manifest["files"]["events.jsonl"]["rows"]
    say(f"{rows} events written to {target}; python verify.py in it verifies them.")
    return SUCCESS
