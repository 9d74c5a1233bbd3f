"""Signing in at the organisation's provider: there and back."""

from __future__ import annotations

import hmac
import json
from datetime import datetime, timedelta
from typing import cast

from flask import current_app, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine.clock import outside_now
from engine.errors import EngineError
from engine.sealing import SealingError
from webapp.accounts.errors import LoginRefused, ProviderRefused
from webapp.accounts.provider import Begun, Provider
from webapp.accounts.sessions import SignedIn
from webapp.accounts.sign_in import Waiting
from webapp.pages.blueprint import blueprint
from webapp.pages.doorway import is_local, login_page
from webapp.pages.steps import go_on
from webapp.problems import sentence, status_of
from webapp.requests import engine, sessions, settings, visitor

#: What went to the provider, sealed; it comes back with the browser that took it there, and with no other.
COOKIE = "gongban_provider"
_CONTEXT = "sign_in/provider"
_PATIENCE = timedelta(minutes=10)


def provider() -> Provider | None:
    """The installation's provider, if it has one."""
    return cast("Provider | None", current_app.extensions["gongban_provider"])


@blueprint.get("/login/provider")
def provider_begin() -> BaseResponse:
    """To the provider."""
    door, following = provider(), request.args.get("next", "")
    if door is None:
        return redirect(url_for("pages.login", next=following))
    begun = Begun.fresh()
    try:
        target = door.address(begun, _back())
    except EngineError as error:
        return _refused(error, following)
    kept = {
        "state": begun.state,
        "nonce": begun.nonce,
        "verifier": begun.verifier,
        "next": following if is_local(following) and len(following) < 1000 else "",
        "until": (outside_now(engine().clock) + _PATIENCE).isoformat(),
    }
    answer = redirect(target)
    answer.set_cookie(
        COOKIE,
        engine().keyring.seal(json.dumps(kept), _CONTEXT),
        max_age=int(_PATIENCE.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
        path="/login/provider",
    )
    return answer


@blueprint.get("/login/provider/back")
def provider_back() -> BaseResponse:
    """From the provider: believe what holds, and let in whom we know."""
    door = provider()
    if door is None:
        return redirect(url_for("pages.login"))
    following = ""
    try:
        kept = _kept()
        following = kept["next"]
        begun = Begun(kept["state"], kept["nonce"], kept["verifier"])
        if not hmac.compare_digest(request.args.get("state", "").encode(), begun.state.encode()):
            raise ProviderRefused(why="late")
        # Whatever comes of it, this state has come back.
        if not sessions().spend(begun.state):
            raise ProviderRefused(why="late")
        code = request.args.get("code", "")
        if request.args.get("error") or not code:
            raise ProviderRefused(why="ended")
        name = door.who(begun, code, _back(), outside_now(engine().clock))
        answer = go_on(_admitted(name), following)
    except EngineError as error:
        answer = _refused(error, following)
    answer.delete_cookie(COOKIE, path="/login/provider")
    return answer


def _admitted(name: str) -> SignedIn | Waiting:
    person_id = sessions().person_of(name)
    if person_id is None:
        raise ProviderRefused(why="unknown")
    try:
        return sessions().admit(person_id, visitor())
    except LoginRefused:
        raise ProviderRefused(why="disabled") from None


def _kept() -> dict[str, str]:
    try:
        found = json.loads(engine().keyring.open_sealed(request.cookies.get(COOKIE, ""), _CONTEXT))
    except (SealingError, ValueError):
        raise ProviderRefused(why="late") from None
    if datetime.fromisoformat(found["until"]) < outside_now(engine().clock):
        raise ProviderRefused(why="late")
    return cast("dict[str, str]", found)


def _refused(error: EngineError, following: str) -> BaseResponse:
    page = login_page("", sentence(error.problem, error.parts), following)
    return make_response(page, status_of(error))


def _back() -> str:
    """Where the provider sends people back to; it has to know this address beforehand."""
    public = settings().public_url
    if public:
        return f"{public}{url_for('pages.provider_back')}"
    return url_for("pages.provider_back", _external=True)
