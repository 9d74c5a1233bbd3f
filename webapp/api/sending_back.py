"""Putting a case back: send back, take back, and the applicant's revising."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView
from flask_smorest import Blueprint

from engine.commands.send_back import send_back
from engine.commands.sending_back import Target
from engine.commands.take_back import take_back
from engine.commands.trail import Trail
from engine.commands.withdraw import revise
from engine.queries.case import CaseView, case_of_task, read_case
from engine.queries.case_verbs import places_to_send_back
from schemas.verbs import ReasonIn, SendBackIn, TargetsOut
from schemas.wire import ActedOut
from webapp.api.present import acted_on
from webapp.language import language
from webapp.requests import current_actor, engine, perform

tasks = Blueprint("sending_back", __name__, url_prefix="/api/v1/tasks")
instances = Blueprint("revising", __name__, url_prefix="/api/v1/instances")


@tasks.route("/<string:task_id>/targets")
class Targets(MethodView):
    """Where a case can be sent back to."""

    @tasks.response(200, TargetsOut)
    def get(self, task_id: str) -> dict[str, Any]:
        """The places the caller may send the case back to from the task, the nearest first."""
        actor = current_actor()
        with engine().database.read() as connection:
            instance_id = case_of_task(connection, task_id)
            case = read_case(connection, engine(), actor, instance_id)
            trail = Trail(connection, case)
            found = places_to_send_back(trail, case, case.task(task_id), actor)
        return {"items": [_target(case, one) for one in found], "next": None}


@tasks.route("/<string:task_id>/send_back")
class SendBack(MethodView):
    """The verb send_back."""

    @tasks.arguments(SendBackIn)
    @tasks.alt_response(200, schema=ActedOut)
    def post(self, body: dict[str, Any], task_id: str) -> Response:
        """Send the case back to a place it has come through."""
        return perform(lambda uow: send_back(uow, task_id, **body), acted_on)


@tasks.route("/<string:task_id>/take_back")
class TakeBack(MethodView):
    """The verb take_back."""

    @tasks.arguments(ReasonIn)
    @tasks.alt_response(200, schema=ActedOut)
    def post(self, body: dict[str, Any], task_id: str) -> Response:
        """Take the own decision back while nobody has acted on it."""
        return perform(lambda uow: take_back(uow, task_id, **body), acted_on)


@instances.route("/<string:instance_id>/revise")
class Revise(MethodView):
    """The verb revise."""

    @instances.arguments(ReasonIn)
    @instances.alt_response(200, schema=ActedOut)
    def post(self, body: dict[str, Any], instance_id: str) -> Response:
        """The applicant takes the case back to change it and hand it in again."""
        return perform(lambda uow: revise(uow, instance_id, **body), acted_on)


def _target(case: CaseView, one: Target) -> dict[str, Any]:
    return {
        "element": one.element,
        "name": case.definition.text(
            case.definition.diagram.elements[one.element].name or one.element, language()
        ),
        "words": sorted(one.words),
        "has_block": one.has_block,
        "may_jump": one.may_jump,
    }
