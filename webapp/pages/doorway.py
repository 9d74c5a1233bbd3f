"""What the pages of signing in share: the sign-in page, where one may go afterwards, the cookies."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.provider import Provider
from webapp.accounts.sessions import SignedIn
from webapp.demo_mode import is_demo, story
from webapp.language import gettext as _
from webapp.problems import WebProblem
from webapp.requests import COOKIE, settings

#: The token of somebody who has shown a password and still has to show or do something.
PENDING = "gongban_pending"


def is_local(target: str) -> bool:
    """Whether a target is a page of this house."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    # Browsers read a backslash as a slash and drop line breaks.
    plain = not any(one in target for one in "\\\r\n\t")
    return plain and target.startswith("/") and not target.startswith("//") and not parts.netloc


def same_site() -> None:
    """A sign-in has no session to hold a token yet, so the browser's own word must do."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise WebProblem("csrf", 403)


def signed_in(opened: SignedIn, following: str) -> BaseResponse:
    """On to where the person was going, with the session in the browser."""
    target = following if is_local(following) else url_for("pages.home")
    return with_session(redirect(target), opened)


def with_session(answer: BaseResponse, opened: SignedIn) -> BaseResponse:
    """Give the browser the session, and take the half sign-in away."""
    answer.set_cookie(
        COOKIE, opened.token, httponly=True, samesite="Lax", secure=request.is_secure, path="/"
    )
    if PENDING in request.cookies:
        answer.delete_cookie(PENDING, path="/login")
    return answer


def with_pending(answer: BaseResponse, token: str) -> BaseResponse:
    """Give the browser the half sign-in; it is read by the pages of signing in alone."""
    answer.set_cookie(
        PENDING,
        token,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
        path="/login",
        max_age=600,
    )
    return answer


def login_page(username: str, error: str | None, following: str, *, kept: str = "") -> str:
    """The sign-in page; `kept` is what somebody was sending, sealed."""
    demo = is_demo()
    return render_template(
        "login.html",
        next=following,
        username=username,
        error=error,
        kept=kept,
        provider=settings().oidc is not None,
        out=_sign_out_there() if request.args.get("out") else None,
        story=story() if demo else [],
        password_hint=_("In this demonstration every password is gongban-demo.") if demo else None,
    )


def _sign_out_there() -> str | None:
    """Where the provider's own sign-in ends. A link: a form's policy would not lead out of the house."""
    door: Provider | None = current_app.extensions["gongban_provider"]
    public = settings().public_url or request.host_url.rstrip("/")
    return door.sign_out_address(f"{public}{url_for('pages.login')}") if door else None
