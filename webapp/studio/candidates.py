"""What was proposed, as whoever is to consent looks at it."""

from __future__ import annotations

from flask import Response, render_template
from sqlalchemy import Connection, select

from engine.catalog.package import Package
from engine.catalog.versions import stored_package
from engine.store.tables import definition, proposal
from engine.studio.candidates import candidate_package
from engine.studio.checking import check_draft
from webapp.language import gettext as _
from webapp.pages.blueprint import blueprint
from webapp.requests import engine
from webapp.rights import require
from webapp.studio.differing import difference_view
from webapp.studio.exchange import zip_answer
from webapp.studio.findings import without_address
from webapp.studio.overview import kind_of
from webapp.studio.proposing import proposals_of_candidate


@blueprint.get("/studio/candidates/<string:id>", endpoint="studio_candidate")
def candidate(id: str) -> str:
    """The content, what the check says of it, who worked on it, and why its warnings stand."""
    require("administer")
    house = engine()
    with house.database.read() as connection:
        package = candidate_package(connection, id)
        proposals = proposals_of_candidate(connection, id)
        number, before = _base(connection, id, package)
    files = {**package.files, **package.companions}
    return render_template(
        "studio_candidate.html",
        candidate={"id": id, "key": package.manifest.id, "title": package.manifest.title},
        proposals=proposals,
        findings=without_address(check_draft(package, house.shared)),
        files=[
            {"path": path, "kind": kind_of(path), "size": len(content)}
            for path, content in sorted(files.items())
        ],
        before=_("Version %(number)s", number=number) if number else _("An empty beginning"),
        after=_("What was proposed"),
        found=difference_view(before, package),
    )


def _base(connection: Connection, id: str, package: Package) -> tuple[int | None, Package]:
    """The version that was in use when it was proposed, else the one in use now."""
    proposed_over = (
        select(proposal.c.base_id)
        .where(proposal.c.candidate_id == id, proposal.c.base_id.is_not(None))
        .order_by(proposal.c.proposed_at.desc())
        .limit(1)
    )
    base = connection.execute(proposed_over).scalar_one_or_none()
    known = definition.c.id == base if base else definition.c.active.is_(True)
    row = connection.execute(
        select(definition.c.id, definition.c.version).where(
            definition.c.key == package.manifest.id, known
        )
    ).one_or_none()
    if row is None:
        return None, Package({})
    return row.version, stored_package(connection, row.id)


@blueprint.get("/studio/candidates/<string:id>/package.zip", endpoint="studio_candidate_zip")
def candidate_zip(id: str) -> Response:
    """The candidate's files, to look at with other tools."""
    require("administer")
    with engine().database.read() as connection:
        package = candidate_package(connection, id)
    return zip_answer(package, package.manifest.id)
