"""Signing in again where one was: in a dialog over the page, or in another window."""

from __future__ import annotations

from flask import jsonify, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine.errors import EngineError
from webapp.accounts.sessions import SignedIn
from webapp.accounts.sign_in import CODE, Waiting
from webapp.language import gettext as _
from webapp.pages.blueprint import blueprint
from webapp.pages.doorway import PENDING, login_page, same_site, with_pending, with_session
from webapp.pages.kept import is_for, open_kept, resend_page, say_it_was_not_sent
from webapp.problems import WebProblem, sentence, status_of
from webapp.requests import session_or_none, sessions, settings, visitor


@blueprint.get("/login/here")
def login_here() -> BaseResponse:
    """Who is signed in in this browser now, with the token for forms; for the page's own script."""
    found = session_or_none()
    if found is None:
        return _say({"signed_in": False, "provider": settings().oidc is not None}, 401)
    return _say({"signed_in": True, "username": found.username, "csrf": found.csrf}, 200)


@blueprint.post("/login/here")
def login_here_again() -> BaseResponse:
    """The password, then the code where one is asked for, without leaving the page."""
    same_site()
    form = request.form
    pending = request.cookies.get(PENDING, "")
    try:
        if form.get("code") and pending:
            reached = sessions().give_code(pending, form["code"], visitor())
        else:
            reached = sessions().begin(
                form.get("username", ""), form.get("password", ""), visitor()
            )
    except EngineError as error:
        told = sentence(error.problem, error.parts)
        return _say({"problem": error.problem, "text": told}, status_of(error))
    return _reached(reached)


def _reached(reached: SignedIn | Waiting) -> BaseResponse:
    if isinstance(reached, SignedIn):
        found = sessions().find(reached.token)
        assert found is not None
        answer = _say({"signed_in": True, "username": found.username, "csrf": found.csrf}, 200)
        return with_session(answer, reached)
    if reached.needs == CODE:
        answer = _say({"problem": "second_factor_required", "text": ""}, 401)
        return with_pending(answer, reached.token)
    sessions().give_up(reached.token)
    told = _("First sign in in another tab: there is something to set up. Then come back here.")
    return _say({"problem": "elsewhere", "text": told}, 401)


@blueprint.post("/login/again")
def login_again() -> BaseResponse:
    """Signed in in another window: go on with what was being sent."""
    same_site()
    sealed = request.form.get("kept", "")
    found, kept = session_or_none(), open_kept(sealed)
    if found is None:
        page = login_page("", _("You are not signed in yet."), "", kept=sealed)
        return make_response(page, 401)
    if kept is None:
        raise WebProblem("malformed", 422)
    if not is_for(kept, found.actor.id):
        say_it_was_not_sent()
        return redirect(url_for("pages.home"))
    return resend_page(kept)


def _say(body: dict[str, object], status: int) -> BaseResponse:
    return make_response(jsonify(body), status)
