"""Ladders of user tasks: each rung can happen, in time, and none approves what a person must approve."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from engine.catalog.checks.candidates import candidate_problems
from engine.catalog.checks.parts import BPMN_FILE, Parts, error, warning
from engine.catalog.steps import Rung, Step
from engine.feel import FeelSyntaxError, names_used
from engine.feel.suggest import did_you_mean
from engine.scope import FUNCTIONS, ExpressionFailed, Scope
from engine.working_days import WorkingDays
from schemas.finding import Finding

#: What `at` may read beside the case.
NAMES = frozenset({"due", "opened"})
_ZONE = ZoneInfo("Asia/Shanghai")
#: A week without holidays, to try a ladder on: opened on Monday, due at the end of Wednesday.
_OPENED = datetime(2026, 3, 2, 9, tzinfo=_ZONE)
_DUE = datetime(2026, 3, 5, tzinfo=_ZONE)


class _Tried(NamedTuple):
    number: int
    rung: Rung
    at: datetime


def problems(parts: Parts) -> Iterator[Finding]:
    """Everything about the ladders of the package's user tasks."""
    for step in parts.steps.values():
        for number, rung in enumerate(step.ladder, start=1):
            yield from _whom(parts, step, number, rung)
            yield from _due(step, number, rung)
            if rung.do == "decide":
                yield from _decision(parts, step, number, rung)
            elif rung.outcome:
                message = f"rung {number}: only `decide` has an outcome"
                yield warning("rung_outcome", step.id, BPMN_FILE, message)
        yield from _order(step)


def _whom(parts: Parts, step: Step, number: int, rung: Rung) -> Iterator[Finding]:
    entries = cast("list[dict[str, Any]]", parts.diagram.elements[step.id].extensions["ladder"])
    text = entries[number - 1]["to"] or ""
    if text and rung.do in ("remind", "decide"):
        message = f"rung {number}: `{rung.do}` goes to those who have the task, not to {text}"
        yield warning("rung_to", step.id, BPMN_FILE, message)
    yield from candidate_problems(parts, text, step.id, BPMN_FILE)
    if rung.do != "hand_over":
        return
    if step.sign_off.several:
        message = f"rung {number}: a sign-off cannot be handed over; its signers are its signers"
        yield error("rung_on_sign_off", step.id, BPMN_FILE, message)
    if not text:
        message = f"rung {number}: say with `to` whom the task is handed over to"
        yield error("rung_to_nobody", step.id, BPMN_FILE, message)


def _due(step: Step, number: int, rung: Rung) -> Iterator[Finding]:
    try:
        used = names_used(rung.at, names=NAMES | FUNCTIONS)
    except FeelSyntaxError:
        return  # said where all expressions are looked at
    if "due" in used and not step.due:
        message = f"rung {number}: counts from `due`, but the task has no due date"
        yield error("rung_without_due", step.id, BPMN_FILE, message)


def _decision(parts: Parts, step: Step, number: int, rung: Rung) -> Iterator[Finding]:
    known = {one.id: one for one in step.outcomes}
    chosen = known.get(rung.outcome)
    if chosen is None:
        hint = did_you_mean(rung.outcome, known)
        message = f"rung {number}: there is no outcome {rung.outcome or '(none given)'}{hint}"
        yield error("unknown_outcome", step.id, BPMN_FILE, message, name=rung.outcome)
        return
    separated = parts.manifest.separates(step.id)
    if chosen.kind == "positive" and (step.irreversible or separated):
        why = "what follows is irreversible" if step.irreversible else "a separation rule names it"
        message = f"rung {number}: {chosen.id} would approve by itself, but {why}"
        yield error("automatic_approval", step.id, BPMN_FILE, message)


def _order(step: Step) -> Iterator[Finding]:
    """What a trial in an ordinary week shows; a rung that asks the case for its time is not tried."""
    tried = [
        _Tried(number, rung, at)
        for number, rung in enumerate(step.ladder, start=1)
        if (at := _instant(step, rung)) is not None
    ]
    decided = min((one for one in tried if one.rung.do == "decide"), key=_when, default=None)
    for one in tried:
        if one.rung.do == "decide" and step.due and one.at < _DUE:
            message = f"rung {one.number}: decides before the task is due"
            yield warning("decides_too_early", step.id, BPMN_FILE, message)
        if decided is not None and _when(one) > _when(decided):
            message = f"rung {one.number}: rung {decided.number} has decided by then"
            yield warning("rung_never_reached", step.id, BPMN_FILE, message)


def _when(one: _Tried) -> tuple[datetime, int]:
    return one.at, one.number


def _instant(step: Step, rung: Rung) -> datetime | None:
    facts = {"due": _DUE, "opened": _OPENED}
    scope = Scope(facts, now=_OPENED, zone=_ZONE, calendar=WorkingDays())
    try:
        return scope.instant(rung.at, step.id)
    except (ExpressionFailed, FeelSyntaxError):
        return None
