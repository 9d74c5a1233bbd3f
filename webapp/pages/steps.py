"""After the password: the code, a device to set up, or a new password; each on a page of its own."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine.errors import EngineError
from webapp.accounts.second_factor import address_of, open_secret
from webapp.accounts.sessions import SignedIn
from webapp.accounts.sign_in import CODE, DEVICE, NEW_PASSWORD, Pending, Waiting
from webapp.language import gettext as _
from webapp.pages.blueprint import blueprint
from webapp.pages.doorway import (
    PENDING,
    is_local,
    login_page,
    same_site,
    signed_in,
    with_pending,
    with_session,
)
from webapp.pages.kept import is_for, open_kept, resend_page, say_it_was_not_sent
from webapp.problems import sentence, status_of
from webapp.requests import adopt, engine, sessions, visitor
from webapp.views.own_account import device_view


def go_on(reached: SignedIn | Waiting, following: str, sealed: str = "") -> BaseResponse:
    """Into the house, or to the page of what is still needed.

    With something kept: to what was being sent, for the person who was sending it and nobody else.
    """
    if isinstance(reached, SignedIn):
        kept = open_kept(sealed)
        if kept is None:
            return signed_in(reached, following)
        if not is_for(kept, reached.person_id):
            say_it_was_not_sent()
            return signed_in(reached, "")
        adopt(reached.token)
        return with_session(resend_page(kept), reached)
    if reached.needs == DEVICE:
        sessions().device_of(reached.token)
    page = _page(sessions().pending(reached.token), following, kept=sealed)
    return with_pending(page, reached.token)


@blueprint.route("/login/step", methods=["GET", "POST"])
def login_step() -> BaseResponse:
    """What a sign-in under way still needs."""
    if request.method == "POST":
        same_site()
    token = request.cookies.get(PENDING, "")
    following, kept = request.values.get("next", ""), request.form.get("kept", "")
    try:
        found = sessions().pending(token)
        if request.method == "GET":
            return _page(found, following)
        return _take(token, found, following, kept)
    except EngineError as error:
        if error.problem == "sign_in_over":
            if kept:
                door = login_page("", sentence(error.problem), following, kept=kept)
                return make_response(door, status_of(error))
            return redirect(url_for("pages.login", next=following, over="yes"))
        page = _page(found, following, sentence(error.problem, error.parts), kept=kept)
        return make_response(page, status_of(error))


def _take(token: str, found: Pending, following: str, kept: str) -> BaseResponse:
    if found.needs == CODE:
        code = request.form.get("code", "")
        return go_on(sessions().give_code(token, code, visitor()), following, kept)
    if found.needs == DEVICE:
        code = request.form.get("code", "")
        reached, codes = sessions().give_first_code(token, code, visitor())
        return _recovery_codes(reached, codes, following, kept)
    new = request.form.get("new", "")
    if new != request.form.get("again", ""):
        problem = _("The two new passwords differ.")
        return make_response(_page(found, following, problem, kept=kept), 422)
    return go_on(sessions().give_new_password(token, new, visitor()), following, kept)


def _page(
    found: Pending, following: str, error: str | None = None, *, kept: str = ""
) -> BaseResponse:
    device: dict[str, Any] | None = None
    if found.needs == DEVICE:
        secret = open_secret(engine(), found.person_id)
        device = device_view(secret, address_of(secret, found.username))
    page = render_template(
        "login_step.html",
        needs=found.needs or NEW_PASSWORD,
        name=found.name,
        username=found.username,
        next=following,
        error=error,
        kept=kept,
        device=device,
    )
    return make_response(page)


def _recovery_codes(
    reached: SignedIn | Waiting, codes: list[str], following: str, kept: str
) -> BaseResponse:
    """Shown here and now; the way on is a link, or what was being sent."""
    if isinstance(reached, SignedIn):
        onward = following if is_local(following) else url_for("pages.home")
    else:
        onward = url_for("pages.login_step", next=following)
    page = render_template(
        "recovery_codes.html", codes=codes, onward=onward, inside=False, kept=kept
    )
    answer = make_response(page)
    if isinstance(reached, SignedIn):
        return with_session(answer, reached)
    return with_pending(answer, reached.token)
