"""What people tell each other about a case: copies, remarks, files, and whom one can name."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView
from flask_smorest import Blueprint

from engine.commands.comments import Said, add_comment, attach
from engine.commands.copies import Copied, copy_to
from engine.queries.case import read_case
from engine.queries.comments import Remark, remarks
from engine.store.unit_of_work import UnitOfWork
from schemas.attention import (
    AttachIn,
    CasePeopleOut,
    CasePeopleQuery,
    CommentIn,
    CommentsOut,
    CopiesOut,
    CopyIn,
    ListQuery,
    SaidOut,
)
from webapp.requests import current_actor, engine, perform
from webapp.views.people import choose_people, person

blueprint = Blueprint("remarks", __name__, url_prefix="/api/v1/instances")


@blueprint.route("/<string:instance_id>/copy")
class Copy(MethodView):
    """The verb copy."""

    @blueprint.arguments(CopyIn)
    @blueprint.alt_response(200, schema=CopiesOut)
    def post(self, body: dict[str, Any], instance_id: str) -> Response:
        """Give people a copy of the case."""
        return perform(
            lambda uow: copy_to(uow, instance_id, body["people"], note=body["note"]), _copied
        )


@blueprint.route("/<string:instance_id>/comment")
class Comment(MethodView):
    """The verb comment."""

    @blueprint.arguments(CommentIn)
    @blueprint.alt_response(200, schema=SaidOut)
    def post(self, body: dict[str, Any], instance_id: str) -> Response:
        """Say something about the case, to people named in it, with files."""
        return perform(lambda uow: add_comment(uow, instance_id, **body), _said)


@blueprint.route("/<string:instance_id>/attach")
class Attach(MethodView):
    """The verb attach."""

    @blueprint.arguments(AttachIn)
    @blueprint.alt_response(200, schema=SaidOut)
    def post(self, body: dict[str, Any], instance_id: str) -> Response:
        """Add uploaded files to the case."""
        return perform(
            lambda uow: attach(uow, instance_id, body["files"], note=body["note"]), _said
        )


@blueprint.route("/<string:instance_id>/comments")
class Comments(MethodView):
    """Remarks."""

    @blueprint.arguments(ListQuery, location="query")
    @blueprint.response(200, CommentsOut)
    def get(self, query: dict[str, Any], instance_id: str) -> dict[str, Any]:
        """What was said about the case, newest first."""
        with engine().database.read() as connection:
            read_case(connection, engine(), current_actor(), instance_id)
            found, following = remarks(connection, instance_id, **query)
        return {"items": [_remark(one) for one in found], "next": following}


@blueprint.route("/<string:instance_id>/people")
class People(MethodView):
    """Whom one can name."""

    @blueprint.arguments(CasePeopleQuery, location="query")
    @blueprint.response(200, CasePeopleOut)
    def get(self, query: dict[str, Any], instance_id: str) -> dict[str, Any]:
        """People whose name holds a text, those of the case first."""
        actor = current_actor()
        with engine().database.read() as connection:
            case = read_case(connection, engine(), actor, instance_id)
            found = choose_people(
                engine(), connection, actor, case, query["q"].strip(), query["limit"]
            )
        return {"items": found, "next": None}


def _copied(_uow: UnitOfWork, result: Copied) -> dict[str, Any]:
    people = [person(engine(), one) for one in result.people]
    return {"instance": result.case.id, "people": people}


def _said(_uow: UnitOfWork, result: Said) -> dict[str, Any]:
    return {
        "id": result.id,
        "instance": result.case.id,
        "mentions": [person(engine(), one) for one in result.mentions],
        "copied": [person(engine(), one) for one in result.copied],
    }


def _remark(one: Remark) -> dict[str, Any]:
    return {
        "id": one.id,
        "author": person(engine(), one.author_id),
        "text": one.text,
        "mentions": [person(engine(), name) for name in one.mentions],
        "files": [
            {
                "id": file.id,
                "name": file.name,
                "media_type": file.media_type,
                "size": file.size,
                "digest": file.digest,
            }
            for file in one.files
        ],
        "at": one.at,
    }
