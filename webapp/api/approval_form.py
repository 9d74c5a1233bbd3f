"""The form of approval of a case, as it would be filed."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, request
from flask.views import MethodView
from flask_smorest import Blueprint

from engine.queries.case import read_case
from webapp.language import speak
from webapp.requests import current_actor, engine
from webapp.views.approval_form import approval_form

blueprint = Blueprint("approval_form", __name__, url_prefix="/api/v1/instances")


@blueprint.route("/<string:instance_id>/approval-form")
class ApprovalForm(MethodView):
    """The form of approval."""

    @blueprint.response(200)
    def get(self, instance_id: str) -> Response:
        """A PDF, for those who may read the case's files; in Chinese, or with `lang=en` in English."""
        actor, house = current_actor(), engine()
        speak(request.args.get("lang", "zh"))
        with house.database.read() as connection:
            case = read_case(connection, house, actor, instance_id)
            paper = approval_form(house, connection, case, actor)
        # No connection is held while another process sets the type.
        return Response(
            paper.pdf(),
            mimetype="application/pdf",
            headers={
                "Content-Disposition": f"inline; filename*=UTF-8''{quote(paper.name)}",
                "Cache-Control": "private, no-store",
            },
        )
