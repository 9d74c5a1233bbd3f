"""Naming somebody who stands in, and ending that; the section itself is on the profile page."""

from __future__ import annotations

from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine.commands.proxies import end_proxy, set_proxy
from engine.errors import Invalid, NotAPossiblePerson, ProxyOverlaps
from engine.store.unit_of_work import UnitOfWork
from webapp.language import gettext as _
from webapp.pages.blueprint import blueprint
from webapp.pages.profile import profile_page
from webapp.problems import sentence
from webapp.requests import current_actor, current_session, engine, is_text, once
from webapp.views.proxies import days


@blueprint.post("/profile/proxies")
def proxy_set() -> BaseResponse:
    """From a day to a day, in some or all processes."""
    current_session()
    sent = {name: request.form.get(name, "") for name in ("deputy", "since", "until", "reason")}
    chosen = request.form.getlist("processes")

    def command(uow: UnitOfWork) -> str:
        if not is_text([*sent.values(), *chosen]):
            raise Invalid
        since, until = days(engine(), sent["since"], sent["until"])
        return set_proxy(uow, sent["deputy"], since, until, chosen or None, sent["reason"])

    try:
        once(request.form.get("idempotency_key", ""), command)
    except (NotAPossiblePerson, ProxyOverlaps) as error:
        told = sentence(error.problem, error.parts)
    except Invalid:
        told = _("The days do not fit: it ends after it has begun, and not in the past.")
    else:
        flash(_("From then on this person stands in for you. They have been told."), "success")
        return redirect(url_for("pages.profile") + "#proxies")
    page = profile_page({}, error=told, sent={**sent, "processes": chosen})
    return make_response(page, 422)


@blueprint.post("/profile/proxies/<string:id>/end")
def proxy_end(id: str) -> BaseResponse:
    """From now on everybody acts for themselves again."""
    current_session()
    with engine().command(current_actor()) as uow:
        end_proxy(uow, id)
        uow.commit()
    flash(_("It has ended. The record keeps what was done under it."), "success")
    return redirect(url_for("pages.profile") + "#proxies")
