"""Who stands in for whom."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView
from flask_smorest import Blueprint

from engine.commands.proxies import end_proxy, set_proxy
from engine.queries.proxies import proxies_of
from schemas.wire import EmptyIn
from schemas.wire_people import ProxyIn, ProxyList, ProxyRef
from webapp.requests import current_actor, engine, perform

blueprint = Blueprint("proxies", __name__, url_prefix="/api/v1/proxies")


@blueprint.route("")
class Proxies(MethodView):
    """The caller's proxies."""

    @blueprint.response(200, ProxyList)
    def get(self) -> dict[str, Any]:
        """Those the caller gave and was given, those that are over included."""
        actor, house = current_actor(), engine()
        with house.database.read() as connection:
            found = proxies_of(connection, actor.id)
        now, name = house.clock.now(), house.directory.name
        return {
            "items": [
                {
                    "id": one.id,
                    "owner": one.owner_id,
                    "owner_name": name(one.owner_id),
                    "deputy": one.deputy_id,
                    "deputy_name": name(one.deputy_id),
                    "since": one.since,
                    "until": one.until,
                    "processes": one.processes,
                    "reason": one.reason,
                    "state": one.state(now),
                }
                for one in found
            ],
            "next": None,
        }

    @blueprint.arguments(ProxyIn)
    @blueprint.alt_response(201, schema=ProxyRef)
    def post(self, body: dict[str, Any]) -> Response:
        """Have somebody stand in for the caller; administrators for anybody, with a reason."""
        return perform(
            lambda uow: set_proxy(uow, **body), lambda _uow, made: {"id": made}, status=201
        )


@blueprint.route("/<string:proxy_id>/end")
class End(MethodView):
    """The end of a proxy."""

    @blueprint.arguments(EmptyIn)
    @blueprint.alt_response(200, schema=ProxyRef)
    def post(self, _body: dict[str, Any], proxy_id: str) -> Response:
        """End it now; the record keeps what was done under it."""
        return perform(lambda uow: end_proxy(uow, proxy_id), lambda _uow, _none: {"id": proxy_id})
