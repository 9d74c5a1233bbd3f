"""`gongban bench`: measure on every database this machine has, print the table, keep the JSON."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from webapp.bench import proving
from webapp.bench.homes import POSTGRESQL, SQLITE, Missing, place
from webapp.bench.plan import FULL, QUICK, measure
from webapp.bench.report import NotRun, Report
from webapp.bench.soak import soak
from webapp.cli.console import note, say, table


def run(options: argparse.Namespace) -> int:
    """Run as the options say; 0 when done, 1 when the soak has found something."""
    # Whoever stops us wants the servers stopped, too.
    before = signal.signal(signal.SIGTERM, _end)
    try:
        return _run(options)
    finally:
        signal.signal(signal.SIGTERM, before)


def _run(options: argparse.Namespace) -> int:
    databases = [options.database] if options.database else [SQLITE, POSTGRESQL]
    if options.soak:
        return _soak(databases, options)
    report = _measure(databases, options)
    content = report.as_json(quick=options.quick)
    if options.out:
        Path(options.out).write_text(content + "\n", encoding="utf-8")
    if options.json:
        say(content)
    else:
        _print(report)
    return 0


def _measure(databases: list[str], options: argparse.Namespace) -> Report:
    report = Report([], [])
    if options.part in (None, "proving"):
        note("the checker as one draws")
        report.figures += proving.figures()
    for kind in databases if options.part != "proving" else ():
        begin = time.monotonic()
        try:
            with place(kind) as where:
                report.figures += measure(
                    where, QUICK if options.quick else FULL, note, options.part
                )
        except Missing as reason:
            report.not_run.append(NotRun(kind, str(reason)))
            note(f"NOT RUN: {kind} ({reason})")
        else:
            note(f"{kind}: done in {time.monotonic() - begin:.0f} s")
    return report


def _soak(databases: list[str], options: argparse.Namespace) -> int:
    findings = 0
    for kind in databases:
        try:
            with place(kind) as where:
                result = soak(where, options.seconds)
        except Missing as reason:
            note(f"NOT RUN: {kind} ({reason})")
            continue
        say(f"{kind}: {result.summary}")
        for finding in result.findings:
            say(f"  {finding}")
        findings += len(result.findings)
    return 1 if findings else 0


def _print(report: Report) -> None:
    table(report.rows())
    for one in report.not_run:
        say(f"NOT RUN: {one.database} ({one.reason})")
    missed = [one for one in report.figures if one.verdict == "MISS"]
    say(f"{len(missed)} of {sum(one.bar is not None for one in report.figures)} bars missed.")


def _end(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(143)
