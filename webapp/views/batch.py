"""What a batch would do with each of its items, and what it has done, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import Connection, select

from engine.actors import Actor
from engine.catalog.definition import Definition
from engine.catalog.steps import Outcome, Step
from engine.commands.access import holders_of
from engine.commands.start import Acted
from engine.engine import Engine
from engine.errors import EngineError, InvalidForm
from engine.store.tables import instance, task
from webapp import batch
from webapp.language import gettext as _
from webapp.language import language
from webapp.problems import sentence

#: The most items a page deals with at once.
MOST = 100
#: What stands for the opinion that is yet to be written while it is foreseen what would happen.
_YET_TO_BE_WRITTEN = "…"
#: An action of the page → the verb of the batch, and the boxes it is offered in.
ACTIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "agree": ("complete", ("todo", "pool")),
    "claim": ("claim", ("pool",)),
    "release": ("release", ("todo",)),
    "read": ("read", ("cc",)),
}


@dataclass(frozen=True, slots=True)
class Target:
    """A task, or for copies a case, as far as a batch must name it."""

    id: str
    title: str
    starter_id: str
    url: str
    case_url: str
    definition: Definition
    step: Step | None

    @property
    def outcome(self) -> Outcome | None:
        """The outcome that agreeing means here; None where the step has none of that kind."""
        if self.step is None:
            return None
        return next((one for one in self.step.outcomes if one.kind == "positive"), None)


def label(action: str) -> str:
    """The action in words, as its button says it."""
    return {
        "agree": _("Agree"),
        "claim": _("Take on"),
        "release": _("Put back"),
        "read": _("Mark as read"),
    }[action]


def actions_of(box: str) -> list[dict[str, str]]:
    """What a list offers to do with several of its lines."""
    return [
        {"id": action, "label": label(action)}
        for action, (_verb, boxes) in ACTIONS.items()
        if box in boxes
    ]


def targets(
    house: Engine, connection: Connection, action: str, ids: Sequence[str]
) -> dict[str, Target]:
    """The items by id, from one statement; what the person may know of them is asked of each verb."""
    columns = (instance.c.id, instance.c.definition_id, instance.c.title, instance.c.starter_id)
    if ACTIONS[action][0] == "read":
        statement = select(*columns).where(instance.c.id.in_(ids))
    else:
        statement = (
            select(*columns, task.c.id.label("task_id"), task.c.element_id)
            .join(task, task.c.instance_id == instance.c.id)
            .where(task.c.id.in_(ids))
        )
    found = {}
    for row in connection.execute(statement):
        fields = row._mapping
        definition = house.catalog.get(row.definition_id)
        task_id = fields.get("task_id")
        case_url = url_for("pages.case", id=row.id)
        found[str(task_id or row.id)] = Target(
            id=str(task_id or row.id),
            title=row.title,
            starter_id=row.starter_id,
            url=url_for("pages.task", id=task_id) if task_id else case_url,
            case_url=case_url,
            definition=definition,
            step=definition.steps[fields["element_id"]] if task_id else None,
        )
    return found


def item_of(
    action: str, id: str, target: Target | None, *, opinion: str = "", confirm: bool = False
) -> dict[str, Any]:
    """The entry of the batch for one line."""
    outcome = target.outcome if target is not None and action == "agree" else None
    return {
        "id": id,
        "verb": ACTIONS[action][0],
        "outcome": outcome.id if outcome else None,
        "opinion": opinion,
        "confirm": confirm,
    }


def foreseen(
    house: Engine, actor: Actor, action: str, ids: Sequence[str], known: Mapping[str, Target]
) -> list[dict[str, Any]]:
    """Each item with what would become of it."""
    lines = []
    for id in ids:
        target = known.get(id)
        item = item_of(action, id, target, opinion=_YET_TO_BE_WRITTEN, confirm=True)
        result = batch.foresee(house, actor, item)
        outcome = target.outcome if target and action == "agree" else None
        line = _named(house, target, result.refusal)
        line.update(
            id=id,
            possible=result.refusal is None,
            why=_why(target, result.refusal) if result.refusal else None,
            outcome=target.definition.text(outcome.label, language())
            if target and outcome and result.refusal is None
            else None,
            then=_then(house, result.acted) if isinstance(result.acted, Acted) else None,
            needs_confirmation=bool(
                action == "agree" and target and target.step and target.step.irreversible
            ),
            needs_opinion=bool(outcome and outcome.opinion_required),
        )
        lines.append(line)
    return lines


def results(
    house: Engine, answers: Sequence[Mapping[str, Any]], known: Mapping[str, Target]
) -> list[dict[str, Any]]:
    """Each item with what has become of it."""
    lines = []
    for one in answers:
        target = known.get(one["id"])
        problem = one["problem"]
        hidden = problem is not None and problem["status"] == 404
        line = _named(house, None if hidden else target, None)
        fields = [error["message"] for error in (problem or {}).get("errors", ())]
        line.update(
            id=one["id"],
            done=one["status"] == 200,
            why=" ".join([problem["title"], *fields[:3]]) if problem else None,
        )
        if one["status"] == 200 and target is not None:
            line["url"] = target.case_url
        lines.append(line)
    return lines


def _named(house: Engine, target: Target | None, refusal: EngineError | None) -> dict[str, Any]:
    """What the line is about; nothing where the person may not know of it."""
    if target is None or (refusal is not None and refusal.problem == "not_found"):
        return {"what": _("Not to be found"), "who": "", "step": "", "url": None}
    return {
        "what": target.title,
        "who": house.directory.name(target.starter_id),
        "step": target.definition.text(target.step.name, language()) if target.step else "",
        "url": target.url,
    }


def _why(target: Target | None, refusal: EngineError) -> str:
    errors = refusal.parts.get("errors")
    if isinstance(refusal, InvalidForm) and isinstance(errors, (list, tuple)) and target:
        labels = _labels(target, [one.path for one in errors])
        separator = ", " if language() == "en" else "、"
        return _("Needs its form first: %(fields)s", fields=separator.join(labels))
    if refusal.problem == "unknown_outcome" and target is not None and target.outcome is None:
        return _("This step knows no agreement; open it to decide.")
    return sentence(refusal.problem, refusal.parts)


def _labels(target: Target, paths: Sequence[str]) -> list[str]:
    """What the fields are called on the form, each once."""
    form = target.definition.form_of(target.step) if target.step else None
    labels = {path: field.label for path, field in form.fields()} if form else {}
    named = [target.definition.text(labels.get(path) or path, language()) for path in paths]
    return list(dict.fromkeys(filter(None, named)))[:5] or [_("the form")]


def _then(house: Engine, acted: Acted) -> str | None:
    """Where the case goes next, and to whom."""
    case = acted.case
    if not acted.decided:
        return _("others still sign")
    if case.ended_at is not None:
        return _("the case ends")
    steps = []
    for one in acted.moved.opened:
        people = one.signers or holders_of(house.directory, one.keys)
        names = [house.directory.name(person) for person in people[:3]]
        who = (", " if language() == "en" else "、").join(names) + (" …" if len(people) > 3 else "")
        name = case.definition.text(one.name, language())
        steps.append(f"{name} ({who})" if language() == "en" else f"{name}（{who}）")
    if not steps:
        return None
    return _("next: %(steps)s", steps="; ".join(steps))
