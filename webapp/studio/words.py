"""What an expression of a draft may name, for completion."""

from __future__ import annotations

from typing import Any

from engine.studio.checking import whole
from engine.studio.reading import package_of, read_draft
from engine.studio.words import words_of
from webapp.language import language
from webapp.pages.blueprint import blueprint
from webapp.requests import engine
from webapp.rights import require, role_title
from webapp.roles import roles
from webapp.studio.answers import scripted


@blueprint.get("/studio/drafts/<string:id>/words", endpoint="studio_words")
@scripted
def words(id: str) -> dict[str, Any]:
    """Names, functions, outcomes, roles, places, abilities."""
    actor = require("administer")
    with engine().database.read() as connection:
        read_draft(connection, actor, id)
        package = package_of(connection, id)
    return {
        **words_of(whole(package, engine().shared)),
        "roles": [{"id": one, "title": role_title(one, language())} for one in roles()],
    }
