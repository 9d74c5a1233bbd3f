"""The pages: the same verbs as the JSON API, for people with a browser."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, make_response, render_template, request

from engine.errors import EngineError
from webapp.assets import AssetsNotBuilt, not_built_page
from webapp.pages import (  # noqa: F401  # importing them adds their routes to the blueprint
    admin,
    admin_changes,
    admin_funds,
    admin_notice,
    admin_numbers,
    admin_people,
    admin_posts,
    admin_stuck,
    admin_takeover,
    admin_texts,
    admin_units,
    again,
    audit,
    auth,
    batch,
    cases,
    check_paper,
    dashboard,
    deciding,
    home,
    incidents,
    live,
    notices,
    notifications,
    own_account,
    payments,
    preferences_page,
    profile,
    provider,
    proxies,
    remarks,
    saved_filters,
    start,
    steps,
    tasks,
    webhooks,
    work,
)
from webapp.pages.blueprint import blueprint
from webapp.pages.doorway import is_local, login_page
from webapp.pages.frame import add_frame
from webapp.pages.kept import is_from_a_script, keep_posted, resend_page, stale_form
from webapp.problems import document, sentence, status_of
from webapp.requests import session_or_none
from webapp.studio import (  # noqa: F401  # as above
    by_hand,
    candidates,
    checking,
    coverage,
    draft_changes,
    drafts,
    editors,
    english,
    exchange,
    facts,
    files,
    heat,
    letters,
    overview,
    processes,
    proposing,
    rehearsals,
    release,
    running,
    stories,
    trying,
    words,
)


def register(app: Flask) -> None:
    """Add the pages to the application."""
    add_frame(app)
    app.register_blueprint(blueprint)
    app.register_error_handler(AssetsNotBuilt, lambda _error: (not_built_page(), 503))


def error_page(error: EngineError) -> Response:
    """What went wrong, in plain words; to the sign-in page where that is what is missing."""
    status = status_of(error)
    if is_from_a_script():
        # The page stays as it is, with everything typed on it; its script knows what to do.
        answer = make_response(jsonify(document(error)), status)
        answer.mimetype = "application/problem+json"
        return answer
    if error.problem == "unauthenticated":
        kept = keep_posted()
        if kept:
            page = login_page("", None, _page_of_the_form(), kept=kept)
            return make_response(page, status)
        return make_response("", 302, {"Location": auth.login_url()})
    if error.problem == "csrf":
        stale = stale_form()
        if stale is not None:
            return make_response(resend_page(stale, status))
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


def _page_of_the_form() -> str:
    """Where the form stood: that is where whoever signs in without it wants to go."""
    parts = urlsplit(request.referrer or "")
    return parts.path if parts.netloc == request.host and is_local(parts.path) else ""


def _back() -> str | None:
    here = request.referrer or ""
    return here if here.startswith(request.host_url) and session_or_none() else None


__all__ = ["error_page", "register"]
