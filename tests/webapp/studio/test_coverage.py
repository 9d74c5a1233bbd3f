"""A draft's stories told to its diagram: how often they come where, and which do not come out."""

from __future__ import annotations

from typing import Any

from tests.builders import House
from tests.webapp.studio.drafting import Drafter


def covered(admin: Drafter, draft: str) -> Any:
    return admin._script("POST", f"/studio/drafts/{draft}/coverage")


def test_the_stories_of_a_draft_are_counted_on_its_elements_and_flows(house: House) -> None:
    admin = Drafter.of(house)
    draft = admin.begin()

    told = covered(admin, draft).json

    assert (told["scenarios"], told["failed"]) == (2, [])
    assert told["elements"]["approve"] == 2
    assert told["flows"]["approve_gate__ended_refused"] == 1
    seen = admin.read(draft, "scenarios/refused.yaml").json
    admin.save(
        draft,
        "scenarios/refused.yaml",
        seen["text"].replace("outcome: refuse", "outcome: agree"),
        seen["version"],
    )
    (failed,) = covered(admin, draft).json["failed"]
    assert failed["name"] == "refused"


def test_nobody_else_plays_the_stories_of_a_draft(house: House) -> None:
    draft = Drafter.of(house).begin()

    assert covered(Drafter.of(house, "admin_ke"), draft).status_code == 404
    assert covered(Drafter.of(house, "chen_jing"), draft).status_code == 403
