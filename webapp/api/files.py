"""Files: uploading an attachment, and reading what a case holds."""

from __future__ import annotations

from flask import Response, request
from flask.views import MethodView
from flask_smorest import Blueprint

from schemas.wire_files import FileOut
from webapp.file_access import download, take_upload_once
from webapp.requests import current_session

blueprint = Blueprint("files", __name__, url_prefix="/api/v1/files")


@blueprint.route("")
class Files(MethodView):
    """Uploads."""

    @blueprint.response(201, FileOut)
    def post(self) -> Response:
        """Upload one file (multipart field `file`); a form then names it by id."""
        current_session()
        return take_upload_once(request.files.get("file"))


@blueprint.route("/<string:file_id>")
class OneFile(MethodView):
    """A file."""

    @blueprint.response(200)
    def get(self, file_id: str) -> Response:
        """The content, for those who may read its case."""
        return download(file_id)
