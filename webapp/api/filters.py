"""Lists of work kept under a name."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView
from flask_smorest import Blueprint

from engine.commands.saved_filters import change_filter, remove_filter, save_filter
from engine.queries.saved_filters import saved_filters
from schemas.lists import FilterChange, FilterIn, FilterList, FilterRef
from schemas.wire import EmptyIn
from webapp.requests import current_actor, engine, perform
from webapp.views.people import person

blueprint = Blueprint("filters", __name__, url_prefix="/api/v1/filters")


@blueprint.route("")
class Filters(MethodView):
    """The caller's, and those shared with a role the caller holds."""

    @blueprint.response(200, FilterList)
    def get(self) -> dict[str, Any]:
        """All of them, the own ones first."""
        actor, house = current_actor(), engine()
        with house.database.read() as connection:
            found = saved_filters(connection, actor)
        return {
            "items": [
                {
                    "id": one.id,
                    "name": one.name,
                    "view": one.view.as_dict(),
                    "role": one.role,
                    "owner": person(house, one.owner_id),
                    "mine": one.owner_id == actor.id,
                }
                for one in found
            ],
            "next": None,
        }

    @blueprint.arguments(FilterIn)
    @blueprint.alt_response(201, schema=FilterRef)
    def post(self, body: dict[str, Any]) -> Response:
        """Keep a list of work under a name; with a role, everybody who holds it sees it."""
        return perform(
            lambda uow: save_filter(uow, body["name"], body["view"], role=body["role"]),
            lambda _uow, made: {"id": made},
            status=201,
        )


@blueprint.route("/<string:filter_id>")
class OneFilter(MethodView):
    """One of the caller's own."""

    @blueprint.arguments(FilterChange)
    @blueprint.alt_response(200, schema=FilterRef)
    def post(self, body: dict[str, Any], filter_id: str) -> Response:
        """Give it another name or view, or share it with another role or nobody (null)."""
        return perform(
            lambda uow: change_filter(uow, filter_id, body), lambda _uow, _none: {"id": filter_id}
        )


@blueprint.route("/<string:filter_id>/remove")
class Removal(MethodView):
    """The end of a filter."""

    @blueprint.arguments(EmptyIn)
    @blueprint.alt_response(200, schema=FilterRef)
    def post(self, _body: dict[str, Any], filter_id: str) -> Response:
        """Take it away, from everybody who saw it."""
        return perform(
            lambda uow: remove_filter(uow, filter_id), lambda _uow, _none: {"id": filter_id}
        )
