"""How far a case has come: the step list, the timeline in sentences, the opinions, the diagram."""

from __future__ import annotations

import re
from typing import Any

from engine.catalog.bpmn import Diagram, Element, Flow
from engine.catalog.definition import Definition
from engine.engine import Engine
from engine.queries.case import CaseView, SignerView, TaskView
from engine.queries.history import Happening, way_taken
from webapp.language import gettext as _
from webapp.language import language
from webapp.rights import role_title

#: How many steps that lie ahead are shown.
_AHEAD = 6
#: `outcomes.<step> = "<outcome>"` in a condition.
_ASKS = re.compile(r'outcomes\.(\w+)\s*=\s*"(\w+)"')


def steps(engine: Engine, case: CaseView) -> list[dict[str, Any]]:
    """Done, now and next, with names and times."""
    definition = case.definition
    found: list[dict[str, Any]] = [
        {
            "name": _("Application"),
            "state": "done",
            "who": engine.directory.name(case.starter_id),
            "at": case.started_at,
        }
    ]
    for task in case.tasks:
        step = definition.steps[task.element]
        entry: dict[str, Any] = {"name": definition.text(step.name, language())}
        if task.state == "open":
            entry |= {"state": "now", "who": _who_may(engine, task), "due": _due(task)}
        elif task.state == "completed":
            outcome = step.outcome(task.outcome)
            label = definition.text(outcome.label, language()) if len(step.outcomes) > 1 else None
            entry |= {
                "state": "done",
                "who": _who_did(engine, task),
                "at": task.closed_at,
                "note": label,
            }
        else:
            entry |= {"state": "skipped", "at": task.closed_at}
        found.append(entry)
    for job in case.jobs:
        element = definition.diagram.elements.get(job.element or "")
        if element is None or element.kind == "boundaryEvent":
            continue
        name = definition.text(element.name or element.id, language())
        due = {"at": job.due_at, "provisional": job.provisional} if job.kind == "timer" else None
        found.append({"name": name, "state": "now", "due": due})
    if case.state == "active":
        found += [
            {"name": definition.text(one.name or one.id, language()), "state": "next"}
            for one in _ahead(case)
        ]
    return found


def _due(task: TaskView) -> dict[str, Any] | None:
    return {"at": task.due_at, "provisional": task.due_provisional} if task.due_at else None


def _who_did(engine: Engine, task: TaskView) -> str:
    voted = [one for one in task.signers if one.state == "voted"]
    if len(voted) > 1:
        shown = [by(engine, *signed_by(one)) for one in voted[:5]]
        return _listed(shown, more=len(voted) > 5)
    return by(engine, task.completed_by or "", task.completed_for)


def by(engine: Engine, person: str, owner: str | None) -> str:
    """The name of who acted, with the owner's where somebody stood in."""
    name = engine.directory.name(person)
    return name if owner is None else stood_in(name, engine.directory.name(owner))


def _who_may(engine: Engine, task: TaskView) -> str:
    if task.claimed_by:
        return engine.directory.name(task.claimed_by)
    if task.signers:
        return _names(engine, [one.person_id for one in task.signers if one.state == "open"])
    people: list[str] = []
    for key in task.keys:
        if key.startswith("person:"):
            people.append(key.removeprefix("person:"))
            continue
        role, _at, place = key.partition("@")
        holders = engine.directory.holders(role, place)
        if len(holders) > 3:
            return role_title(role, language())
        people += holders
    return _names(engine, people)


def _names(engine: Engine, people: list[str]) -> str:
    return _listed([engine.directory.name(one) for one in people[:5]], more=len(people) > 5)


def _listed(names: list[str], *, more: bool) -> str:
    separator = ", " if language() == "en" else "、"
    return separator.join(names) + (" …" if more else "")


def signed_by(one: SignerView) -> tuple[str, str | None]:
    """Who cast a signer's vote, and for whom if somebody stood in."""
    return (one.voted_by, one.person_id) if one.voted_by else (one.person_id, None)


def _ahead(case: CaseView) -> list[Element]:
    diagram = case.definition.diagram
    at = [task.element for task in case.open_tasks]
    at += [job.element for job in case.jobs if job.element and _on_the_way(diagram, job.element)]
    return likely_steps(case.definition, at, {task.element for task in case.tasks}, _AHEAD)


def likely_steps(definition: Definition, at: list[str], done: set[str], most: int) -> list[Element]:
    """The people's steps if all goes well: the flow of an agreement, else the default, else the first."""
    diagram = definition.diagram
    seen: set[str] = set(at)
    found: list[Element] = []
    while at and len(found) < most:
        element = diagram.elements[at.pop(0)]
        for target in _onward(definition, element):
            if target in seen:
                continue
            seen.add(target)
            at.append(target)
            one = diagram.elements[target]
            if one.kind in ("userTask", "manualTask") and target not in done:
                found.append(one)
    return found[:most]


def _on_the_way(diagram: Diagram, element: str) -> bool:
    return diagram.elements[element].kind != "boundaryEvent"


def _onward(definition: Definition, element: Element) -> list[str]:
    flows = [definition.diagram.flows[one] for one in element.outgoing]
    if element.kind == "exclusiveGateway" and flows:
        agreed = (one for one in flows if _is_agreement(definition, one))
        default = (one for one in flows if one.is_default)
        return [next(agreed, next(default, flows[0])).target]
    return [one.target for one in flows]


def _is_agreement(definition: Definition, flow: Flow) -> bool:
    """True when a flow's condition asks for the positive outcome of a step, or for something to be true."""
    return flow.condition.replace(" ", "").endswith("=true") or any(
        outcome.kind == "positive"
        for step, wanted in _ASKS.findall(flow.condition)
        if step in definition.steps
        for outcome in definition.steps[step].outcomes
        if outcome.id == wanted
    )


def opinions(engine: Engine, case: CaseView) -> list[dict[str, Any]]:
    """What people said, signers one by one, in the order they said it."""
    found: list[dict[str, Any]] = []
    for task in case.tasks:
        step = case.definition.steps[task.element]
        name = case.definition.text(step.name, language())
        votes = [one for one in task.signers if one.state == "voted"]
        said = [(*signed_by(one), one.outcome, one.opinion, one.voted_at) for one in votes]
        if not votes and task.state == "completed":
            said = [
                (
                    task.completed_by or "",
                    task.completed_for,
                    task.outcome,
                    task.opinion,
                    task.closed_at,
                )
            ]
        found += _advice(engine, task, name)
        for person, owner, outcome_id, opinion, at in said:
            outcome = step.outcome(outcome_id)
            if len(step.outcomes) == 1 and not opinion:
                continue
            found.append(
                {
                    "by": by(engine, person, owner) if person != "system" else _("by itself"),
                    "unit": _unit(engine, person),
                    "at": at,
                    "task": name,
                    "outcome": case.definition.text(outcome.label, language()),
                    "kind": outcome.kind,
                    "text": opinion,
                    "note": None,
                }
            )
    return sorted(found, key=lambda one: one["at"])


def _advice(engine: Engine, task: TaskView, step: str) -> list[dict[str, Any]]:
    """What advisers answered: beside the opinions, and never a decision."""
    return [
        {
            "by": engine.directory.name(one.adviser_id),
            "unit": _unit(engine, one.adviser_id),
            "at": one.closed_at,
            "task": step,
            "outcome": _("advice"),
            "kind": "advice",
            "text": one.advice,
            "note": _(
                "asked by %(name)s: %(text)s",
                name=engine.directory.name(one.owner_id),
                text=one.question,
            ),
        }
        for one in task.advice
        if one.state == "answered"
    ]


def _unit(engine: Engine, person: str) -> str:
    if person in ("", "system"):
        return ""
    return str(engine.directory.facts(person).get("unit_name", ""))


def timeline(engine: Engine, case: CaseView, happenings: list[Happening]) -> list[dict[str, Any]]:
    """The record in plain sentences, newest first."""
    told = []
    for one in happenings:
        text = _sentence(engine, case, one)
        if text:
            payload = one.payload or {}
            said = next(
                (
                    payload[part]
                    for part in ("opinion", "question", "advice", "reason")
                    if payload.get(part)
                ),
                None,
            )
            told.append({"at": one.at, "text": text, "said": said})
    return list(reversed(told))


def _sentence(engine: Engine, case: CaseView, one: Happening) -> str:
    payload = one.payload or {}
    name = payload.get("name") or engine.directory.name(one.actor or "")
    if payload.get("for_name"):
        name = stood_in(name, payload["for_name"])
    element = str(one.subject.get("element") or "")
    step = _element_name(case, element)
    outcome = _outcome(case, element, one.subject.get("outcome"))
    facts = {"name": name, "step": step, "outcome": outcome}
    sentences = {
        "instance.started": lambda: _("%(name)s handed in the case", **facts),
        "task.claimed": lambda: _("%(name)s took on “%(step)s”", **facts),
        "task.released": lambda: _("%(name)s put “%(step)s” back", **facts),
        "task.transferred": lambda: _(
            "%(name)s handed “%(step)s” on to %(to)s", to=payload.get("to_name"), **facts
        ),
        "task.advice_asked": lambda: _(
            "%(name)s asked %(to)s for advice on “%(step)s”", to=payload.get("to_name"), **facts
        ),
        "task.advice_given": lambda: _("%(name)s gave advice on “%(step)s”", **facts),
        "task.advice_recalled": lambda: _(
            "%(name)s took the question to %(to)s about “%(step)s” back",
            to=payload.get("to_name"),
            **facts,
        ),
        "task.voted": lambda: _("%(name)s signed “%(step)s”: %(outcome)s", **facts),
        "task.completed": lambda: _completed(case, one, facts),
        "timer.fired": lambda: _("The time of “%(step)s” came", **facts),
        "timer.moved": lambda: _("“%(step)s” was computed again by the new calendar", **facts),
        "ability.done": lambda: _("“%(step)s” was done by the system", **facts),
        "ability.waiting": lambda: _("“%(step)s” waits for an answer from outside", **facts),
        "ability.failed": lambda: _("“%(step)s” did not succeed", **facts),
        "incident": lambda: _(
            "“%(step)s” failed several times and needs an administrator", **facts
        ),
        "incident.retried": lambda: _("%(name)s had “%(step)s” tried again", **facts),
        "instance.withdrawn": lambda: _("%(name)s withdrew the case", **facts),
        "instance.ended": lambda: _ended(case, one),
        "refused": lambda: _("%(name)s tried “%(step)s” and was refused by a rule", **facts),
        "field.revealed": lambda: _("%(name)s looked at a sensitive value", **facts),
        "letter.made": lambda: _("“%(step)s”: the document was printed", **facts),
        "notice.moved": lambda: _("The end of the notice was computed again by the new calendar"),
        "notice.objected": lambda: _("An objection to the notice was handed in"),
        "payment.batched": lambda: _("The payment was sent to the bank"),
    }
    told = sentences.get(one.type)
    return told() if told else ""


def stood_in(deputy: str, owner: str) -> str:
    """Who acted, where somebody stood in for another."""
    return _("%(deputy)s for %(owner)s", deputy=deputy, owner=owner)


def _completed(case: CaseView, one: Happening, facts: dict[str, str]) -> str:
    if one.subject.get("automatic"):
        return _("“%(step)s” was decided by itself when its time was over: %(outcome)s", **facts)
    step = case.definition.steps.get(str(one.subject.get("element")))
    if step is not None and step.sign_off.several:
        return _("“%(step)s” was decided: %(outcome)s", **facts)
    if step is not None and len(step.outcomes) == 1:
        return _("%(name)s finished “%(step)s”", **facts)
    return _("%(name)s decided “%(step)s”: %(outcome)s", **facts)


def _ended(case: CaseView, one: Happening) -> str:
    return _("The case ended: %(how)s", how=_element_name(case, str(one.subject.get("end_event"))))


def _element_name(case: CaseView, element: str) -> str:
    found = case.definition.diagram.elements.get(element)
    return case.definition.text(found.name or element, language()) if found else element


def _outcome(case: CaseView, element: str, outcome: Any) -> str:
    step = case.definition.steps.get(element)
    if step is None or outcome is None:
        return ""
    label = next((one.label for one in step.outcomes if one.id == outcome), str(outcome))
    return case.definition.text(label, language())


def diagram(case: CaseView, happenings: list[Happening]) -> dict[str, Any]:
    """The diagram's data for the viewer: the way taken and where the case stands."""
    flows, entered = way_taken(case.definition.diagram, happenings)
    current = [task.element for task in case.open_tasks]
    current += [
        job.element
        for job in case.jobs
        if job.element and _on_the_way(case.definition.diagram, job.element)
    ]
    return {
        "xml": case.definition.package.files["process.bpmn"].decode("utf-8"),
        "done": [one for one in entered if one not in current],
        "flows": flows,
        "current": list(dict.fromkeys(current)),
        "labels": {},
    }
