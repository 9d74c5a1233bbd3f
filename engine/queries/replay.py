"""A case told again from its events alone: where its tokens stand, its tasks, sign-offs and deadlines.

Nothing here reads a table of the engine's. What it says must be what the tables say; a test compares
them after every step of random cases, and an auditor can do so for any case.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.commands.trail import MIGRATED, PUT_BACK
from engine.queries.history import Happening

#: Events that change the state of the whole case, and to what.
STATES = {
    "instance.started": "active",
    "instance.withdrawn": "withdrawn",
    "instance.suspended": "suspended",
    "instance.resumed": "active",
    "instance.terminated": "terminated",
}


@dataclass
class ToldTask:
    """A task as the events tell it."""

    element: str
    token: str
    state: str = "open"
    claimed_by: str | None = None
    keys: list[str] | None = None
    due: datetime | None = None
    undone: bool = False
    #: person → state of the own part
    signers: dict[str, str] = field(default_factory=dict)


@dataclass
class Told:
    """A case as the events tell it."""

    state: str = "active"
    #: token → its entry in the snapshot
    tokens: dict[str, list[Any]] = field(default_factory=dict)
    tasks: dict[str, ToldTask] = field(default_factory=dict)
    #: token of a timer of the diagram → when it is due
    timers: dict[str, datetime] = field(default_factory=dict)


def replay(happenings: Iterable[Happening]) -> Told:
    """What a case's events say of it, in their order. An erased payload leaves a gap."""
    told = Told()
    #: How the case stood before it moved to another version, should that be put back.
    before: Told | None = None
    for one in happenings:
        if one.type == MIGRATED:
            before = copy.deepcopy(told)
        if one.type == PUT_BACK and before is not None:
            told, before = before, None
        else:
            _apply(told, one)
    return told


def _apply(told: Told, one: Happening) -> None:
    facts = one.payload or {}
    told.state = STATES.get(one.type, told.state)
    if one.type == "instance.ended":
        told.state = str(one.subject["state"])
    for token in facts.get("lifted", ()):
        told.tokens.pop(token, None)
        told.timers.pop(token, None)
    for entry in facts.get("placed", ()):
        told.tokens[entry[0]] = entry
    for opened in facts.get("opened", ()):
        told.tasks[opened["task"]] = _opened(opened)
    for task in facts.get("cancelled", ()):
        _close(told.tasks[task], "cancelled")
    _mark(told, facts.get("undone", ()), undone=True)
    _mark(told, facts.get("redone", ()), undone=False)
    for task, changes in facts.get("tasks", {}).items():
        _change(told.tasks[task], changes)
    for task, parts in facts.get("signers", {}).items():
        signers = told.tasks[task].signers
        signers.update(parts)
        # Whose part was given to somebody else has none any more.
        for person in [one for one, part in parts.items() if part == "gone"]:
            del signers[person]
    for job in facts.get("jobs", ()):
        if job["kind"] == "timer":
            told.timers[job["token"]] = datetime.fromisoformat(job["due"])
    for moved in facts.get("deadlines", ()):
        _move(told, moved)


def _opened(facts: Mapping[str, Any]) -> ToldTask:
    due = facts.get("due")
    signers = facts.get("signers", [])
    parts = dict.fromkeys(signers, "open")
    parts.update(dict.fromkeys(facts.get("waiting", ()), "waiting"))
    if signers:
        parts.update(dict.fromkeys(facts.get("repeated", ()), "voted"))
    return ToldTask(
        element=facts["element"],
        token=facts["token"],
        # An agreement given before may have decided it as it opened.
        state="completed" if facts.get("outcome") else "open",
        claimed_by=facts.get("claimed_by"),
        keys=None if signers else facts.get("keys"),
        due=None if due is None else datetime.fromisoformat(due),
        signers=parts,
    )


def _close(task: ToldTask, state: str) -> None:
    task.state, task.claimed_by = state, None
    task.signers = {
        person: "not_needed" if part in ("open", "waiting") else part
        for person, part in task.signers.items()
    }


def _change(task: ToldTask, changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        if name == "state" and value != "open":
            claimed = task.claimed_by
            _close(task, value)
            # Who completed a task held it to the end; whoever sent it back gave it away.
            task.claimed_by = claimed if value == "completed" else None
        else:
            setattr(task, name, value)


def _mark(told: Told, tokens: Iterable[str], *, undone: bool) -> None:
    gone = set(tokens)
    for task in told.tasks.values():
        if task.token in gone and task.state == "completed":
            task.undone = undone


def _move(told: Told, moved: Mapping[str, Any]) -> None:
    due = None if moved.get("to") is None else datetime.fromisoformat(moved["to"])
    if "task" in moved:
        told.tasks[moved["task"]].due = due
    elif due is not None:
        told.timers[moved["token"]] = due
