"""Signing in and out, language and look, and the demonstration's own switches."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

from flask import make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from engine.errors import EngineError
from webapp.accounts.tables import account
from webapp.demo.clock import move_clock
from webapp.demo_mode import is_demo, story
from webapp.language import COOKIE as LANGUAGE_COOKIE
from webapp.language import LANGUAGES
from webapp.language import gettext as _
from webapp.pages.blueprint import blueprint
from webapp.problems import WebProblem, sentence, status_of
from webapp.requests import (
    COOKIE,
    current_actor,
    current_session,
    engine,
    session_or_none,
    sessions,
)

_YEAR = 365 * 24 * 3600


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> BaseResponse | str:
    """Sign in."""
    if request.method == "GET":
        if session_or_none() and not request.args.get("next"):
            return redirect(url_for("pages.home"))
        return _login_page("", None, request.args.get("next", ""))
    _same_site()
    username = request.form.get("username", "")
    try:
        opened = sessions().sign_in(
            username, request.form.get("password", ""), address=request.remote_addr or ""
        )
    except EngineError as error:
        page = _login_page(username, sentence(error.problem), request.form.get("next", ""))
        return make_response(page, status_of(error))
    return _signed_in(opened.token, request.form.get("next", ""))


def _login_page(username: str, error: str | None, following: str) -> str:
    demo = is_demo()
    return render_template(
        "login.html",
        next=following,
        username=username,
        error=error,
        story=story() if demo else [],
        password_hint=_("In this demonstration every password is gongban-demo.") if demo else None,
    )


def _signed_in(token: str, following: str) -> BaseResponse:
    answer = redirect(following if _is_local(following) else url_for("pages.home"))
    answer.set_cookie(
        COOKIE, token, httponly=True, samesite="Lax", secure=request.is_secure, path="/"
    )
    return answer


def _is_local(target: str) -> bool:
    parts = urlsplit(target)
    return target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc


def _same_site() -> None:
    """A sign-in has no session to hold a token yet, so the browser's own word must do."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise WebProblem("csrf", 403)


def login_url() -> str:
    """The sign-in page, coming back here afterwards."""
    here = request.full_path.rstrip("?") if request.method == "GET" else ""
    return url_for("pages.login", next=here) if here not in ("", "/") else url_for("pages.login")


@blueprint.post("/logout")
def logout() -> BaseResponse:
    """Sign out."""
    current_session()
    sessions().sign_out(request.cookies.get(COOKIE, ""))
    answer = redirect(url_for("pages.login"))
    answer.delete_cookie(COOKIE, path="/")
    return answer


@blueprint.post("/preferences")
def preferences() -> BaseResponse:
    """Language and look: kept in this browser."""
    _same_site()
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
        if _is_local(here):
            return here
    return url_for("pages.home")


@blueprint.post("/demo/switch")
def demo_switch() -> BaseResponse:
    """In a demonstration: become one of its people."""
    _same_site()
    if not is_demo():
        raise WebProblem("not_found", 404)
    username = request.form.get("username", "")
    if not any(one["username"] == username for one in story()):
        raise WebProblem("not_found", 404)
    with engine().database.read() as connection:
        person_id = connection.execute(
            select(account.c.person_id).where(account.c.username == username)
        ).scalar_one()
    return _signed_in(sessions().open_for(person_id).token, "")


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
    return _signed_in(sessions().open_for(actor.id).token, here)
