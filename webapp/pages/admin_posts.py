"""For administrators: who holds what and since when, and what nobody holds."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, url_for

from webapp.language import gettext as _
from webapp.pages.admin_units import today_here
from webapp.pages.blueprint import blueprint
from webapp.pages.form_days import day_asked
from webapp.requests import engine
from webapp.rights import require
from webapp.views.organisation import choices, role_choices
from webapp.views.posts import Asked, lines, vacant
from webapp.xlsx import Book, Column

_KINDS = ("root", "cluster", "unit", "group")


def _asked() -> Asked:
    return Asked(
        role=request.args.get("role", ""),
        place=request.args.get("place", ""),
        below=request.args.get("only") != "yes",
        on=day_asked("on"),
        history=request.args.get("history") == "yes",
        text=request.args.get("q", "").strip(),
    )


def _query(asked: Asked) -> dict[str, Any]:
    found = {
        "role": asked.role,
        "place": asked.place,
        "only": "" if asked.below else "yes",
        "on": asked.on.isoformat() if asked.on else "",
        "history": "yes" if asked.history else "",
        "q": asked.text,
    }
    return {name: value for name, value in found.items() if value}


@blueprint.get("/admin/posts")
def posts() -> str:
    """Roles by role and place, on a day or with all that have ended."""
    require("administer")
    asked, day = _asked(), today_here()
    text = request.args.get("page", "")
    page = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
    with engine().database.read() as connection:
        found, more = lines(connection, asked, day, page=page)
    units = engine().directory.units()  # type: ignore[attr-defined]  # the organisation's own directory
    return render_template(
        "admin_posts.html",
        asked=asked,
        today=day,
        items=found,
        roles=role_choices(),
        places=choices(units, *_KINDS),
        more_url=url_for("pages.posts", page=page + 1, **_query(asked)) if more else None,
        export_url=url_for("pages.posts_export", **_query(asked)),
    )


@blueprint.get("/admin/posts.xlsx")
def posts_export() -> Response:
    """The same as a spreadsheet, all of it."""
    require("administer")
    asked, day = _asked(), today_here()
    with engine().database.read() as connection:
        found, _more = lines(connection, asked, day, page=None)
    book = Book(engine().zone)
    sheet = book.sheet(
        _("Posts and roles"),
        [
            Column(_("Role")),
            Column(_("Post"), width=26),
            Column(_("At"), width=26),
            Column(_("Full name"), width=12),
            Column(_("Membership number"), width=14),
            Column(_("Since"), width=12),
            Column(_("First day without it"), width=14),
            Column(_("Basis"), width=26),
            Column(_("Given by"), width=12),
            Column(_("State"), width=10),
        ],
    )
    for one in found:
        sheet.add(
            [
                one["role"],
                one["title"],
                one["place"],
                one["name"],
                one["member_no"],
                one["since"].isoformat(),
                one["until"].isoformat() if one["until"] else None,
                one["basis"],
                one["given_by"],
                one["state_text"],
            ]
        )
    return book.answer(f"{_('Posts and roles')}-{(asked.on or day).isoformat()}.xlsx")


@blueprint.get("/admin/posts/vacant")
def posts_vacant() -> str:
    """What processes ask for and nobody holds."""
    require("administer")
    return render_template("admin_vacant.html", items=vacant())
