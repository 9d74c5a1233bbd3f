"""What nobody can do, for administrators."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from engine.queries.stuck import tasks_nobody_can_do
from schemas.wire import StuckOut, StuckQuery
from webapp.requests import engine
from webapp.rights import require

blueprint = Blueprint("stuck", __name__, url_prefix="/api/v1/tasks/stuck")


@blueprint.route("")
class StuckTasks(MethodView):
    """Tasks without anybody, sign-offs without signers, work that gave up."""

    @blueprint.arguments(StuckQuery, location="query")
    @blueprint.response(200, StuckOut)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """One page, oldest first, each with the reason and the keys that lead to nobody."""
        require("administer")
        house = engine()
        with house.database.read() as connection:
            page = tasks_nobody_can_do(connection, house, **query)
        return {
            "items": [
                {
                    "why": one.why,
                    "instance": one.instance_id,
                    "task": one.task_id,
                    "element": one.element,
                    "title": one.title,
                    "number": one.number,
                    "keys": list(one.keys),
                    "since": one.at.isoformat(),
                }
                for one in page.items
            ],
            "next": page.next,
            "count": page.count,
        }
