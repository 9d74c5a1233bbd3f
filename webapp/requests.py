"""One request: who asks, and one command with one commit, at most once per Idempotency-Key."""

from __future__ import annotations

import hmac
import json
import threading
from collections.abc import Callable
from typing import Any, cast

from flask import Response, current_app, g, request

from engine.actors import Actor
from engine.engine import Engine
from engine.errors import EngineError, InFlight
from engine.store import idempotency
from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.sessions import Session, Sessions
from webapp.problems import WebProblem
from webapp.settings import Settings

COOKIE = "gongban_session"
_SAFE = ("GET", "HEAD", "OPTIONS")
_in_flight: set[str] = set()
_in_flight_lock = threading.Lock()


def engine() -> Engine:
    """The engine this application serves."""
    return cast("Engine", current_app.extensions["gongban_engine"])


def settings() -> Settings:
    """The installation's settings."""
    return cast("Settings", current_app.extensions["gongban_settings"])


def sessions() -> Sessions:
    """Signing in and out."""
    return cast("Sessions", current_app.extensions["gongban_sessions"])


def session_or_none() -> Session | None:
    """Whose request this is: a bearer token for programs, a cookie for pages; looked up once."""
    if "session" not in g:
        header = request.headers.get("Authorization", "")
        bearer = header.removeprefix("Bearer ") if header.startswith("Bearer ") else ""
        token = bearer or request.cookies.get(COOKIE, "")
        g.session_by_cookie = not bearer
        g.session = sessions().find(token) if token else None
    return cast("Session | None", g.session)


def current_session() -> Session:
    """The session; raise `unauthenticated`, or `csrf` for a cookie's write without its token."""
    found = session_or_none()
    if found is None:
        raise WebProblem("unauthenticated", 401)
    if request.method not in _SAFE and g.session_by_cookie:
        sent = request.form.get("csrf_token") or request.headers.get("X-CSRF-Token", "")
        if not _same(sent, found.csrf):
            raise WebProblem("csrf", 403)
    return found


def current_actor() -> Actor:
    """Who acts in this request."""
    return current_session().actor


def perform(
    command: Callable[[UnitOfWork], Any],
    present: Callable[[UnitOfWork, Any], Any],
    *,
    status: int = 200,
) -> Response:
    """Run a command and answer with JSON. With an Idempotency-Key the answer is kept with the commit."""
    actor = current_actor()
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > idempotency.MAX_KEY:
        raise WebProblem("malformed", 422)
    if not key:
        return _run(actor, command, present, status, None)
    identity = f"{actor.id}\n{request.path}\n{key}"
    with _in_flight_lock:
        if identity in _in_flight:
            raise InFlight
        _in_flight.add(identity)
    try:
        return _run(actor, command, present, status, key)
    finally:
        with _in_flight_lock:
            _in_flight.discard(identity)


def _run(
    actor: Actor,
    command: Callable[[UnitOfWork], Any],
    present: Callable[[UnitOfWork, Any], Any],
    status: int,
    key: str | None,
) -> Response:
    with engine().command(actor) as uow:
        promise = None
        if key:
            taken = idempotency.begin(
                uow,
                route=request.path,
                key=key,
                body=request.get_data(),
                secret=_secret(),
            )
            if isinstance(taken, idempotency.Answer):
                answer = _json(taken.body, taken.status)
                answer.headers["Idempotent-Replay"] = "true"
                return answer
            promise = taken
        body = json.dumps(present(uow, command(uow)), ensure_ascii=False, default=str)
        if promise is not None:
            promise.keep(uow, status, body)
        uow.commit()
    return _json(body, status)


def once(key: str, command: Callable[[UnitOfWork], Any]) -> tuple[Any, bool]:
    """Run a page's command at most once per `key`; return its result and whether it ran now."""
    actor = current_actor()
    with engine().command(actor) as uow:
        promise = None
        if key:
            taken = idempotency.begin(
                uow,
                route=request.path,
                key=key[: idempotency.MAX_KEY],
                # A second click sends the same form; what counts is the key the page was given.
                body=b"",
                secret=_secret(),
            )
            if isinstance(taken, idempotency.Answer):
                return json.loads(taken.body), False
            promise = taken
        result = command(uow)
        if promise is not None:
            promise.keep(uow, 200, json.dumps(result, ensure_ascii=False, default=str))
        uow.commit()
    return result, True


def problem_of(error: Exception) -> EngineError:
    """Any error as a problem; what is not ours is internal."""
    return error if isinstance(error, EngineError) else WebProblem("internal", 500)


def _json(body: str, status: int) -> Response:
    return Response(body, status=status, mimetype="application/json")


def _same(sent: str, expected: str) -> bool:
    return hmac.compare_digest(sent.encode(), expected.encode())


def _secret() -> bytes:
    return settings().secret_key.encode()
