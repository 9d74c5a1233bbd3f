"""People to choose from: names and units, never anything else of a person."""

from __future__ import annotations

from engine.actors import Actor
from engine.commands.circle import possible_receivers
from engine.engine import Engine
from engine.queries.case import CaseView, TaskView
from engine.queries.verbs import whose_part

#: As many people as a list on a page offers; the API's picker searches further.
MOST_OPTIONS = 200


def receivers(
    house: Engine,
    case: CaseView,
    task: TaskView,
    actor: Actor,
    text: str = "",
    *,
    purpose: str = "transfer",
    most: int = MOST_OPTIONS,
) -> list[str]:
    """Who may be chosen: `transfer` a new holder, `delegate` an adviser, `signer` one more who signs."""
    person = whose_part(case, task, actor) or actor
    without = {actor.id, *(one.person_id for one in task.signers)}
    if purpose == "delegate":
        waiting = {one.adviser_id for one in task.advice if one.state == "open"}
        without = {actor.id, *waiting}
    return possible_receivers(
        house,
        case,
        case.definition.steps[task.element],
        person,
        text,
        keys=task.keys,
        without=without,
        advice=purpose == "delegate",
        most=most,
    )
