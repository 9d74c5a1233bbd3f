"""`feel`, `decide` and `tck`: expressions, decision tables and the test kit."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.feel import (
    DecisionResult,
    DmnError,
    DmnModel,
    FeelError,
    Miss,
    Problem,
    TableExplanation,
    evaluate_result,
    load_dmn,
    to_json,
)
from engine.feel import tck as kit
from engine.scope import Scope
from engine.working_days import WorkingDays
from webapp.cli.console import (
    FINDING,
    SUCCESS,
    WrongUsage,
    folder,
    note,
    read_json,
    say,
    say_json,
)
from webapp.settings import read_settings


def add_commands(commands: Any) -> None:
    """Add this group's commands to the parser."""
    parser = commands.add_parser("feel", help="evaluate a FEEL expression")
    parser.add_argument("expression", metavar="EXPR")
    parser.add_argument("--context", metavar="JSON", default="{}", help="names, or @file")
    parser.set_defaults(run=_feel)

    parser = commands.add_parser("decide", help="make a decision of a DMN file")
    parser.add_argument("file", metavar="FILE.dmn")
    parser.add_argument("--decision", metavar="NAME", required=True)
    parser.add_argument("--input", metavar="JSON", default="{}", help="inputs by name, or @file")
    parser.add_argument("--explain", action="store_true", help="tell which rules matched, and why")
    parser.set_defaults(run=_decide)

    parser = commands.add_parser("tck", help="run the DMN test kit of a folder")
    parser.add_argument("folder", metavar="DIR")
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--failures", action="store_true", help="each failure (this is so anyway)")
    shown.add_argument("--quiet", action="store_true", help="only the last line")
    parser.set_defaults(run=_tck)


def _feel(options: argparse.Namespace) -> int:
    context = _object(read_json(options.context, "--context"), "--context")
    zone = read_settings(warn=note).zone
    # The functions that expressions of a package have, so that they can be tried here.
    scope = Scope(context, now=datetime.now(zone), zone=zone, calendar=WorkingDays())
    result = evaluate_result(
        options.expression, context, now=lambda: datetime.now(zone), functions=scope.functions
    )
    say_json(to_json(result.value))
    _note_problems(result.problems)
    return SUCCESS


def _decide(options: argparse.Namespace) -> int:
    inputs = _object(read_json(options.input, "--input"), "--input")
    model = _model(Path(options.file))
    zone = read_settings(warn=note).zone
    result = model.decide(
        options.decision, inputs, explain=options.explain, now=lambda: datetime.now(zone)
    )
    say_json(_explained(result) if options.explain else to_json(result.value))
    _note_problems(result.problems)
    return SUCCESS


def _tck(options: argparse.Namespace) -> int:
    report = kit.run(folder(options.folder))
    if not report.outcomes:
        raise WrongUsage(f"There are no test cases below {options.folder}.")
    if not options.quiet:
        for outcome in report.failed:
            say(f"{outcome.case}: {outcome.reason}")
    say(report.summary)
    return FINDING if report.failed else SUCCESS


def _model(file: Path) -> DmnModel:
    """The file with its neighbours at hand, for what it imports."""
    if not file.is_file():
        raise WrongUsage(f"There is no file {file}.")
    others = []
    for other in sorted(file.parent.glob("*.dmn")):
        if other != file:
            try:
                others.append(load_dmn(other.read_bytes()))
            except FeelError:
                continue  # a broken neighbour is not this command's affair
    try:
        return load_dmn(file.read_bytes(), imports=others)
    except DmnError as error:
        raise WrongUsage(f"{file}: {error}") from None


def _explained(result: DecisionResult) -> dict[str, Any]:
    return {
        "value": to_json(result.value),
        "tables": [_table(each) for each in result.explanations],
    }


def _table(each: TableExplanation) -> dict[str, Any]:
    return {
        "table": each.table,
        "hit_policy": str(each.hit_policy),
        "inputs": {name: to_json(value) for name, value in each.inputs},
        "matched": [
            {
                "rule": match.rule,
                "id": match.rule_id,
                "outputs": {name: to_json(value) for name, value in match.outputs.items()},
                "annotations": list(match.annotations),
            }
            for match in each.matches
        ],
        "not_matched": [
            {
                "rule": miss.rule,
                "id": miss.rule_id,
                "tests": list(miss.cells),
                "failed": _failed_cells(each, miss),
            }
            for miss in each.misses
        ],
        "value": to_json(each.value),
        "failures": list(each.failures),
    }


def _failed_cells(table: TableExplanation, miss: Miss) -> list[dict[str, Any]]:
    return [
        {"input": name, "value": to_json(value), "cell": text}
        for (name, value), text, result in zip(table.inputs, miss.texts, miss.cells, strict=False)
        if result is not True
    ]


def _object(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise WrongUsage(f"{what} must be a JSON object of names and values.")
    return value


def _note_problems(problems: Iterable[Problem]) -> None:
    for problem in problems:
        note(f"null because: {problem}")
