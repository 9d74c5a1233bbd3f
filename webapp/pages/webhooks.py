"""For administrators: the organisation's webhooks, and what could not be delivered."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine.commands.notifications import retry_delivery
from engine.commands.webhooks import (
    FORMATS,
    let_people_have_webhooks,
    people_may_have_webhooks,
    remove_webhook,
    webhooks_of,
)
from engine.errors import EngineError, NotFound
from engine.notifications.kinds import KINDS, MAIL
from engine.queries.notifications import failures
from webapp.language import gettext as _
from webapp.notify import hooks
from webapp.notify.sentences import label
from webapp.pages.blueprint import blueprint
from webapp.pages.frame import new_key
from webapp.problems import sentence
from webapp.requests import engine, settings
from webapp.rights import require


@blueprint.get("/admin/webhooks")
def webhooks() -> str:
    """Webhooks, and deliveries that were given up."""
    require("administer")
    return _page()


def _page(
    typed: dict[str, Any] | None = None, errors: dict[str, str] | None = None, kinds: Any = None
) -> str:
    house = engine()
    with house.database.read() as connection:
        rows = webhooks_of(connection, None)
        given_up = failures(connection)
        may_have = people_may_have_webhooks(connection)
    chosen = set(KINDS) if kinds is None else set(kinds)
    return render_template(
        "admin_webhooks.html",
        webhooks=[hook_view(row) for row in rows],
        formats=formats(),
        kinds=[{"id": one, "name": label(_, one), "chosen": one in chosen} for one in KINDS],
        form=typed or {"name": "", "url": "", "format": "plain", "secret": ""},
        errors=errors or {},
        people_may=may_have,
        mail_works=MAIL in house.channels,
        failures=[
            {
                "id": one.id,
                "what": label(_, one.kind),
                "who": house.directory.name(one.person_id),
                "where": one.webhook or _("by e-mail"),
                "attempts": one.attempts,
                "error": one.error,
                "since": one.since,
            }
            for one in given_up
        ],
        key=new_key(),
    )


def formats() -> list[dict[str, str]]:
    """What a receiver may be."""
    texts = {
        "plain": _("A program (signed JSON)"),
        "wecom": _("WeCom group robot"),
        "dingtalk": _("DingTalk group robot"),
        "feishu": _("Feishu group robot"),
    }
    return [{"value": one, "label": texts[one]} for one in FORMATS]


def hook_view(row: Any) -> dict[str, Any]:
    """A webhook for its template: the address holds a key, so only its host is shown."""
    names = {one["value"]: one["label"] for one in formats()}
    return {
        "id": row.id,
        "name": row.name,
        "host": row.host,
        "format": names[row.format],
        "kinds": None if row.kinds is None else [label(_, one) for one in row.kinds],
    }


def typed_webhook() -> dict[str, Any]:
    """What was typed into the form of a new webhook."""
    return {name: request.form.get(name, "") for name in ("name", "url", "format", "secret")}


def tell_of_test(error: str | None) -> None:
    """Say on the next page how a test went."""
    if error is None:
        flash(_("The test was taken. Look whether it has arrived."), "success")
    else:
        flash(_("The test was not taken: %(error)s", error=error), "danger")


@blueprint.post("/admin/webhooks")
def webhook_add() -> BaseResponse:
    """Add a webhook of the organisation's."""
    actor = require("administer")
    typed = typed_webhook()
    kinds = request.form.getlist("kind")
    errors = {} if kinds else {"kinds": _("Please choose at least one.")}
    if not typed["name"].strip():
        errors["name"] = _("Please give it a name.")
    secret = ""
    if not errors:
        try:
            with engine().command(actor) as uow:
                _id, secret = hooks.add(
                    uow, settings(), **typed, kinds=None if set(kinds) == set(KINDS) else kinds
                )
                uow.commit()
        except EngineError as error:
            if error.problem not in ("invalid", "host_refused"):
                raise
            errors["url"] = sentence(error.problem)
    if errors:
        return make_response(_page(typed, errors, kinds), 422)
    if secret and not typed["secret"]:
        # Shown this once and never kept in a cookie, so it is this answer's page.
        return make_response(
            render_template("webhook_secret.html", secret=secret, back="pages.webhooks")
        )
    flash(_("Added. Send it a test."), "success")
    return redirect(url_for("pages.webhooks"))


@blueprint.post("/admin/webhooks/people")
def webhooks_people() -> BaseResponse:
    """Let people have webhooks of their own, or not."""
    with engine().command(require("administer")) as uow:
        let_people_have_webhooks(uow, request.form.get("may") == "yes")
        uow.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("pages.webhooks"))


@blueprint.post("/admin/webhooks/<string:id>/<string:verb>")
def webhook_verb(id: str, verb: str) -> BaseResponse:
    """Test it, or take it away."""
    actor = require("administer")
    if verb == "test":
        tell_of_test(hooks.test(engine(), settings(), id, None))
    elif verb == "remove":
        with engine().command(actor) as uow:
            remove_webhook(uow, id)
            uow.commit()
        flash(_("Removed."), "success")
    else:
        raise NotFound(verb=verb)
    return redirect(url_for("pages.webhooks"))


@blueprint.post("/admin/deliveries/retry")
def deliveries_retry() -> BaseResponse:
    """Try again all that was given up: the mail server is back."""
    with engine().command(require("administer")) as uow:
        retry_delivery(uow)
        uow.commit()
    flash(_("It is being tried again."), "success")
    return redirect(url_for("pages.webhooks"))


@blueprint.post("/admin/deliveries/<string:id>/retry")
def delivery_retry(id: str) -> BaseResponse:
    """Try again what was given up."""
    with engine().command(require("administer")) as uow:
        if not retry_delivery(uow, id):
            raise NotFound(delivery=id)
        uow.commit()
    flash(_("It is being tried again."), "success")
    return redirect(url_for("pages.webhooks"))
