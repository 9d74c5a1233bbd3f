"""Many tasks at once: what a batch can do with an item, and what would become of it.

A verb joins by an entry of `VERBS` and its name in `schemas.wire.BATCH_VERBS`. It is the same command
as for one task, in a transaction of its own: separation, forms and opinions are asked of each item.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.actors import Actor
from engine.commands.claim import claim, release
from engine.commands.complete import complete
from engine.commands.copies import mark_read
from engine.commands.send_back import send_back
from engine.commands.sending_back import PREVIOUS
from engine.commands.start import Acted
from engine.commands.urge import urge_task
from engine.engine import Engine
from engine.errors import ConfirmationRequired, EngineError, NotFound
from engine.queries.case import may_read
from engine.store.unit_of_work import UnitOfWork
from webapp.problems import document, status_of

Item = Mapping[str, Any]


def _complete(uow: UnitOfWork, item: Item) -> Acted:
    acted = complete(
        uow,
        item["id"],
        outcome=item.get("outcome"),
        form=item.get("form"),
        opinion=item.get("opinion") or "",
        version=item.get("version"),
    )
    step = acted.case.definition.steps[str(acted.element)]
    # Nothing is committed yet: an unconfirmed item is left as it was.
    if step.irreversible and not item.get("confirm"):
        raise ConfirmationRequired(element=step.id)
    return acted


def _read(uow: UnitOfWork, item: Item) -> None:
    if not may_read(uow.connection, uow.engine, uow.actor, item["id"]):
        raise NotFound(instance=item["id"])
    mark_read(uow, item["id"])


def _send_back(uow: UnitOfWork, item: Item) -> Acted:
    """The batch's opinion is the reason; only the step just before is the same for all of many cases."""
    return send_back(
        uow,
        item["id"],
        item.get("target") or PREVIOUS,
        reason=item.get("opinion") or "",
        then=item.get("then") or "walk",
    )


VERBS: dict[str, Callable[[UnitOfWork, Item], object]] = {
    "complete": _complete,
    "claim": lambda uow, item: claim(uow, item["id"]),
    "release": lambda uow, item: release(uow, item["id"]),
    "urge": lambda uow, item: urge_task(uow, item["id"], note=item.get("note") or ""),
    "read": _read,
    "send_back": _send_back,
}


def items_of(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The items of a batch, each with what the batch says for all that say nothing themselves."""
    shared = {"outcome": body.get("outcome"), "opinion": body.get("opinion") or ""}
    return [
        {**item, **{name: value for name, value in shared.items() if item.get(name) is None}}
        for item in body["items"]
    ]


def act(uow: UnitOfWork, item: Item) -> dict[str, Any]:
    """Do one item; the caller commits."""
    VERBS[item["verb"]](uow, item)
    return {"id": item["id"], "status": 200, "problem": None}


def refused(item: Item, error: EngineError) -> dict[str, Any]:
    """The result of an item that was refused and left as it was."""
    return {"id": item["id"], "status": status_of(error), "problem": document(error)}


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would become of an item: what the command leads to, or why it refuses."""

    acted: object = None
    refusal: EngineError | None = None


def foresee(house: Engine, actor: Actor, item: Item) -> Foreseen:
    """Do one item and take it back: what a page promises is what the command then does.

    No refusal goes on the record, because nobody has tried anything yet.
    """
    with house.database.write() as connection:
        try:
            return Foreseen(acted=VERBS[item["verb"]](UnitOfWork(house, connection, actor), item))
        except EngineError as error:
            return Foreseen(refusal=error)
        finally:
            connection.rollback()
