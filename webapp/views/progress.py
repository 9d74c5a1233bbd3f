"""How far a case has come: the step list, the timeline in sentences, the opinions, the diagram."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.actors import SYSTEM
from engine.catalog.bpmn import Diagram, Element
from engine.engine import Engine
from engine.errors import UnknownOutcome
from engine.how_decided import PROXY, REPEATED, TIMEOUT
from engine.queries.case import CaseView, SignerView, TaskView
from engine.queries.history import Happening, way_taken
from engine.queries.likely import likely_steps
from webapp.language import gettext as _
from webapp.language import language, ngettext
from webapp.rights import role_title
from webapp.views.acts import copied, signer_retired, signers_added, urged, voted
from webapp.views.drawing import drawing

#: How many steps that lie ahead are shown.
_AHEAD = 6


def steps(
    engine: Engine, case: CaseView, happenings: Iterable[Happening] = ()
) -> list[dict[str, Any]]:
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
    sent_to = sent_to_by_task(case, happenings)
    for task in case.tasks:
        step = definition.steps[task.element]
        entry: dict[str, Any] = {"name": definition.text(step.name, language())}
        if task.state == "open":
            urged = ngettext("urged %(num)s time", "urged %(num)s times", task.urges)
            entry |= {
                "state": "now",
                "who": _who_may(engine, task),
                "due": _due(task),
                "note": urged if task.urges else None,
            }
        elif task.state == "completed":
            label = _outcome(case, task.element, task.outcome) if len(step.outcomes) > 1 else None
            entry |= {
                "state": "done",
                "who": _who_did(engine, task),
                "at": task.closed_at,
                "note": joined(label, task_note(engine, task), undone_note(task)),
            }
        elif task.state == "returned":
            entry |= {
                "state": "done",
                "who": by(engine, task.completed_by or "", task.completed_for),
                "at": task.closed_at,
                "note": joined(sent_back_text(sent_to.get(task.id)), task.opinion),
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


def joined(*parts: str | None) -> str | None:
    """What is there of some remarks, in one line."""
    return " · ".join(filter(None, parts)) or None


def undone_note(task: TaskView) -> str | None:
    """That a decision does not count any more."""
    return _("sent back since") if task.undone else None


def sent_to_by_task(case: CaseView, happenings: Iterable[Happening]) -> dict[str, str]:
    """Task → the step it was sent back to."""
    return {
        str(one.subject.get("task")): _place(case, str(one.subject.get("target") or ""))
        for one in happenings
        if one.type == "task.returned"
    }


def _place(case: CaseView, element: str) -> str:
    if element == case.definition.start_event:
        return _("The applicant")
    return _element_name(case, element)


def sent_back_text(place: str | None) -> str:
    """What a task says that was not decided but sent back."""
    return _("sent back to “%(to)s”", to=place) if place else _("sent back")


def _due(task: TaskView) -> dict[str, Any] | None:
    return {"at": task.due_at, "provisional": task.due_provisional} if task.due_at else None


def _who_did(engine: Engine, task: TaskView) -> str:
    voted = [one for one in task.signers if one.state == "voted"]
    if len(voted) > 1:
        shown = [by(engine, *signed_by(one)) for one in voted[:5]]
        return _listed(shown, more=len(voted) > 5)
    if task.completed_by == SYSTEM.id:
        return _("by itself")
    return by(engine, task.completed_by or "", task.completed_for)


def by(engine: Engine, person: str, owner: str | None) -> str:
    """The name of who acted, with the owner's where somebody stood in."""
    name = engine.directory.name(person)
    return name if owner is None else stood_in(name, engine.directory.name(owner))


def filled_by(engine: Engine, task: TaskView) -> str:
    """Who filled in a task's form, and in which way where it was no ordinary one."""
    note = "" if task.decided_how == PROXY else task_note(engine, task)
    return " · ".join(filter(None, (_who_did(engine, task), note)))


def task_note(engine: Engine, task: TaskView) -> str:
    """How a task was decided, where that was no ordinary way."""
    return decided_text(engine, task.decided_how, task.completed_by, task.completed_for)


def decided_text(engine: Engine, how: str | None, by: str | None, owner: str | None) -> str:
    """What stands beside a decision that was no ordinary one; empty for an ordinary one."""
    if how == PROXY:
        names = {
            one: engine.directory.name(who or "") for one, who in (("by", by), ("owner", owner))
        }
        return _("proxy (%(by)s for %(owner)s)", **names)
    if how == TIMEOUT:
        return _("automatic: the time was over")
    if how == REPEATED:
        return _("skipped: has agreed before")
    return ""


def _who_may(engine: Engine, task: TaskView) -> str:
    if task.claimed_by:
        return engine.directory.name(task.claimed_by)
    if task.signers:
        return _names(engine, [one.person_id for one in task.signers if one.state == "open"])
    return _keys_text(engine, task.keys)


def _keys_text(engine: Engine, keys: Iterable[str]) -> str:
    people: list[str] = []
    for key in keys:
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


def _on_the_way(diagram: Diagram, element: str) -> bool:
    return diagram.elements[element].kind != "boundaryEvent"


#: Where an event keeps what its actor said.
_SAID = ("opinion", "reason", "note", "text")


def timeline(engine: Engine, case: CaseView, happenings: list[Happening]) -> list[dict[str, Any]]:
    """The record in plain sentences, newest first."""
    told = []
    for one in happenings:
        text = _sentence(engine, case, one)
        payload = one.payload or {}
        if text:
            told.append({"at": one.at, "text": text, "said": _said(one.type, payload)})
        told += [
            {"at": one.at, "text": text, "said": None}
            for opened in payload.get("opened", ())
            for text in _opened(engine, case, opened)
        ]
    return list(reversed(told))


def _said(event: str, payload: Mapping[str, Any]) -> str | None:
    """What the person said with it. Why somebody is not impartial concerns no reader of the case."""
    if event.startswith("recusal."):
        return None
    parts = (payload.get(part) for part in ("opinion", "question", "advice", "reason"))
    return next((part for part in parts if part), None)


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
        "task.voted": lambda: voted(engine, one, facts),
        "task.signers_added": lambda: signers_added(payload, one.subject, facts),
        "task.returned": lambda: _(
            "%(name)s sent the case back from “%(step)s” to “%(to)s”",
            to=_place(case, str(one.subject.get("target") or "")),
            **facts,
        ),
        "task.taken_back": lambda: _("%(name)s took the decision on “%(step)s” back", **facts),
        "decision.undone": lambda: _(
            "%(name)s decided “%(step)s” and took it back within the seconds", **facts
        ),
        "decision.dropped": lambda: _(
            "%(name)s decided “%(step)s”, but the case had changed before it counted", **facts
        ),
        "task.reassigned": lambda: _("%(name)s gave “%(step)s” to somebody else", **facts),
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
        "task.signer_removed": lambda: _(
            "%(name)s took %(who)s off the signers of “%(step)s”",
            who=payload.get("person_name", ""),
            **facts,
        ),
        "task.signer_retired": lambda: signer_retired(payload, facts),
        "task.signers_reordered": lambda: _(
            "%(name)s changed the order of those who still sign “%(step)s”", **facts
        ),
        "task.vote_withdrawn": lambda: _("%(name)s took the vote on “%(step)s” back", **facts),
        "task.completed": lambda: _completed(case, one, facts),
        "task.reminded": lambda: _(
            "The time of “%(step)s” draws near; reminded: %(people)s",
            people=_names(engine, payload.get("people", [])),
            **facts,
        ),
        "task.escalated": lambda: _(
            "“%(step)s” waits too long; told: %(people)s",
            people=_names(engine, payload.get("people", [])),
            **facts,
        ),
        "task.handed_over": lambda: _handed_over(engine, payload, facts),
        "task.due_moved": lambda: _(
            "The deadline of “%(step)s” was computed again by the new calendar", **facts
        ),
        "token.moved": lambda: _(
            "%(name)s moved the case from “%(step)s” to “%(to)s”",
            to=_element_name(case, str(one.subject.get("target") or "")),
            **facts,
        ),
        "case.migrated": lambda: _migrated(payload, facts),
        "case.migration_undone": lambda: _(
            "%(name)s put the case back on the version it came from", **facts
        ),
        "timer.fired": lambda: _("The time of “%(step)s” came", **facts),
        "timer.moved": lambda: _("“%(step)s” was computed again by the new calendar", **facts),
        "ability.done": lambda: _("“%(step)s” was done by the system", **facts),
        "ability.waiting": lambda: _("“%(step)s” waits for an answer from outside", **facts),
        "ability.failed": lambda: _("“%(step)s” did not succeed", **facts),
        "incident": lambda: _(
            "“%(step)s” failed several times and needs an administrator", **facts
        ),
        "incident.retried": lambda: _("%(name)s had “%(step)s” tried again", **facts),
        "message.received": lambda: _("%(name)s delivered “%(step)s”", **facts),
        "instance.revised": lambda: _("%(name)s took the case back to change it", **facts),
        "instance.suspended": lambda: _("%(name)s had the case stand still", **facts),
        "instance.resumed": lambda: _("%(name)s let the case go on", **facts),
        "instance.terminated": lambda: _("%(name)s ended the case before its time", **facts),
        "instance.corrected": lambda: _("%(name)s corrected what the case says", **facts),
        "person.left": lambda: _("%(name)s has left; what waited for them was passed on", **facts),
        "person.shut_out": lambda: _(
            "%(name)s cannot sign in; what they had taken on is free again", **facts
        ),
        "recusal.declared": lambda: _("%(name)s declared not to be impartial here", **facts),
        "recusal.revoked": lambda: _("%(name)s took the recusal back", **facts),
        "task.recused": lambda: _("%(name)s stepped aside from “%(step)s”", **facts),
        "instance.withdrawn": lambda: _("%(name)s withdrew the case", **facts),
        "instance.ended": lambda: _ended(case, one),
        "refused": lambda: _("%(name)s tried “%(step)s” and was refused by a rule", **facts),
        "field.revealed": lambda: _("%(name)s looked at a sensitive value", **facts),
        "case.copied": lambda: copied(one, facts),
        "task.urged": lambda: urged(one, facts),
        "case.commented": lambda: _("%(name)s left a remark", **facts),
        "case.attached": lambda: ngettext(
            "%(name)s added %(num)s file",
            "%(name)s added %(num)s files",
            sum(key.startswith("file_") for key in one.subject),
            name=name,
        ),
        "letter.made": lambda: _(
            "“%(step)s”: the document was printed", step=str(payload.get("title") or step)
        ),
        "notice.moved": lambda: _("The end of the notice was computed again by the new calendar"),
        "notice.objected": lambda: _("An objection to the notice was handed in"),
        "payment.batched": lambda: _("The payment was sent to the bank"),
    }
    told = sentences.get(one.type)
    return told() if told else ""


def _migrated(payload: Mapping[str, Any], facts: dict[str, str]) -> str:
    if "to_version" not in payload:
        return _("%(name)s moved the case to another version of the process", **facts)
    return _(
        "%(name)s moved the case from version %(old)s of the process to version %(new)s",
        name=facts["name"],
        old=payload["from_version"],
        new=payload["to_version"],
    )


def _handed_over(engine: Engine, payload: Mapping[str, Any], facts: dict[str, str]) -> str:
    to = _keys_text(engine, payload.get("keys", []))
    if payload.get("fallback"):
        return _("“%(step)s” was handed over to %(to)s, as nobody else may do it", to=to, **facts)
    return _("“%(step)s” was handed over to %(to)s by itself", to=to, **facts)


def _opened(engine: Engine, case: CaseView, opened: dict[str, Any]) -> list[str]:
    """What is worth telling of a step that has just opened: that it fell to others, or was skipped."""
    element = str(opened.get("element"))
    step = _element_name(case, element)
    told = []
    if opened.get("fallback"):
        told.append(_("Nobody was found for “%(step)s”; it falls to others", step=step))
    if opened.get("outcome"):
        told.append(
            _(
                "“%(step)s” was skipped: %(name)s had agreed before",
                step=step,
                name=_names(engine, list(opened.get("repeated", ()))),
            )
        )
    return told


def stood_in(deputy: str, owner: str) -> str:
    """Who acted, where somebody stood in for another."""
    return _("%(deputy)s for %(owner)s", deputy=deputy, owner=owner)


def _completed(case: CaseView, one: Happening, facts: dict[str, str]) -> str:
    if one.subject.get("automatic"):
        return _("“%(step)s” was decided by itself when its time was over: %(outcome)s", **facts)
    step = case.definition.steps.get(str(one.subject.get("element")))
    task = next((task for task in case.tasks if task.id == one.subject.get("task")), None)
    if task is not None and task.tally is not None:
        return _("“%(step)s” was decided: %(outcome)s", **facts)
    if step is not None and len(step.outcomes) == 1:
        return _("%(name)s finished “%(step)s”", **facts)
    return _("%(name)s decided “%(step)s”: %(outcome)s", **facts)


def _ended(case: CaseView, one: Happening) -> str:
    return _("The case ended: %(how)s", how=_element_name(case, str(one.subject.get("end_event"))))


def _element_name(case: CaseView, element: str) -> str:
    try:
        # A case that was moved to another version has steps behind it that only the former one knows.
        found = case.definition.diagram.elements[element]
    except KeyError:
        return element
    return case.definition.text(found.name or element, language())


def _outcome(case: CaseView, element: str, outcome: Any) -> str:
    if outcome is None:
        return ""
    try:
        label = case.definition.outcome_given(element, outcome).label
    except (KeyError, UnknownOutcome):
        return str(outcome) if element in case.definition.steps else ""
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
        "xml": drawing(case.definition, language()),
        "done": [one for one in entered if one not in current],
        "flows": flows,
        "current": list(dict.fromkeys(current)),
        "labels": {},
    }
