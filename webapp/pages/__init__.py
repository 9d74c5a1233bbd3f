"""The pages: the same verbs as the JSON API, for people with a browser."""

from __future__ import annotations

from flask import Flask, Response, make_response, render_template, request

from engine.errors import EngineError
from webapp.assets import AssetsNotBuilt, not_built_page
from webapp.pages import (  # noqa: F401  # importing them adds their routes to the blueprint
    admin,
    admin_people,
    admin_stuck,
    admin_units,
    audit,
    auth,
    batch,
    cases,
    deciding,
    notices,
    notifications,
    payments,
    preferences_page,
    profile,
    proxies,
    remarks,
    start,
    tasks,
    webhooks,
    work,
)
from webapp.pages.blueprint import blueprint
from webapp.pages.frame import add_frame
from webapp.problems import sentence, status_of
from webapp.requests import session_or_none


def register(app: Flask) -> None:
    """Add the pages to the application."""
    add_frame(app)
    app.register_blueprint(blueprint)
    app.register_error_handler(AssetsNotBuilt, lambda _error: (not_built_page(), 503))


def error_page(error: EngineError) -> Response:
    """What went wrong, in plain words; to the sign-in page where that is what is missing."""
    status = status_of(error)
    if error.problem == "unauthenticated":
        if request.headers.get("HX-Request"):
            answer = make_response("", 401)
            answer.headers["HX-Redirect"] = auth.login_url()
            return answer
        return make_response("", 302, {"Location": auth.login_url()})
    code = "csrf" if error.problem == "csrf" else status
    try:
        page = render_template(
            "error.html",
            code=code,
            detail=sentence(error.problem, error.parts),
            ref=None,
            back_url=_back(),
        )
    except AssetsNotBuilt:
        return make_response(not_built_page(), 503)
    return make_response(page, status)


def _back() -> str | None:
    here = request.referrer or ""
    return here if here.startswith(request.host_url) and session_or_none() else None


__all__ = ["error_page", "register"]
