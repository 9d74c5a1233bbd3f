"""What was proposed, as whoever is to consent looks at it."""

from __future__ import annotations

from flask import Response, render_template

from engine.studio.candidates import candidate_package
from engine.studio.checking import check_draft
from webapp.pages.blueprint import blueprint
from webapp.requests import engine
from webapp.rights import require
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
    )


@blueprint.get("/studio/candidates/<string:id>/package.zip", endpoint="studio_candidate_zip")
def candidate_zip(id: str) -> Response:
    """The candidate's files, to look at with other tools."""
    require("administer")
    with engine().database.read() as connection:
        package = candidate_package(connection, id)
    return zip_answer(package, package.manifest.id)
