"""What administrators do to a case: each verb with a reason, on the record as before and after."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView
from flask_smorest import Blueprint

from engine.commands.administer import correct, move_token, reassign, resume, suspend, terminate
from schemas.verbs import CorrectIn, MoveIn, ReasonIn, ReassignIn, TerminateIn
from schemas.wire import ActedOut
from webapp.api.present import acted_on
from webapp.requests import perform

instances = Blueprint("administering", __name__, url_prefix="/api/v1/instances")
tasks = Blueprint("moving", __name__, url_prefix="/api/v1/tasks")


@instances.route("/<string:instance_id>/suspend")
class Suspend(MethodView):
    """The verb suspend."""

    @instances.arguments(ReasonIn)
    @instances.alt_response(200, schema=ActedOut)
    def post(self, body: dict[str, Any], instance_id: str) -> Response:
        """Let the case stand still."""
        return perform(lambda uow: suspend(uow, instance_id, **body), acted_on)


@instances.route("/<string:instance_id>/resume")
class Resume(MethodView):
    """The verb resume."""

    @instances.arguments(ReasonIn)
    @instances.alt_response(200, schema=ActedOut)
    def post(self, body: dict[str, Any], instance_id: str) -> Response:
        """Let it go on; the time in which it stood still counts as not passed."""
        return perform(lambda uow: resume(uow, instance_id, **body), acted_on)


@instances.route("/<string:instance_id>/terminate")
class Terminate(MethodView):
    """The verb terminate."""

    @instances.arguments(TerminateIn)
    @instances.alt_response(200, schema=ActedOut)
    def post(self, body: dict[str, Any], instance_id: str) -> Response:
        """End the case early, its effects undone or kept."""
        return perform(lambda uow: terminate(uow, instance_id, **body), acted_on)


@instances.route("/<string:instance_id>/correct")
class Correct(MethodView):
    """The verb correct."""

    @instances.arguments(CorrectIn)
    @instances.alt_response(200, schema=ActedOut)
    def post(self, body: dict[str, Any], instance_id: str) -> Response:
        """Correct fields of the case's data; never sensitive ones."""
        return perform(lambda uow: correct(uow, instance_id, **body), acted_on)


@tasks.route("/<string:task_id>/move")
class Move(MethodView):
    """The verb move."""

    @tasks.arguments(MoveIn)
    @tasks.alt_response(200, schema=ActedOut)
    def post(self, body: dict[str, Any], task_id: str) -> Response:
        """Take an open task's token to another step, back or on."""
        return perform(lambda uow: move_token(uow, task_id, **body), acted_on)


@tasks.route("/<string:task_id>/reassign")
class Reassign(MethodView):
    """The verb reassign."""

    @tasks.arguments(ReassignIn)
    @tasks.alt_response(200, schema=ActedOut)
    def post(self, body: dict[str, Any], task_id: str) -> Response:
        """Give an open task to somebody else."""
        return perform(lambda uow: reassign(uow, task_id, **body), acted_on)
