"""What people, time and abilities did in a case that has ended, read from its events alone.

Only what counts in the end is kept: a visit that a return has undone is left out. What a table
computed is no act; it is computed anew.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from engine.queries.history import Happening

#: In place of a value that the record does not repeat: what the case holds in the end.
AS_STORED = {"sealed": True}
#: A field of one instance of a multi-instance activity, as events name it: `reports[2]`.
_ENTRY = re.compile(r"(.+)\[(\d+)\]")


@dataclass
class Act:
    """One thing that somebody or something did at an element."""

    #: task, ability, timer or message
    kind: str
    element: str
    token: str
    at: datetime
    #: How long it had waited there.
    waited: timedelta
    outcome: str = ""
    opinion: str = ""
    by: str = ""
    name: str = ""
    how: str = ""
    #: The error an ability ended in.
    error: str = ""
    #: What was written: field → value. Sensitive values are only named.
    fields: dict[str, Any] = field(default_factory=dict)
    #: Which instance of a multi-instance activity; None outside of one.
    run: int | None = None


@dataclass
class Past:
    """A case as it went."""

    started_at: datetime
    #: What the start form and the directory said.
    given: dict[str, Any]
    ended_at: datetime
    end_event: str
    #: Elements and flows passed, those that were undone left out.
    way: list[str] = field(default_factory=list)
    #: element → what was done at each visit, in order; None where a visit ended with nothing done
    visits: dict[str, list[Act | None]] = field(default_factory=dict)
    #: Why it cannot be told again: a payload was erased, or an administrator moved the case.
    gaps: list[str] = field(default_factory=list)


#: What moves a case in ways that no version of its process describes.
_MOVED = {"token.moved": "moved", "instance.migrated": "migrated"}
_ENDS = "instance.ended"


def read_past(happenings: Iterable[Happening]) -> Past | None:
    """A case's past; None for a case that has not come to an end event of its process."""
    reader = _Reader()
    for one in happenings:
        reader.read(one)
    return reader.past()


class _Reader:
    def __init__(self) -> None:
        self._start: Happening | None = None
        self._end: Happening | None = None
        self._given: dict[str, Any] = {}
        self._acts: dict[str, Act] = {}
        self._way: dict[str, list[str]] = {}
        self._forgotten: dict[str, str] = {}
        self._lost: dict[str, tuple[list[str], Act | None]] = {}
        #: task or job → its token, element and beginning
        self._begun: dict[str, tuple[str, str, datetime, int | None]] = {}
        #: tokens of tasks that count → the element, in the order of opening
        self._asked: dict[str, str] = {}
        #: written before the task was decided (votes, corrections): belongs to the next act
        self._loose: dict[str, Any] = {}
        self._gaps: list[str] = []

    def past(self) -> Past | None:
        if self._start is None or self._end is None:
            return None
        return Past(
            started_at=self._start.at,
            given=self._given,
            ended_at=self._end.at,
            end_event=str(self._end.subject.get("end_event") or ""),
            way=[name for names in self._way.values() for name in names],
            visits=self._visits(),
            gaps=self._gaps,
        )

    def _visits(self) -> dict[str, list[Act | None]]:
        found: dict[str, list[Act | None]] = defaultdict(list)
        for token, element in self._asked.items():
            found[element].append(self._acts.get(token))
        others = [act for token, act in self._acts.items() if token not in self._asked]
        for act in sorted(others, key=lambda act: act.at):
            found[act.element].append(act)
        return dict(found)

    def read(self, one: Happening) -> None:
        if one.type == "instance.started":
            self._start = one
        if one.type == _ENDS and one.subject.get("state") == "completed":
            self._end = one
        if one.payload is None:
            if one.type != _ENDS:
                self._gaps.append("erased")
            return
        if one.type in _MOVED:
            self._gaps.append(_MOVED[one.type])
        facts = one.payload
        written = _written(facts)
        if one.type == "instance.started":
            self._given = written
        elif act := self._act(one):
            act.fields = {**self._loose, **written}
            self._loose = {}
            self._acts[act.token] = act
        else:
            self._loose |= written
        self._follow(one.at, facts)

    def _act(self, one: Happening) -> Act | None:
        begun = self._begun.get(str(one.subject.get("task") or one.subject.get("job") or ""))
        kind = _KINDS.get(one.type)
        if begun is None or kind is None:
            return None
        token, element, since, run = begun
        facts = one.payload or {}
        return Act(
            kind=kind,
            element=element or str(one.subject["element"]),
            token=token,
            at=one.at,
            waited=one.at - since,
            outcome=str(one.subject.get("outcome") or ""),
            opinion=str(facts.get("opinion") or ""),
            by=one.actor or "",
            name=str(facts.get("name") or ""),
            how=str(one.subject.get("how") or ""),
            error=str(one.subject.get("error") or "") if one.type == "ability.failed" else "",
            run=run,
        )

    def _follow(self, at: datetime, facts: Mapping[str, Any]) -> None:
        for token in facts.get("redone", ()):
            names, act = self._lost.pop(token, ([], None))
            self._way[token] = names
            if token in self._forgotten:
                self._asked[token] = self._forgotten.pop(token)
            if act is not None:
                self._acts[token] = act
        for token in facts.get("repeats", {}).values():
            # Begun anew by another visit, which counts in its place.
            self._replace(token)
        for token in facts.get("undone", ()):
            self._lost[token] = (self._way.pop(token, []), self._acts.pop(token, None))
            if token in self._asked:
                self._forgotten[token] = self._asked.pop(token)
        for name, token, scope, *causes in facts.get("way", ()):
            self._way.setdefault(token, []).append(name)
            # The case went straight back to where it had been: the visit begins once more.
            if causes and causes[0] != scope and name in self._way.get(causes[0], [])[-1:]:
                self._replace(causes[0])
        for opened in facts.get("opened", ()):
            token, element, run = opened["token"], opened["element"], opened.get("run")
            self._begun[opened["task"]] = (token, element, at, run)
            self._asked[token] = element
            if opened.get("outcome"):
                # An earlier agreement stood for this step.
                self._acts[token] = Act(
                    "task",
                    element,
                    token,
                    at,
                    timedelta(),
                    outcome=opened["outcome"],
                    how=str(opened.get("how") or ""),
                    run=run,
                )
        for job in facts.get("jobs", ()):
            self._begun[job["job"]] = (job["token"], "", at, None)

    def _replace(self, token: str) -> None:
        for kept in (self._way, self._asked, self._acts):
            kept.pop(token, None)


_KINDS = {
    "task.completed": "task",
    "ability.done": "ability",
    "ability.failed": "ability",
    "timer.fired": "timer",
    "message.received": "message",
}


def _written(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The fields an event changed, without what its decisions computed."""
    computed = {one["into"] for one in facts.get("decisions", ())}
    found: dict[str, Any] = {}
    changes = facts.get("fields", {})
    if isinstance(changes, list):
        # A vote names what it wrote; what it was, the case knows.
        return dict.fromkeys(changes, AS_STORED)
    for name, change in changes.items():
        entry = _ENTRY.fullmatch(name)
        if (entry[1] if entry else name) not in computed:
            found[name] = change.get("new")
    return found


def whole(value: Any, stored: Any) -> Any:
    """A recorded value with its sensitive parts as the case holds them, sealed."""
    if isinstance(value, dict):
        if value == AS_STORED:
            return stored
        kept = stored if isinstance(stored, dict) else {}
        return {key: whole(item, kept.get(key)) for key, item in value.items()}
    if isinstance(value, list):
        rows = (
            stored
            if isinstance(stored, list) and len(stored) == len(value)
            else [None] * len(value)
        )
        return [whole(item, row) for item, row in zip(value, rows, strict=True)]
    return value
