"""Builds the Flask application; nothing happens at import."""

from __future__ import annotations

import re
import traceback
from typing import Any

import structlog
from flask import Flask, Response, jsonify, make_response, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from engine.commands.uploads import MAX_SIZE
from engine.engine import Engine
from engine.errors import EngineError
from webapp import api, health, pages
from webapp.accounts.ldap import Directory
from webapp.accounts.provider import Provider
from webapp.accounts.sign_in import Rules, SignIn
from webapp.problems import WebProblem, document, status_of
from webapp.requests import current_session, is_text
from webapp.settings import Settings
from webapp.static_files import send_static

log = structlog.get_logger()

#: The largest request body: a form with its attachments goes up file by file.
MAX_BODY = MAX_SIZE + 2 * 1024 * 1024
_HTTP_PROBLEMS = {
    400: "malformed",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "malformed",
    422: "malformed",
}
#: Endpoints that answer anybody; a test says why. Signing out asks for the session itself.
_PUBLIC = frozenset(
    {
        "static",
        "health_live",
        "health_ready",
        "api-docs.openapi_json",
        "sessions.SessionRoot",
        "pages.login",
        "pages.login_step",
        "pages.login_here",
        "pages.login_here_again",
        "pages.login_again",
        "pages.provider_begin",
        "pages.provider_back",
        "pages.licenses",
        "pages.check_paper",
        "pages.preferences",
        "pages.demo_switch",
    }
)
#: Uploads are the requests to the API that are no JSON.
_BYTES = frozenset({"files.Files", "uploads.OneUpload"})
#: JSON in which a NUL or a part of a surrogate pair is written as an escape: worth a closer look.
_ESCAPED = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "object-src 'self'; frame-src 'self'"
)


def build(settings: Settings, engine: Engine) -> Flask:
    """The application over an engine."""
    app = with_routes()
    connect(app, settings, engine)
    return app


def connect(app: Flask, settings: Settings, engine: Engine) -> None:
    """Give an application its installation: whatever differs from one to the next."""
    app.secret_key = settings.require_secret()
    app.extensions["gongban_settings"] = settings
    app.extensions["gongban_engine"] = engine
    app.extensions["gongban_sessions"] = SignIn(engine, _rules(settings))
    app.extensions["gongban_provider"] = Provider(settings.oidc) if settings.oidc else None
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def with_routes() -> Flask:
    """The application before it belongs to an installation: addresses, handlers, limits."""
    app = Flask(__name__)
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # the default provider has it
    api.register(app)
    health.register(app)
    pages.register(app)
    app.view_functions["static"] = send_static
    app.before_request(_ask_for_a_user)
    app.before_request(_refuse_unreadable)
    app.register_error_handler(EngineError, _engine_error)
    app.register_error_handler(RecursionError, _too_deep)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(Exception, _unexpected)
    app.after_request(_headers)
    return app


def _rules(settings: Settings) -> Rules:
    return Rules(
        password_days=settings.password_days,
        second_factor_roles=settings.second_factor_roles,
        code_after_provider=bool(settings.oidc and settings.oidc.second_factor),
        directory=Directory(settings.ldap) if settings.ldap else None,
    )


def _is_api() -> bool:
    return request.path.startswith("/api/") or request.path.startswith("/health")


def _answer(error: EngineError, extra: dict[str, Any] | None = None) -> Response:
    if not _is_api():
        return pages.error_page(error)
    body = {**document(error), **(extra or {})}
    answer = make_response(jsonify(body), body["status"])
    answer.mimetype = "application/problem+json"
    if body["status"] == 429 or error.problem in ("in_flight", "busy"):
        answer.headers["Retry-After"] = str(error.parts.get("retry_after") or 2)
    return answer


def _ask_for_a_user() -> None:
    """Whoever adds a route need not think of it: what is not named public asks for a session."""
    if request.endpoint is not None and request.endpoint not in _PUBLIC:
        current_session()


def _refuse_unreadable() -> None:
    """Refuse what no verb could read: a body of another kind, text that no database takes."""
    texts: list[Any] = [request.path, *request.args.values()]
    if request.is_json:
        if _ESCAPED.search(request.get_data()):
            texts.append(request.get_json(silent=True))
    elif _wants_json() and request.get_data():
        raise WebProblem("malformed", 415)
    else:
        texts += [one for values in request.form.listvalues() for one in values]
    if not all(is_text(one) for one in texts):
        raise WebProblem("malformed", 422)


def _wants_json() -> bool:
    return request.path.startswith("/api/") and request.endpoint not in _BYTES


def _too_deep(_error: RecursionError) -> Response:
    # Lists within lists beyond what the reader of JSON follows; nothing else here recurses.
    return _answer(WebProblem("malformed", 422))


def _engine_error(error: EngineError) -> Response:
    if status_of(error) >= 500 and error.problem != "busy":
        _log_unexpected(error)
    return _answer(error)


def _http_error(error: HTTPException) -> Response:
    problem = WebProblem(_HTTP_PROBLEMS.get(error.code or 500, "internal"), error.code or 500)
    extra = None
    # flask-smorest puts marshmallow's messages here; our own document shape replaces its body.
    messages = getattr(error, "data", {}).get("messages") if hasattr(error, "data") else None
    if messages:
        extra = {"errors": _flatten(messages)}
    return _answer(problem, extra)


def _database_error(error: OperationalError) -> Response:
    log.error("database", error=type(error.orig).__name__)
    return _answer(WebProblem("internal", 503))


def _unexpected(error: Exception) -> Response:
    _log_unexpected(error)
    return _answer(WebProblem("internal", 500))


def _log_unexpected(error: Exception) -> None:
    # The message may hold what a person typed; only the kind and the place are logged.
    where = traceback.extract_tb(error.__traceback__)[-4:]
    log.error(
        "unexpected error",
        kind=type(error).__name__,
        path=request.path,
        at=[f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in where],
    )


def _flatten(messages: Any, path: str = "") -> list[dict[str, str]]:
    if isinstance(messages, dict):
        return [
            one
            for key, value in messages.items()
            for one in _flatten(value, f"{path}.{key}" if path and path != "json" else str(key))
        ]
    if isinstance(messages, list):
        return [{"path": path, "code": "malformed", "message": str(text)} for text in messages]
    return [{"path": path, "code": "malformed", "message": str(messages)}]


def _headers(answer: Response) -> Response:
    answer.headers.setdefault("Content-Security-Policy", _POLICY)
    answer.headers.setdefault("X-Content-Type-Options", "nosniff")
    answer.headers.setdefault("Referrer-Policy", "same-origin")
    answer.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if "Cache-Control" not in answer.headers and not request.path.startswith("/static/"):
        answer.headers["Cache-Control"] = "no-store"
    if request.path.startswith("/static/dist/assets/") and answer.status_code < 400:
        # Their names hold the hash of their content.
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer
