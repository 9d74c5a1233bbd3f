"""What the caller has declared not to be impartial about."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView
from flask_smorest import Blueprint

from engine.commands.recusals import declare, revoke
from engine.queries.recusals import RecusalView, recusals_of
from engine.store.unit_of_work import UnitOfWork
from schemas.wire import EmptyIn
from schemas.wire_people import RecusalIn, RecusalList, RecusalRef
from webapp.requests import current_actor, engine, perform

blueprint = Blueprint("recusals", __name__, url_prefix="/api/v1/recusals")


@blueprint.route("")
class Recusals(MethodView):
    """The caller's own declarations."""

    @blueprint.response(200, RecusalList)
    def get(self) -> dict[str, Any]:
        """All of them, those that stand first."""
        with engine().database.read() as connection:
            found = recusals_of(connection, current_actor().id)
        return {"items": [_view(one) for one in found], "next": None}

    @blueprint.arguments(RecusalIn)
    @blueprint.doc(responses={"201": {"description": "Declared", "content": {}}})
    @blueprint.alt_response(201, schema=RecusalRef)
    def post(self, body: dict[str, Any]) -> Response:
        """Declare not to be impartial: about a person (`about`), or in one case (`instance`)."""

        def command(uow: UnitOfWork) -> str:
            return declare(
                uow, about=body["about"], instance_id=body["instance"], reason=body["reason"]
            )

        return perform(command, lambda _uow, made: {"id": made}, status=201)


@blueprint.route("/<string:recusal_id>/revoke")
class Revoke(MethodView):
    """The verb revoke."""

    @blueprint.arguments(EmptyIn)
    @blueprint.alt_response(200, schema=RecusalRef)
    def post(self, _body: dict[str, Any], recusal_id: str) -> Response:
        """Take an own declaration back."""
        return perform(lambda uow: revoke(uow, recusal_id), lambda _uow, _none: {"id": recusal_id})


def _view(one: RecusalView) -> dict[str, Any]:
    return {
        "id": one.id,
        "about": one.about_id,
        "about_name": engine().directory.name(one.about_id) if one.about_id else None,
        "instance": one.instance_id,
        "title": one.title,
        "reason": one.reason,
        "declared_at": one.declared_at,
        "revoked_at": one.revoked_at,
    }
