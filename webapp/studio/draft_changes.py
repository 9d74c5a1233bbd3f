"""What a draft changes of the version it began as."""

from __future__ import annotations

from flask import render_template, url_for
from sqlalchemy import select

from engine.catalog.package import Package
from engine.catalog.versions import stored_package
from engine.store.tables import definition
from engine.studio.checking import whole
from engine.studio.reading import package_of, read_draft
from webapp.language import gettext as _
from webapp.pages.blueprint import blueprint
from webapp.requests import engine
from webapp.rights import require
from webapp.studio.differing import difference_view


@blueprint.get("/studio/drafts/<string:id>/changes", endpoint="studio_draft_changes")
def changes(id: str) -> str:
    """The draft beside its beginning; all of it is new where it began as nothing."""
    actor, house = require("administer"), engine()
    with house.database.read() as connection:
        draft = read_draft(connection, actor, id)
        after = whole(package_of(connection, id), house.shared)
        number = connection.execute(
            select(definition.c.version).where(definition.c.id == draft.base_id)
        ).scalar_one_or_none()
        known = draft.base_id is not None and number is not None
        before = stored_package(connection, str(draft.base_id)) if known else Package({})
    return render_template(
        "studio_differences.html",
        title=draft.title,
        lead=_("What the draft changes."),
        back={"url": url_for("pages.studio_draft", id=id), "text": draft.title},
        before=_("Version %(number)s", number=number) if known else _("An empty beginning"),
        after=_("The draft"),
        choice=None,
        found=difference_view(before, after),
    )
