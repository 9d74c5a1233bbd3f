"""A draft's stories told to its diagram: how often they come where, and which do not come out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from sqlalchemy import insert, select, update

from engine.jobs import scenarios
from engine.store.tables import job, scenario_run
from engine.studio.scenario_runs import KIND
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


def test_a_draft_without_stories_is_told_so_at_once(house: House) -> None:
    admin = Drafter.of(house)
    draft = admin.begin()
    for path in ("scenarios/agreed.yaml", "scenarios/refused.yaml"):
        admin.delete(draft, path, admin.read(draft, path).json["version"])
    told = asked(admin, draft).json
    assert (told["scenarios"], set(told["flows"].values())) == (0, {0})


def test_two_slices_of_one_run_do_not_end_it_early(house: House) -> None:
    admin = Drafter.of(house)
    asked(admin, admin.begin())
    (mine,) = house.rows(select(job).where(job.c.kind == KIND))
    with house.engine.database.write() as connection:
        # As if the run had been asked for anew while its job was only late.
        connection.execute(insert(job).values(**{**mine._mapping, "id": "another"}))
        connection.commit()
    with patch.object(scenarios, "MOST_SECONDS", -1.0):
        for name in (mine.id, "another"):
            with house.engine.database.write() as connection:
                connection.execute(update(job).where(job.c.id == name).values(lease_owner=name))
                connection.commit()
        read = scenarios._played
        first = []

        def interrupted(engine: Any, package: Any, run: Any) -> Any:
            found = read(engine, package, run)
            if not first:
                first.append(True)
                # The other worker plays the same story, and writes it first.
                scenarios.play_slice(engine, "another", "another")
            return found

        with patch.object(scenarios, "_played", interrupted):
            scenarios.play_slice(house.engine, mine.id, mine.id)
    (run,) = house.rows(select(scenario_run))
    assert (run.state, len(run.passed)) == ("running", 1)
    house.run_jobs()
    (run,) = house.rows(select(scenario_run))
    assert (run.state, len(run.passed)) == ("done", 2)


def test_two_who_ask_at_once_get_one_run(house: House) -> None:
    mine, other = Drafter.of(house), Drafter.of(house, "admin_ke")
    draft, same = mine.begin(), other.begin()
    with ThreadPoolExecutor(2) as at_once:
        answers = list(at_once.map(asked, (mine, other), (draft, same)))
    assert [one.status_code for one in answers] == [200, 200]
    assert len(house.rows(select(scenario_run))) == 1
    assert len(house.rows(select(job).where(job.c.kind == KIND))) == 1


def test_a_run_that_was_given_up_says_so_and_can_go_on(consenting_house: House) -> None:
    house = consenting_house
    admin = Drafter.of(house)
    draft = admin.begin()
    with patch.object(scenarios, "_played", side_effect=OSError("no space")):
        asked(admin, draft)
        for _attempt in range(6):
            house.run_jobs()
            house.clock.advance(timedelta(hours=1))
    admin = Drafter.of(house)  # hours later
    refused = asked(admin, draft)
    assert (refused.status_code, refused.json["type"][-16:]) == (409, "stories_given_up")
    assert "could not be played, several times" in admin.page(draft)
    assert "came out as written" in admin.play(draft)


def test_what_failed_can_be_played_again(consenting_house: House) -> None:
    house = consenting_house
    admin = Drafter.of(house)
    draft = admin.begin()
    let_agree(admin, draft)
    assert "Play them again" in admin.play(draft)
    (before,) = house.rows(select(scenario_run))
    house.clock.advance(timedelta(minutes=1))
    admin.play(draft)
    (after,) = house.rows(select(scenario_run))
    assert after.moved_at > before.moved_at
    assert list(after.failed) == ["refused"]


def test_a_broken_table_is_no_crash(house: House) -> None:
    admin = Drafter.of(house)
    draft = admin.begin()
    admin.save(draft, "broken.dmn", "<definitions/>", 0)
    assert asked(admin, draft).status_code == 422
    assert admin.send(f"/studio/drafts/{draft}/stories").status_code == 422
