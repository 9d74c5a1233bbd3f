"""Fields of the case that a reader does not see: what the steps hide that brought the reader into it.

A step's property `hides` names fields that whoever acts there need not know. Who has no other part in the
case does not see them, on any page and through no address. Who acts at another step too, applies, or may
read every case of the process does: a field is hidden from people, not from hats.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine.actors import Actor
from engine.catalog.definition import Definition
from engine.queries.proxies import StandIn
from engine.queries.readers import reader_keys

if TYPE_CHECKING:
    from engine.queries.case import CopyView, TaskView

_NOTHING: frozenset[str] = frozenset()


def hidden_from(
    definition: Definition,
    actor: Actor,
    case: Any,
    tasks: Iterable[TaskView],
    copies: Iterable[CopyView],
    owners: Sequence[StandIn],
) -> frozenset[str]:
    """Names of the document's fields that this reader is not shown. `case` is its row."""
    if actor.id == case.starter_id or not any(step.hides for step in definition.steps.values()):
        return _NOTHING
    if reader_keys(definition, case.places) & actor.keys:
        return _NOTHING
    if any(one.person_id == actor.id for one in copies):
        return _NOTHING
    people = [actor, *(one.owner for one in owners if one.owner.id != case.starter_id)]
    elements = {
        element for element, who in case.participants.items() if _acted(who, actor.id)
    } & definition.steps.keys()
    elements |= {task.element for task in tasks if any(_asked(task, one) for one in people)}
    if not elements:
        return _NOTHING
    return frozenset.intersection(*(definition.steps[one].hides for one in elements))


def without(document: Mapping[str, Any], hidden: frozenset[str]) -> Mapping[str, Any]:
    """The document as far as it is shown."""
    return {name: value for name, value in document.items() if name not in hidden}


def _acted(who: Mapping[str, Any], person: str) -> bool:
    return person in who.get("people", ()) or person in who.get("advisers", ())


def _asked(task: TaskView, person: Actor) -> bool:
    return (
        bool(person.keys & set(task.keys))
        or task.claimed_by == person.id
        or any(one.person_id == person.id and one.state != "removed" for one in task.signers)
        or any(one.adviser_id == person.id and one.state == "open" for one in task.advice)
    )
