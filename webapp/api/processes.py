"""What the caller may start, and starting it."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView
from flask_smorest import Blueprint

from engine.catalog.definition import Definition
from engine.commands.start import start
from engine.queries.route import preview_start
from schemas.wire import ActedOut, PreviewOut, PreviewStartIn, ProcessList, StartIn
from webapp.api.present import acted
from webapp.language import language
from webapp.requests import current_actor, engine, perform
from webapp.views.route import steps

blueprint = Blueprint("processes", __name__, url_prefix="/api/v1/processes")


@blueprint.route("")
class Processes(MethodView):
    """The catalogue."""

    @blueprint.response(200, ProcessList)
    def get(self) -> dict[str, Any]:
        """The processes that one of the caller's roles may start."""
        actor = current_actor()
        with engine().database.read() as connection:
            definitions = engine().catalog.all_active(connection)
        return {
            "items": [
                _process(one)
                for one in definitions
                if any(actor.has_role(role) for role in one.manifest.start_roles)
            ],
            "next": None,
        }


@blueprint.route("/<string:key>/instances")
class ProcessInstances(MethodView):
    """Cases of a process."""

    @blueprint.arguments(StartIn)
    @blueprint.doc(responses={"201": {"description": "Started", "content": {}}})
    @blueprint.alt_response(201, schema=ActedOut)
    def post(self, body: dict[str, Any], key: str) -> Response:
        """Start a case for the caller."""

        def command(uow: Any) -> Any:
            return start(uow, engine().catalog.active(uow.connection, key), body["form"])

        return perform(command, acted, status=201)


@blueprint.route("/<string:key>/preview")
class Preview(MethodView):
    """What would follow."""

    @blueprint.arguments(PreviewStartIn)
    @blueprint.response(200, PreviewOut)
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Who would be next if the caller sent the start form as it is; nothing is done."""
        house = engine()
        with house.database.read() as connection:
            definition = house.catalog.active(connection, key)
            ahead = preview_start(house, connection, current_actor(), definition, body["form"])
            return {"items": steps(house, definition, ahead)}


def _process(definition: Definition) -> dict[str, Any]:
    return {
        "key": definition.key,
        "title": definition.text(definition.title, language()),
        "summary": definition.text(definition.manifest.summary, language()),
        "work_point": definition.manifest.work_point,
        "version": definition.version,
        "definition": definition.id,
    }
