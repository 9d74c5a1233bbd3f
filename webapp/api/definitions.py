"""Deployed definitions, for those who look after processes."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from sqlalchemy import select

from engine.store.tables import definition
from webapp.requests import engine
from webapp.rights import require

blueprint = Blueprint("definitions", __name__, url_prefix="/api/v1/definitions")


@blueprint.route("")
class Definitions(MethodView):
    """Every deployed version."""

    @blueprint.response(200)
    def get(self) -> dict[str, Any]:
        """All versions, newest first per process."""
        require("administer")
        with engine().database.read() as connection:
            rows = connection.execute(
                select(definition).order_by(definition.c.key, definition.c.version.desc())
            ).all()
        return {
            "items": [
                {
                    "id": row.id,
                    "key": row.key,
                    "version": row.version,
                    "title": row.title,
                    "active": row.active,
                    "deployed_at": row.deployed_at.isoformat(),
                    "deployed_by": row.deployed_by,
                }
                for row in rows
            ],
            "next": None,
        }
