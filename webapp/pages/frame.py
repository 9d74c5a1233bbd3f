"""What every page has: who is signed in, the language, the demo banner, and the filters of templates."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Flask, request

from engine.queries.inbox import counts
from engine.queries.notifications import unread
from engine.queries.preferences import preferences_of
from engine.queries.proxies import stands_in_for
from webapp.assets import asset_tags
from webapp.demo_mode import demo_state
from webapp.language import gettext, language, ngettext
from webapp.notify.sentences import bell
from webapp.pages import filters
from webapp.pages.stuck_count import stuck_count
from webapp.requests import engine, session_or_none
from webapp.rights import has_right, oversees, role_title, starts_something
from webapp.views.held import held_bar

THEME_COOKIE = "gongban_theme"
_NAV = {
    "pages.home": "home",
    "pages.dashboard": "dashboard",
    "pages.inbox": "inbox",
    "pages.inbox_batch": "inbox",
    "pages.inbox_batch_done": "inbox",
    "pages.task": "inbox",
    "pages.start": "start",
    "pages.start_form": "start",
    "pages.cases": "cases",
    "pages.case": "cases",
    "pages.notices": "notices",
    "pages.notice": "notices",
    "pages.payments": "payments",
    "pages.incidents": "incidents",
    "pages.calendar": "calendar",
    "pages.webhooks": "webhooks",
    "pages.notifications": "notifications",
    "pages.processes": "processes",
    "pages.migration_new": "processes",
    "pages.migration": "processes",
    "pages.heat_map": "processes",
    "pages.heat_cases": "processes",
    "pages.incidents_retry": "incidents",
    "pages.incidents_progress": "incidents",
    "pages.stuck": "stuck",
    "pages.people": "people",
    "pages.people_add": "people",
    "pages.person": "people",
    "pages.units": "units",
    "pages.unit": "units",
    "pages.posts": "people",
    "pages.posts_vacant": "people",
    "pages.takeovers": "people",
    "pages.takeover_one": "people",
    "pages.numbers": "units",
    "pages.texts": "webhooks",
    "pages.text": "webhooks",
    "pages.funds": "payments",
    "pages.fund": "payments",
    "pages.changes": "units",
    "pages.calendar_notice": "calendar",
    "pages.calendar_notice_set": "calendar",
    "pages.text_save": "webhooks",
    "pages.audit": "audit",
}


def add_frame(app: Flask) -> None:
    """Teach the templates the words they use."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of the i18n extension
        gettext, ngettext, newstyle=False
    )
    app.jinja_env.globals.update(asset_tags=asset_tags, new_key=new_key)
    app.jinja_env.filters.update(
        money=filters.money, when=filters.when, date=filters.date, due=filters.due
    )
    app.context_processor(_frame)


def new_key() -> str:
    """An Idempotency-Key for one form on one page."""
    return secrets.token_urlsafe(18)


def _frame() -> dict[str, Any]:
    me = _me()
    return {
        "_": gettext,
        "ngettext": ngettext,
        "lang": language(),
        "theme": _theme(),
        "csrf_token": _csrf_token,
        "me": me,
        "held": held_bar(),
        "shortcuts": _shortcuts(),
        "demo": demo_state(),
        "nav_active": _active(request.endpoint or "", me),
    }


def _active(endpoint: str, me: dict[str, Any] | None) -> str:
    """Which link of the head this page stands under."""
    if endpoint in ("pages.funds", "pages.fund") and me is not None and "admin" in me["can"]:
        return "units"
    return "studio" if endpoint.startswith("pages.studio") else _NAV.get(endpoint, "")


def _theme() -> str:
    theme = request.cookies.get(THEME_COOKIE, "auto")
    return theme if theme in ("auto", "light", "dark") else "auto"


def _csrf_token() -> str:
    found = session_or_none()
    return found.csrf if found else ""


def _shortcuts() -> bool:
    """Whether single keys do things for this reader."""
    found = session_or_none()
    if found is None:
        return False
    with engine().database.glance() as connection:
        return preferences_of(engine(), connection, found.actor.id).shortcuts


def _me() -> dict[str, Any] | None:
    found = session_or_none()
    if found is None:
        return None
    house, actor = engine(), found.actor
    with house.database.read() as connection:
        news = unread(connection, actor.id)
        owners = stands_in_for(house, connection, actor.id, house.clock.now())
        waiting = counts(connection, actor, ("todo",), owners=owners)["todo"]
    can = {"cases"}
    for right, name in (("administer", "admin"), ("audit", "audit"), ("pay", "payments")):
        if has_right(actor, right):
            can.add(name)
    if oversees(actor):
        can.add("oversee")
    if starts_something(actor):
        can.add("start")
    held = sorted({key.split("@")[0] for key in actor.keys if "@" in key})
    return {
        "name": found.name,
        "initial": found.name[:1],
        "unit": str(house.directory.facts(actor.id).get("unit_name", "")),
        "roles": [role_title(role, language()) for role in held],
        "counts": {
            "todo": filters.count(waiting),
            "stuck": filters.count(stuck_count()) if "admin" in can else "",
            "unread": bell(news),
        },
        "can": can,
        "username": found.username,
    }
