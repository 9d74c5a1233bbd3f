"""`POST /sessions`: a token for programs; and the caller's running sign-ins."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask.views import MethodView
from flask_smorest import Blueprint

from engine.errors import NotFound
from engine.store.unit_of_work import UnitOfWork
from schemas.wire_sessions import SessionIn, SessionList, SessionOut
from webapp.accounts.sessions import revoke
from webapp.requests import (
    COOKIE,
    current_actor,
    current_session,
    perform,
    sessions,
    visitor,
)
from webapp.views.devices import device

blueprint = Blueprint("sessions", __name__, url_prefix="/api/v1/sessions")


@blueprint.route("")
class SessionRoot(MethodView):
    """Sign in and out, and see where one is signed in."""

    @blueprint.arguments(SessionIn)
    @blueprint.response(200, SessionOut)
    def post(self, body: dict[str, str]) -> dict[str, Any]:
        """Sign in. An account with a second step answers `second_factor_required` without a `code`."""
        opened = sessions().sign_in(
            body["username"], body["password"], visitor(), code=body.get("code", "")
        )
        return {"token": opened.token, "expires": opened.expires_at}

    @blueprint.response(200, SessionList)
    def get(self) -> dict[str, Any]:
        """The caller's running sign-ins, the latest used first."""
        found = current_session()
        return {
            "items": [
                {
                    "id": one.id,
                    "device": device(one.agent),
                    "address": one.address,
                    "how": one.how,
                    "since": one.created_at,
                    "seen": one.seen_at,
                    "expires": one.expires_at,
                    "current": one.id == found.id,
                }
                for one in sessions().of_person(found.actor.id)
            ],
            "next": None,
        }

    @blueprint.response(204)
    def delete(self) -> None:
        """Sign out: the token is worth nothing afterwards."""
        current_session()
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        sessions().sign_out(bearer or request.cookies.get(COOKIE, ""))


@blueprint.route("/end_others")
class EndOthers(MethodView):
    """Everywhere else."""

    def post(self) -> Response:
        """End all of the caller's sign-ins but this one."""
        here = current_session().id

        def command(uow: UnitOfWork) -> int:
            return revoke(uow, uow.actor.id, but=here)

        return perform(command, lambda _uow, ended: {"ended": ended})


@blueprint.route("/<string:session_id>")
class OneSession(MethodView):
    """One of the caller's sign-ins."""

    @blueprint.response(204)
    def delete(self, session_id: str) -> None:
        """End it."""
        if not sessions().end(current_actor(), session_id):
            raise NotFound(session=session_id)
