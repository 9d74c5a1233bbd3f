"""One request: who asks, and one command with one commit, at most once per Idempotency-Key."""

from __future__ import annotations

import hmac
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from flask import Response, current_app, g, request
from sqlalchemy import Connection

from engine.actors import Actor
from engine.engine import Engine
from engine.errors import EngineError, InFlight, KeyReused
from engine.queries.proxies import StandIn, stands_in_for
from engine.store import idempotency
from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.sessions import Session, Visitor
from webapp.accounts.sign_in import SignIn
from webapp.problems import WebProblem
from webapp.settings import Settings

T = TypeVar("T")

COOKIE = "gongban_session"
#: What pages ask by themselves, whether anybody is there or not: it does not prolong a session.
UNATTENDED = frozenset({"pages.live"})
_SAFE = ("GET", "HEAD", "OPTIONS")
_in_flight: set[str] = set()
_in_flight_lock = threading.Lock()


def engine() -> Engine:
    """The engine this application serves."""
    return cast("Engine", current_app.extensions["gongban_engine"])


def settings() -> Settings:
    """The installation's settings."""
    return cast("Settings", current_app.extensions["gongban_settings"])


def sessions() -> SignIn:
    """Signing in and out."""
    return cast("SignIn", current_app.extensions["gongban_sessions"])


def visitor() -> Visitor:
    """Where this request comes from, as far as it says."""
    return Visitor(request.remote_addr or "", request.headers.get("User-Agent", ""))


def session_or_none() -> Session | None:
    """Whose request this is: a bearer token for programs, a cookie for pages; looked up once."""
    if "session" not in g:
        header = request.headers.get("Authorization", "")
        bearer = header.removeprefix("Bearer ") if header.startswith("Bearer ") else ""
        token = bearer or request.cookies.get(COOKIE, "")
        g.session_by_cookie = not bearer
        used = request.endpoint not in UNATTENDED
        g.session = sessions().find(token, used=used) if token else None
    return cast("Session | None", g.session)


def adopt(token: str) -> None:
    """The rest of this request is of whoever has just signed in: its page is theirs already."""
    g.session_by_cookie = True
    g.session = sessions().find(token)


def current_session() -> Session:
    """The session; raise `unauthenticated`, or `csrf` for a cookie's write without its token."""
    found = session_or_none()
    if found is None:
        raise WebProblem("unauthenticated", 401)
    if request.method not in _SAFE and g.session_by_cookie:
        sent = request.form.get("csrf_token") or request.headers.get("X-CSRFToken", "")
        if not _same(sent, found.csrf):
            raise WebProblem("csrf", 403)
    return found


def current_actor() -> Actor:
    """Who acts in this request."""
    return current_session().actor


def standing_in(connection: Connection) -> list[StandIn]:
    """Those the caller stands in for now."""
    house = engine()
    return stands_in_for(house, connection, current_actor().id, house.clock.now())


def perform(
    command: Callable[[UnitOfWork], Any],
    present: Callable[[UnitOfWork, Any], Any],
    *,
    status: int = 200,
    body: bytes | None = None,
) -> Response:
    """Run a command and answer with JSON. With an Idempotency-Key the answer is kept with the commit.

    `body` stands for the request where its bytes differ each time they are sent (a file's do).
    """
    actor = current_actor()
    key = _key()
    with _one_at_a_time(actor, key):
        answer, replayed = _kept(
            actor,
            key,
            request.get_data() if body is None else body,
            lambda uow: present(uow, command(uow)),
            status,
        )
    return _json(answer.body, answer.status, replayed=replayed)


def perform_each(
    items: Sequence[T],
    command: Callable[[UnitOfWork, T], Any],
    refused: Callable[[T, EngineError], Any],
    *,
    page_key: str | None = None,
) -> tuple[list[Any], bool]:
    """Run a command per item, in order, one transaction each; return the results and whether all are old.

    With an Idempotency-Key every result, a refusal too, is kept under the key and the item's place:
    a request that died on its way is continued by its retry. A page gives the key it was made with;
    a second click sends the same form, so that the key alone counts.
    """
    actor = current_actor()
    key = _key() if page_key is None else page_key[: idempotency.MAX_KEY]
    body = request.get_data() if page_key is None else b""
    with _one_at_a_time(actor, key):
        done = [
            _attempt(actor, key and f"{key}\n{number}", body, item, command, refused)
            for number, item in enumerate(items)
        ]
    return [json.loads(answer.body) for answer, _old in done], all(old for _answer, old in done)


def _attempt(
    actor: Actor,
    key: str,
    body: bytes,
    item: T,
    command: Callable[[UnitOfWork, T], Any],
    refused: Callable[[T, EngineError], Any],
) -> tuple[idempotency.Answer, bool]:
    try:
        return _kept(actor, key, body, lambda uow: command(uow, item))
    except (KeyReused, InFlight):
        raise
    except EngineError as error:
        result = refused(item, error)
        return _kept(actor, key, body, lambda _uow: result)


def once(key: str, command: Callable[[UnitOfWork], Any]) -> tuple[Any, bool]:
    """Run a page's command at most once per `key`; return its result and whether it ran now."""
    # A second click sends the same form; what counts is the key the page was given.
    answer, replayed = _kept(current_actor(), key[: idempotency.MAX_KEY], b"", command)
    return json.loads(answer.body), not replayed


def _key() -> str:
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > idempotency.MAX_KEY:
        raise WebProblem("malformed", 422)
    return key


@contextmanager
def _one_at_a_time(actor: Actor, key: str) -> Iterator[None]:
    """Refuse a request whose twin is still being worked on."""
    if not key:
        yield
        return
    identity = f"{actor.id}\n{request.path}\n{key}"
    with _in_flight_lock:
        if identity in _in_flight:
            raise InFlight
        _in_flight.add(identity)
    try:
        yield
    finally:
        with _in_flight_lock:
            _in_flight.discard(identity)


def _kept(
    actor: Actor,
    key: str,
    body: bytes,
    command: Callable[[UnitOfWork], Any],
    status: int = 200,
) -> tuple[idempotency.Answer, bool]:
    """One command, one commit; return the answer and whether it is the one given before."""
    with engine().command(actor) as uow:
        promise = None
        if key:
            taken = idempotency.begin(uow, route=request.path, key=key, body=body, secret=_secret())
            if isinstance(taken, idempotency.Answer):
                return taken, True
            promise = taken
        text = json.dumps(command(uow), ensure_ascii=False, default=str)
        if promise is not None:
            promise.keep(uow, status, text)
        uow.commit()
    return idempotency.Answer(status, text), False


def is_text(value: Any) -> bool:
    """Whether all text in a value can be stored: no NUL, no half of a surrogate pair."""
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= one <= "\udfff" for one in value)
    if isinstance(value, dict):
        return all(is_text(key) and is_text(one) for key, one in value.items())
    if isinstance(value, list):
        return all(is_text(one) for one in value)
    return True


def _json(body: str, status: int, *, replayed: bool = False) -> Response:
    answer = Response(body, status=status, mimetype="application/json")
    if replayed:
        answer.headers["Idempotent-Replay"] = "true"
    return answer


def _same(sent: str, expected: str) -> bool:
    return hmac.compare_digest(sent.encode(), expected.encode())


def _secret() -> bytes:
    return settings().secret_key.encode()
