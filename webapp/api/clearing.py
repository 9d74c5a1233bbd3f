"""Deciding with some seconds to take it back."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView
from flask_smorest import Blueprint

from engine.commands.drafts import discard_draft, place_of_task
from engine.commands.hold import Held, hold, undo
from engine.store.unit_of_work import UnitOfWork
from schemas.clearing import HeldOut
from schemas.wire import CompleteIn, EmptyIn
from webapp.requests import perform

tasks = Blueprint("clearing", __name__, url_prefix="/api/v1/tasks")


@tasks.route("/<string:task_id>/hold")
class Hold(MethodView):
    """The verb hold."""

    @tasks.arguments(CompleteIn())
    @tasks.alt_response(200, schema=HeldOut)
    def post(self, body: dict[str, Any], task_id: str) -> Response:
        """Decide as with complete; it counts after the seconds the caller has chosen (8 by default)."""
        return perform(lambda uow: decide(uow, task_id, **body), _held)


@tasks.route("/<string:task_id>/undo")
class Undo(MethodView):
    """The verb undo."""

    @tasks.arguments(EmptyIn)
    @tasks.alt_response(200, schema=HeldOut)
    def post(self, _body: dict[str, Any], task_id: str) -> Response:
        """Take the own decision back before it counts; what was typed is the caller's draft again."""
        return perform(lambda uow: undo(uow, task_id), _held)


def decide(uow: UnitOfWork, task_id: str, **said: Any) -> Held:
    """Hold the decision; its draft is in it now."""
    held = hold(uow, task_id, **said)
    discard_draft(uow, place_of_task(task_id))
    return held


def _held(_uow: UnitOfWork, held: Held) -> dict[str, Any]:
    return {
        "task": held.task_id,
        "instance": held.instance_id,
        "outcome": held.outcome,
        "held_at": held.held_at.isoformat(),
        "counts_at": held.counts_at.isoformat(),
    }
