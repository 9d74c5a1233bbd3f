"""The door: signing in and out, language and look, and the demonstration's own switches."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

from flask import make_response, redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from engine.errors import EngineError
from webapp.accounts.sign_in import PROVIDER
from webapp.accounts.tables import account
from webapp.demo.clock import move_clock
from webapp.demo_mode import is_demo, story
from webapp.language import COOKIE as LANGUAGE_COOKIE
from webapp.language import LANGUAGES
from webapp.pages.blueprint import blueprint
from webapp.pages.doorway import is_local, login_page, same_site, signed_in
from webapp.pages.steps import go_on
from webapp.problems import WebProblem, sentence, status_of
from webapp.requests import (
    COOKIE,
    current_actor,
    current_session,
    engine,
    session_or_none,
    sessions,
    settings,
    visitor,
)

_YEAR = 365 * 24 * 3600


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> BaseResponse | str:
    """Sign in."""
    if request.method == "GET":
        if session_or_none() and not request.args.get("next"):
            return redirect(url_for("pages.home"))
        over = sentence("sign_in_over") if request.args.get("over") else None
        return login_page("", over, request.args.get("next", ""))
    same_site()
    username, following = request.form.get("username", ""), request.form.get("next", "")
    kept = request.form.get("kept", "")
    try:
        reached = sessions().begin(username, request.form.get("password", ""), visitor())
    except EngineError as error:
        page = login_page(username, sentence(error.problem), following, kept=kept)
        return make_response(page, status_of(error))
    return go_on(reached, following, kept)


def login_url() -> str:
    """The sign-in page, coming back here afterwards."""
    here = request.full_path.rstrip("?") if request.method == "GET" else ""
    return url_for("pages.login", next=here) if here not in ("", "/") else url_for("pages.login")


@blueprint.post("/logout")
def logout() -> BaseResponse:
    """Sign out."""
    found, oidc = current_session(), settings().oidc
    sessions().sign_out(request.cookies.get(COOKIE, ""))
    there = found.how == PROVIDER and oidc is not None and oidc.sign_out
    answer = redirect(url_for("pages.login", out="yes" if there else None))
    answer.delete_cookie(COOKIE, path="/")
    return answer


@blueprint.post("/preferences")
def preferences() -> BaseResponse:
    """Language and look: kept in this browser."""
    same_site()
    answer = redirect(_here())
    chosen = request.form.get("lang", "")
    if chosen in LANGUAGES:
        answer.set_cookie(LANGUAGE_COOKIE, chosen, max_age=_YEAR, samesite="Lax", httponly=True)
    theme = request.form.get("theme", "")
    if theme in ("auto", "light", "dark"):
        answer.set_cookie("gongban_theme", theme, max_age=_YEAR, samesite="Lax", httponly=True)
    return answer


def _here() -> str:
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc == request.host:
        query = f"?{came_from.query}" if came_from.query else ""
        here = f"{came_from.path}{query}"
        # The path of `http://this.house//elsewhere/` leads elsewhere when it stands alone.
        if is_local(here):
            return here
    return url_for("pages.home")


@blueprint.post("/demo/switch")
def demo_switch() -> BaseResponse:
    """In a demonstration: become one of its people."""
    same_site()
    if not is_demo():
        raise WebProblem("not_found", 404)
    username = request.form.get("username", "")
    if not any(one["username"] == username for one in story()):
        raise WebProblem("not_found", 404)
    with engine().database.read() as connection:
        person_id = connection.execute(
            select(account.c.person_id).where(account.c.username == username)
        ).scalar_one()
    return signed_in(sessions().open_for(person_id, visitor()), "")


_MOVES = {
    "P1D": timedelta(days=1),
    "P30D": timedelta(days=30),
}


@blueprint.post("/demo/clock")
def demo_clock() -> BaseResponse:
    """In a demonstration: let time pass."""
    current_session()
    move = request.form.get("move", "")
    now = engine().clock.now().astimezone(engine().zone)
    if move in _MOVES:
        by = _MOVES[move]
    elif re.fullmatch(r"[0-9]{1,2}w", move) and 0 < int(move[:-1]) <= 60:
        by = engine().working_days.add(now.date(), int(move[:-1])).day - now.date()
    else:
        raise WebProblem("malformed", 422)
    actor, here = current_actor(), _here()
    with engine().command(actor) as uow:
        move_clock(uow, by)
        uow.commit()
    # The session has aged with the clock; whoever moved it stays signed in.
    return signed_in(sessions().open_for(actor.id, visitor()), here)
