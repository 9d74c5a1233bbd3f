"""Tables and forms tried as they stand in their editors, saved or not."""

from __future__ import annotations

from typing import Any

from engine.catalog.package import MAX_FILE
from engine.errors import NotFound
from engine.scope import Scope
from engine.studio.checking import whole
from engine.studio.paths import check_path
from engine.studio.reading import package_of, read_draft
from webapp.pages.blueprint import blueprint
from webapp.problems import WebProblem
from webapp.requests import engine, is_text
from webapp.rights import require
from webapp.studio import deciding, form_trying
from webapp.studio.answers import body, scripted


@blueprint.post("/studio/drafts/<string:id>/try/<path:path>", endpoint="studio_try_file")
@scripted
def attempt(id: str, path: str) -> dict[str, Any]:
    """What a table decides, or how a form takes what was typed; nothing is kept."""
    actor, house = require("administer"), engine()
    check_path(path)
    sent = body()
    text = sent.get("text")
    if not isinstance(text, str) or not is_text(sent) or len(text) > MAX_FILE:
        raise WebProblem("malformed", 422)
    with house.database.read() as connection:
        read_draft(connection, actor, id)
        package = package_of(connection, id)
    now = house.clock.now().astimezone(house.zone)
    if path.endswith(".dmn"):
        return deciding.tried(whole(package, house.shared).files, path, sent, lambda: now)
    if path.startswith("forms/"):
        scope = Scope({}, now=now, zone=house.zone, calendar=house.working_days)
        return form_trying.tried(sent, scope.functions, now)
    raise NotFound(draft=id, path=path)
