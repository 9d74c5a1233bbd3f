"""What was changed in the organisation; for administrators and those who audit."""

from __future__ import annotations

from flask import render_template, request, url_for

from engine.errors import NotAllowed
from webapp.pages.blueprint import blueprint
from webapp.requests import current_actor, engine
from webapp.rights import has_right
from webapp.views.changes import changes as changes_of
from webapp.views.changes import kinds


@blueprint.get("/admin/changes")
def changes() -> str:
    """Every change, the latest first; of one person, unit or fund where one is named."""
    actor = current_actor()
    if not has_right(actor, "administer") and not has_right(actor, "audit"):
        raise NotAllowed(right="administer")
    about, kind = request.args.get("about", "")[:64], request.args.get("kind", "")
    after = request.args.get("after", "")[:200]
    known = {one["value"] for one in kinds()}
    kind = kind if kind in known else ""
    with engine().database.read() as connection:
        found, following = changes_of(connection, about=about, kind=kind, after=after)
    more = url_for("pages.changes", about=about, kind=kind, after=following) if following else None
    return render_template(
        "admin_changes.html",
        items=found,
        kinds=kinds(),
        kind=kind,
        about=about,
        more_url=more,
        administers=has_right(actor, "administer"),
    )
