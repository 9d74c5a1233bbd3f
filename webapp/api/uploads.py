"""Uploads in pieces: announced, sent piece by piece, asked how far they came, finished."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask.views import MethodView
from flask_smorest import Blueprint

from engine.commands.uploads import add_piece, begin_upload, finish_upload
from engine.files import OnItsWay
from engine.files.parts import PIECE
from schemas.wire_files import FileOut, UploadIn, UploadOut
from webapp.file_access import facts
from webapp.problems import WebProblem
from webapp.requests import current_actor, engine, perform

blueprint = Blueprint("uploads", __name__, url_prefix="/api/v1/files/parts")


@blueprint.route("")
class Uploads(MethodView):
    """Files to come in pieces."""

    @blueprint.arguments(UploadIn)
    @blueprint.response(200, UploadOut)
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Announce a file; the answer says where to go on, from 0 or from where it broke off."""
        return _told(begin_upload(engine(), current_actor(), **body))


@blueprint.route("/<string:upload_id>")
class OneUpload(MethodView):
    """A file on its way."""

    @blueprint.response(200, UploadOut)
    def get(self, upload_id: str) -> dict[str, Any]:
        """How far it has come."""
        return _told(engine().files.parts.find(current_actor().id, upload_id))

    @blueprint.response(200, UploadOut)
    def put(self, upload_id: str) -> dict[str, Any]:
        """The piece that begins at `?offset=`, as the body; 409 with the right offset for another."""
        offset = request.args.get("offset", "")
        if not offset.isascii() or not offset.isdigit() or len(offset) > 12:
            raise WebProblem("malformed", 422)
        if (request.content_length or 0) > PIECE:
            raise WebProblem("too_large", 413)
        content = request.get_data()
        return _told(add_piece(engine(), current_actor(), upload_id, int(offset), content))

    @blueprint.response(204)
    def delete(self, upload_id: str) -> None:
        """Forget it."""
        engine().files.parts.drop(current_actor().id, upload_id)


@blueprint.route("/<string:upload_id>/finish")
class Finish(MethodView):
    """The end of an upload."""

    @blueprint.alt_response(201, schema=FileOut)
    def post(self, upload_id: str) -> Response:
        """All pieces are there: check the whole; a form then names it by id."""
        return perform(
            lambda uow: finish_upload(uow, upload_id),
            lambda _uow, taken: {
                **facts(taken),
                "url": url_for("files.OneFile", file_id=taken.id),
            },
            status=201,
        )


def _told(one: OnItsWay) -> dict[str, Any]:
    return {"id": one.id, "offset": one.offset, "size": one.size, "piece": PIECE}
