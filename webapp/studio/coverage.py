"""The stories of a draft played, for its diagram to show where they go."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from engine.errors import NotFound
from engine.press import Press
from engine.studio.checking import whole
from engine.studio.reading import package_of, read_draft
from engine.testing.coverage import coverage
from webapp.pages.blueprint import blueprint
from webapp.requests import engine
from webapp.rights import require
from webapp.studio.answers import scripted

#: Stories take seconds each: those of one draft at a time, kept until a file of the draft changes.
_PLACES = Press(places=1, most_waiting=3, wait_s=120.0, keep_bytes=1024 * 1024)


@blueprint.post("/studio/drafts/<string:id>/coverage", endpoint="studio_coverage")
@scripted
def covered(id: str) -> dict[str, Any]:
    """How often the stories come to each element and flow, and which do not come out as written."""
    actor = require("administer")
    house = engine()
    with house.database.read() as connection:
        read_draft(connection, actor, id)
        package = whole(package_of(connection, id), house.shared)
    if house.shared is None or not (house.shared / "cast.yaml").is_file():
        raise NotFound(cast="cast.yaml")
    cast = house.shared / "cast.yaml"
    scenarios = {
        path: content
        for path, content in package.companions.items()
        if path.startswith("scenarios/") and path.endswith(".yaml")
    }

    def play() -> bytes:
        played = coverage(package, scenarios, cast)
        failed = [{"name": name, "reason": why} for name, why in played.failed.items()]
        return json.dumps(
            {
                "elements": dict(played.elements),
                "flows": dict(played.flows),
                "scenarios": len(scenarios),
                "failed": failed,
            }
        ).encode()

    told: dict[str, Any] = json.loads(_PLACES.make(_key(package.hash, scenarios), play))
    return told


def _key(version: str, scenarios: dict[str, bytes]) -> str:
    """The same for the same files: what was played once need not be played again."""
    digest = hashlib.sha256(version.encode())
    for path, content in sorted(scenarios.items()):
        digest.update(f"{path}\n{hashlib.sha256(content).hexdigest()}\n".encode())
    return digest.hexdigest()
