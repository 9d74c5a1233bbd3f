"""`POST /sessions`: a token for programs."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.views import MethodView
from flask_smorest import Blueprint

from schemas.wire import SessionIn, SessionOut
from webapp.requests import current_session, sessions

blueprint = Blueprint("sessions", __name__, url_prefix="/api/v1/sessions")


@blueprint.route("")
class SessionRoot(MethodView):
    """Sign in and out."""

    @blueprint.arguments(SessionIn)
    @blueprint.response(200, SessionOut)
    def post(self, body: dict[str, str]) -> dict[str, Any]:
        """Sign in."""
        opened = sessions().sign_in(
            body["username"], body["password"], address=request.remote_addr or ""
        )
        return {"token": opened.token, "expires": opened.expires_at}

    @blueprint.response(204)
    def delete(self) -> None:
        """Sign out: the token is worth nothing afterwards."""
        current_session()
        sessions().sign_out(request.headers.get("Authorization", "").removeprefix("Bearer "))
