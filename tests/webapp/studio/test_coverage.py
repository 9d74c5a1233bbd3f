"""A draft's stories told to its diagram: how often they come where, and which do not come out."""

from __future__ import annotations

from typing import Any

from tests.builders import House
from tests.webapp.studio.drafting import Drafter


def asked(admin: Drafter, draft: str) -> Any:
    return admin._script("POST", f"/studio/drafts/{draft}/coverage")


def covered(admin: Drafter, draft: str) -> Any:
    """What a diagram is answered once the stories are played."""
    asked(admin, draft)
    admin.house.run_jobs()
    return asked(admin, draft).json


def test_the_stories_of_a_draft_are_counted_on_its_elements_and_flows(house: House) -> None:
    admin = Drafter.of(house)
    draft = admin.begin()

    assert asked(admin, draft).json == {"done": 0, "total": 2}
    told = covered(admin, draft)

    assert (told["scenarios"], told["failed"]) == (2, [])
    assert told["elements"]["approve"] == 2
    assert told["flows"]["approve_gate__ended_refused"] == 1
    seen = admin.read(draft, "scenarios/refused.yaml").json
    let_agree(admin, draft)
    assert asked(admin, draft).json == {"done": 0, "total": 2}
    (failed,) = covered(admin, draft)["failed"]
    assert failed["name"] == "refused"
    now = admin.read(draft, "scenarios/refused.yaml").json["version"]
    admin.save(draft, "scenarios/refused.yaml", seen["text"], now)
    # What was played once for the same files need not be played again.
    assert asked(admin, draft).json["failed"] == []


def test_a_draft_whose_story_does_not_come_out_is_not_proposed(consenting_house: House) -> None:
    admin = Drafter.of(consenting_house)
    draft = admin.begin()
    reasons = {"why": "a new process"}
    unplayed = admin.send(f"/studio/drafts/{draft}/propose", reasons)
    assert unplayed.status_code == 409
    assert "Play them, then propose" in unplayed.text

    let_agree(admin, draft)
    page = admin.play(draft)

    assert "1 story does not come out as written" in page
    assert "scenario_failed" in page  # among the findings, too
    assert f"/studio/drafts/{draft}/propose" not in page
    assert admin.send(f"/studio/drafts/{draft}/propose", reasons).status_code == 422


def test_a_flow_that_no_story_takes_wants_a_reason(consenting_house: House) -> None:
    admin = Drafter.of(consenting_house)
    draft = admin.begin()
    admin.delete(
        draft, "scenarios/refused.yaml", admin.read(draft, "scenarios/refused.yaml").json["version"]
    )

    page = admin.play(draft)

    assert "1 story was played and came out as written" in page
    assert 'name="why:flow_untested:process.bpmn:approve_gate__ended_refused"' in page


def test_a_draft_that_is_saved_while_its_stories_are_played_is_played_anew(house: House) -> None:
    admin = Drafter.of(house)
    draft = admin.begin()
    asked(admin, draft)
    let_agree(admin, draft)
    house.run_jobs()
    assert asked(admin, draft).json == {"done": 0, "total": 2}
    assert [one["name"] for one in covered(admin, draft)["failed"]] == ["refused"]


def let_agree(admin: Drafter, draft: str) -> None:
    """Let the story of the refusal go on as if it had been an agreement."""
    seen = admin.read(draft, "scenarios/refused.yaml").json
    text = seen["text"].replace("outcome: refuse", "outcome: agree")
    assert admin.save(draft, "scenarios/refused.yaml", text, seen["version"]).status_code == 200


def test_nobody_else_plays_the_stories_of_a_draft(house: House) -> None:
    draft = Drafter.of(house).begin()

    assert asked(Drafter.of(house, "admin_ke"), draft).status_code == 404
    assert asked(Drafter.of(house, "chen_jing"), draft).status_code == 403
