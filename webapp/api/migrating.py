"""Running cases to another version of their process, for administrators' programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response
from flask.views import MethodView
from flask_smorest import Blueprint

from engine.migrating.batch import begin_migration, migrate, stop_migration, undo_migration
from engine.migrating.looking import preview, read_batch
from engine.migrating.mapping import complete
from engine.store.unit_of_work import UnitOfWork
from schemas.migrating import LookIn, LookOut, MigrateIn, MigrationIn, MigrationOut
from webapp.requests import engine, perform
from webapp.rights import require

instances = Blueprint("migrating", __name__, url_prefix="/api/v1/instances")
definitions = Blueprint("looking", __name__, url_prefix="/api/v1/definitions")
migrations = Blueprint("migrations", __name__, url_prefix="/api/v1/migrations")


@instances.route("/<string:instance_id>/migrate")
class Migrate(MethodView):
    """The verb migrate."""

    @instances.arguments(MigrateIn)
    @instances.alt_response(200, schema=MigrationOut)
    def post(self, body: dict[str, Any], instance_id: str) -> Response:
        """Move one case now; `cannot_migrate` says why not."""
        require("administer")
        new = engine().catalog.get(body["to"])
        return perform(
            lambda uow: migrate(
                uow, instance_id, new, chosen=body["mapping"], reason=body["reason"]
            ),
            _told,
        )


@definitions.route("/<string:definition_id>/migrations/preview")
class Look(MethodView):
    """What would become of the running cases of a version."""

    @definitions.arguments(LookIn)
    @definitions.response(200, LookOut)
    def post(self, body: dict[str, Any], definition_id: str) -> dict[str, Any]:
        """Look at each of them; nothing is written."""
        actor = require("administer")
        house = engine()
        old, new = house.catalog.get(definition_id), house.catalog.get(body["to"])
        with house.database.read() as connection:
            found = preview(house, connection, actor, old, new, body["mapping"], body["instances"])
        mapped = complete(old.diagram, new.diagram, body["mapping"])
        return {
            "mapping": [{"old": one.old, "new": one.new, "how": one.how} for one in mapped],
            "total": len(found.lines),
            "possible": found.possible,
            "items": [
                {
                    "instance": one.id,
                    "title": one.title,
                    "number": one.number,
                    "reasons": [why.as_dict() for why in one.reasons],
                    "notes": [why.as_dict() for why in one.notes],
                }
                for one in found.lines
            ],
        }


@definitions.route("/<string:definition_id>/migrations")
class Migrations(MethodView):
    """Migrations from a version."""

    @definitions.arguments(MigrationIn)
    @definitions.alt_response(202, schema=MigrationOut)
    def post(self, body: dict[str, Any], definition_id: str) -> Response:
        """Begin: a job for each running case, or for `instances`."""
        require("administer")
        old, new = engine().catalog.get(definition_id), engine().catalog.get(body["to"])
        return perform(
            lambda uow: begin_migration(
                uow,
                old,
                new,
                chosen=body["mapping"],
                reason=body["reason"],
                cases=body["instances"],
            ),
            _told,
            status=202,
        )


@migrations.route("/<string:migration_id>")
class Migration(MethodView):
    """A migration."""

    @migrations.response(200, MigrationOut)
    def get(self, migration_id: str) -> dict[str, Any]:
        """How far it is."""
        require("administer")
        with engine().database.read() as connection:
            return _facts(connection, migration_id)


@migrations.route("/<string:migration_id>/stop")
class Stop(MethodView):
    """Stopping a migration."""

    @migrations.alt_response(200, schema=MigrationOut)
    def post(self, migration_id: str) -> Response:
        """Cases that have not moved yet stay where they are."""
        require("administer")
        return perform(_act(stop_migration, migration_id), _told)


@migrations.route("/<string:migration_id>/undo")
class Undo(MethodView):
    """Putting a migration back."""

    @migrations.alt_response(202, schema=MigrationOut)
    def post(self, migration_id: str) -> Response:
        """A job for each case that moved, which puts it back if nothing has moved in it since."""
        require("administer")
        return perform(_act(undo_migration, migration_id), _told, status=202)


def _act(command: Callable[[UnitOfWork, str], int], batch: str) -> Callable[[UnitOfWork], str]:
    def act(uow: UnitOfWork) -> str:
        command(uow, batch)
        return batch

    return act


def _told(uow: UnitOfWork, batch: str) -> dict[str, Any]:
    facts: dict[str, Any] = MigrationOut().dump(_facts(uow.connection, batch))
    return facts


def _facts(connection: Any, batch: str) -> dict[str, Any]:
    found = read_batch(connection, batch)
    return {
        "id": found.id,
        "process": found.key,
        "from_": found.from_id,
        "to": found.to_id,
        "reason": found.reason,
        "by": found.by,
        "at": found.at,
        "running": found.running,
        "counts": found.counts,
    }
