"""What the caller was told, what the caller wants to be told where, and webhooks."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView
from flask_smorest import Blueprint

from engine.commands.notifications import choose, mark_read
from engine.commands.webhooks import remove_webhook, webhooks_of
from engine.errors import Invalid
from engine.notifications.choices import as_dict, choices_of
from engine.notifications.kinds import APP, MAIL, WEBHOOK
from engine.notifications.parcels import Line
from engine.queries.notifications import notifications, unread
from engine.store.unit_of_work import UnitOfWork
from schemas.notifications import (
    ChoicesIn,
    ChoicesOut,
    NotificationList,
    NotificationsQuery,
    ReadIn,
    ReadOut,
    WebhookAdded,
    WebhookIn,
    WebhookList,
    WebhookTested,
)
from schemas.wire import EmptyIn
from webapp.language import gettext as _
from webapp.language import language
from webapp.notify import hooks
from webapp.notify.sentences import bell, say
from webapp.requests import current_actor, engine, perform, settings
from webapp.rights import has_right, require

blueprint = Blueprint("notifications", __name__, url_prefix="/api/v1")


@blueprint.route("/notifications")
class Notifications(MethodView):
    """What the caller was told."""

    @blueprint.arguments(NotificationsQuery, location="query")
    @blueprint.response(200, NotificationList)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """One page, newest first."""
        actor = current_actor()
        with engine().database.read() as connection:
            page = notifications(connection, actor.id, **query)
            number = unread(connection, actor.id)
        return {
            "items": [_line(one) for one in page.items],
            "next": page.next,
            "unread": bell(number) or "0",
        }


@blueprint.route("/notifications/read")
class Read(MethodView):
    """Reading."""

    @blueprint.arguments(ReadIn)
    @blueprint.alt_response(200, schema=ReadOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Mark notifications of the caller as read: those named, or all."""
        if (body["ids"] is None) is not body["all"]:
            raise Invalid("Name ids, or say all.")
        return perform(
            lambda uow: mark_read(uow, body["ids"]), lambda _uow, number: {"read": number}
        )


@blueprint.route("/notifications/choices")
class Choices(MethodView):
    """What the caller wants to be told where."""

    @blueprint.response(200, ChoicesOut)
    def get(self) -> dict[str, Any]:
        """Kind → channel → now, digest or never."""
        with engine().database.read() as connection:
            return _choices(connection)

    @blueprint.arguments(ChoicesIn)
    @blueprint.alt_response(200, schema=ChoicesOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Change what is named; the rest stays."""
        return perform(
            lambda uow: choose(
                uow, body["choices"], digest_time=body["digest"], language=body["language"]
            ),
            lambda uow, _nothing: _choices(uow.connection),
        )


@blueprint.route("/webhooks")
class Webhooks(MethodView):
    """Where robots listen."""

    @blueprint.response(200, WebhookList)
    def get(self) -> dict[str, Any]:
        """The caller's own, and for administrators the organisation's."""
        actor = current_actor()
        with engine().database.read() as connection:
            rows = webhooks_of(connection, actor.id)
            if has_right(actor, "administer"):
                rows += webhooks_of(connection, None)
        return {"items": [_hook(row) for row in rows], "next": None}

    @blueprint.arguments(WebhookIn)
    @blueprint.alt_response(201, schema=WebhookAdded)
    def post(self, body: dict[str, Any]) -> Response:
        """Add one."""
        actor = current_actor() if body["own"] else require("administer")
        # No Idempotency-Key is honoured here: a kept answer would hold the secret in the clear.
        with engine().command(actor) as uow:
            made = _add(uow, body)
            uow.commit()
        return Response(WebhookAdded().dumps(made), 201, mimetype="application/json")


@blueprint.route("/webhooks/<string:webhook_id>")
class OneWebhook(MethodView):
    """A webhook."""

    @blueprint.response(204)
    def delete(self, webhook_id: str) -> None:
        """Take it away: the caller's own, or as an administrator the organisation's."""
        owner = _owner(webhook_id)
        with engine().command(current_actor()) as uow:
            remove_webhook(uow, webhook_id, person_id=owner)
            uow.commit()


@blueprint.route("/webhooks/<string:webhook_id>/test")
class TestWebhook(MethodView):
    """A test of a webhook."""

    @blueprint.arguments(EmptyIn)
    @blueprint.response(200, WebhookTested)
    def post(self, _body: dict[str, Any], webhook_id: str) -> dict[str, Any]:
        """Call it now and say how it answered."""
        error = hooks.test(engine(), settings(), webhook_id, _owner(webhook_id))
        return {"delivered": error is None, "error": error}


def _owner(webhook_id: str) -> str | None:
    """The caller where the webhook is the caller's own; else None, for administrators only."""
    actor = current_actor()
    with engine().database.read() as connection:
        if any(row.id == webhook_id for row in webhooks_of(connection, actor.id)):
            return actor.id
    require("administer")
    return None


def _add(uow: UnitOfWork, body: dict[str, Any]) -> dict[str, Any]:
    webhook_id, secret = hooks.add(uow, settings(), **body)
    # Only one that was made here needs to be told.
    return {"id": webhook_id, "secret": None if body["secret"] else secret or None}


def _hook(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "host": row.host,
        "format": row.format,
        "kinds": row.kinds,
        "own": row.person_id is not None,
    }


def _choices(connection: Any) -> dict[str, Any]:
    actor = current_actor()
    found = choices_of(connection, [actor.id])
    return {
        "choices": as_dict(found, actor.id, (APP, MAIL, WEBHOOK)),
        "digest": found.digest_time(actor.id),
        "language": found.language(actor.id),
        "address": engine().directory.address(actor.id),
    }


def _line(one: Line) -> dict[str, Any]:
    said = say(engine(), one, language(), _)
    return {
        "id": one.id,
        "kind": one.kind,
        "text": said.text,
        "step": said.step or None,
        "at": one.at,
        "read_at": one.read_at,
        "instance": one.instance_id,
        "task": one.task_id,
    }
