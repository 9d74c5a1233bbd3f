"""What the reader was told, and the reader's choices of what is sent where."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine.commands.notifications import choose, mark_read
from engine.commands.webhooks import people_may_have_webhooks, remove_webhook, webhooks_of
from engine.errors import EngineError, NotFound
from engine.notifications.choices import HOURLY, as_dict, choices_of
from engine.notifications.kinds import APP, KINDS, MAIL, WANTED, WEBHOOK
from engine.queries.notifications import notifications as read_notifications
from engine.queries.notifications import one_notification
from webapp.language import gettext as _
from webapp.language import language
from webapp.notify import hooks
from webapp.notify.sentences import label, path_of, say
from webapp.pages.blueprint import blueprint
from webapp.pages.frame import new_key
from webapp.pages.webhooks import formats, hook_view, tell_of_test, typed_webhook
from webapp.problems import sentence
from webapp.requests import current_actor, engine, settings

_PAGE = 30
#: Times of day offered for the digest.
_TIMES = ("07:30", "08:30", "12:00", "14:00", "17:00")


@blueprint.get("/notifications")
def notifications() -> str:
    """What the reader was told, newest first."""
    actor = current_actor()
    with engine().database.read() as connection:
        page = read_notifications(
            connection, actor.id, limit=_PAGE, after=request.args.get("after") or None
        )
    items = []
    for one in page.items:
        said = say(engine(), one, language(), _)
        items.append(
            {
                "id": one.id,
                "text": said.text,
                "step": said.step,
                "kind": label(_, one.kind),
                "at": one.at,
                "unread": one.read_at is None,
                "url": said.path,
            }
        )
    more = url_for("pages.notifications", after=page.next) if page.next else None
    return render_template(
        "notifications.html", items=items, more_url=more, later=bool(request.args.get("after"))
    )


@blueprint.post("/notifications/read")
def notifications_read() -> BaseResponse:
    """All of them have been read."""
    with engine().command(current_actor()) as uow:
        mark_read(uow)
        uow.commit()
    return redirect(url_for("pages.notifications"))


@blueprint.post("/notifications/<string:id>/open")
def notification_open(id: str) -> BaseResponse:
    """Read one, and go to what it is about. (A GET writes nothing, so this is a form.)"""
    actor = current_actor()
    with engine().command(actor) as uow:
        mark_read(uow, [id])
        uow.commit()
    with engine().database.read() as connection:
        found = one_notification(connection, actor.id, id)
    return redirect((path_of(found) if found else "") or url_for("pages.notifications"))


@blueprint.get("/profile/notifications")
def notification_choices() -> str:
    """What is sent to the reader, where and when."""
    return _choices_page()


def _choices_page(typed: dict[str, str] | None = None, errors: dict[str, str] | None = None) -> str:
    house, actor = engine(), current_actor()
    with house.database.read() as connection:
        found = choices_of(connection, [actor.id])
        may_have = people_may_have_webhooks(connection)
        own = webhooks_of(connection, actor.id)
    channels = [APP]
    if MAIL in house.channels:
        channels.append(MAIL)
    if own and WEBHOOK in house.channels:
        channels.append(WEBHOOK)
    wanted = as_dict(found, actor.id, channels)
    texts = {"now": _("at once"), "digest": _("in the digest"), "never": _("never")}
    app_texts = {"now": _("show"), "never": _("do not show")}
    return render_template(
        "notification_choices.html",
        address=house.directory.address(actor.id),
        mail_works=MAIL in house.channels,
        channels=[{"id": one, "name": _channel(one)} for one in channels],
        kinds=[
            {
                "id": kind,
                "name": label(_, kind),
                "channels": {
                    channel: {
                        "value": wanted[kind].get(channel),
                        "options": [
                            {
                                "value": value,
                                "label": (app_texts if channel == APP else texts)[value],
                            }
                            for value in WANTED[channel]
                        ],
                    }
                    for channel in channels
                },
            }
            for kind in KINDS
        ],
        digest=found.digest_time(actor.id),
        digests=_digests(found.digest_time(actor.id)),
        language=found.language(actor.id),
        may_have_webhooks=may_have,
        webhooks=[hook_view(row) for row in own],
        formats=formats(),
        form=typed or {"name": "", "url": "", "format": "plain", "secret": ""},
        errors=errors or {},
        key=new_key(),
    )


def _channel(channel: str) -> str:
    return {APP: _("On the pages"), MAIL: _("By e-mail"), WEBHOOK: _("By my webhooks")}[channel]


def _digests(chosen: str) -> list[dict[str, str]]:
    times = sorted({*_TIMES, chosen} - {HOURLY})
    return [
        {"value": one, "label": _("each working day at %(time)s", time=one)} for one in times
    ] + [{"value": HOURLY, "label": _("every full hour")}]


@blueprint.post("/profile/notifications")
def notification_choices_save() -> BaseResponse:
    """Keep the choices of the table."""
    wanted: dict[str, dict[str, str]] = {}
    for name, value in request.form.items():
        kind, _sep, channel = name.partition(".")
        if channel and kind in KINDS:
            wanted.setdefault(kind, {})[channel] = value
    with engine().command(current_actor()) as uow:
        choose(
            uow,
            wanted,
            digest_time=request.form.get("digest") or None,
            language=request.form.get("language") or None,
        )
        uow.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("pages.notification_choices"))


@blueprint.post("/profile/webhooks")
def own_webhook_add() -> BaseResponse:
    """Add a webhook of the reader's own, where the administrators allow it."""
    typed = typed_webhook()
    try:
        with engine().command(current_actor()) as uow:
            _id, secret = hooks.add(uow, settings(), **typed, own=True)
            uow.commit()
    except EngineError as error:
        if error.problem not in ("invalid", "host_refused"):
            raise
        return make_response(_choices_page(typed, {"url": sentence(error.problem)}), 422)
    if secret and not typed["secret"]:
        return make_response(
            render_template("webhook_secret.html", secret=secret, back="pages.notification_choices")
        )
    flash(_("Added. Send it a test."), "success")
    return redirect(url_for("pages.notification_choices"))


@blueprint.post("/profile/webhooks/<string:id>/<string:verb>")
def own_webhook(id: str, verb: str) -> BaseResponse:
    """Test or remove a webhook of the reader's own."""
    actor = current_actor()
    if verb == "test":
        tell_of_test(hooks.test(engine(), settings(), id, actor.id))
    elif verb == "remove":
        with engine().command(actor) as uow:
            remove_webhook(uow, id, person_id=actor.id)
            uow.commit()
    else:
        raise NotFound(verb=verb)
    return redirect(url_for("pages.notification_choices"))
