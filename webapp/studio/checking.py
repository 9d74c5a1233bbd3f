"""Checking a draft on the server, as often as an editor asks."""

from __future__ import annotations

import time
from typing import Any

from engine.studio.checking import check_draft
from engine.studio.reading import package_of, read_draft
from webapp.pages.blueprint import blueprint
from webapp.requests import engine
from webapp.rights import require
from webapp.studio.answers import scripted
from webapp.studio.findings import shown


@blueprint.post("/studio/drafts/<string:id>/check", endpoint="studio_check")
@scripted
def check(id: str) -> dict[str, Any]:
    """What is wrong with the draft as it is saved now."""
    actor = require("administer")
    house = engine()
    with house.database.read() as connection:
        read_draft(connection, actor, id)
        package = package_of(connection, id)
    began = time.perf_counter()
    findings = check_draft(package, house.shared)
    return {
        "findings": shown(id, findings),
        "took_ms": round((time.perf_counter() - began) * 1000),
        # Within the prover's bound; what it could not decide is a finding of its own.
        "proved": not any(one.rule == "not_proved" for one in findings),
    }
