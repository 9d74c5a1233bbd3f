"""Several people at the same task at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select

from engine.audit.records import verify
from engine.store.tables import case_document, event, signer, task
from engine.testing.files import small_pdf
from tests.builders import House


def all_at_once(actions: list[Callable[[], Any]]) -> list[Any]:
    """Run the actions in a thread each, started together; return their results in order."""
    ready, results = threading.Barrier(len(actions)), [None] * len(actions)

    def run(number: int) -> None:
        ready.wait()
        results[number] = actions[number]()

    threads = [threading.Thread(target=run, args=(one,)) for one in range(len(actions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_two_who_complete_at_once_one_is_told_that_it_is_done(house: House) -> None:
    case = house.start("petition", by="tian_ye")
    task_id = house.open_task(case, "edit_two")
    people = [house.api(one) for one in ("signer_00", "signer_01")]
    form = {"wording": "一致的说法"}
    answers = all_at_once([lambda one=one: one.complete(task_id, form=form) for one in people])
    assert sorted(one.status_code for one in answers) == [200, 409]
    refused = next(one for one in answers if one.status_code == 409)
    assert refused.json["type"] == "urn:gongban:problem:already_done"
    done = select(func.count()).where(
        event.c.type == "task.completed", event.c.stream == f"instance:{case}"
    )
    assert house.rows(done)[0][0] == 1
    assert verify(house.engine).ok


def test_of_two_who_claim_at_once_one_has_it(house: House) -> None:
    task_id = house.open_task(house.start("petition", by="tian_ye"), "edit_two")
    people = [house.api(one) for one in ("signer_00", "signer_01", "signer_02")]
    answers = all_at_once([lambda one=one: one.post(f"/tasks/{task_id}/claim") for one in people])
    assert sorted(one.status_code for one in answers) == [200, 409, 409]


def test_of_two_branches_that_write_one_field_the_later_is_shown_both_values(house: House) -> None:
    case = house.start("petition", by="tian_ye")
    one, two = house.open_task(case, "edit_one"), house.open_task(case, "edit_two")
    clerk, signer_one = house.api("clerk_bai"), house.api("signer_00")
    seen = clerk.get(f"/tasks/{one}").json["version"]
    answers = all_at_once(
        [
            lambda: clerk.complete(one, form={"wording": "甲"}, version=seen),
            lambda: signer_one.complete(two, form={"wording": "乙"}, version=seen),
        ]
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    late = next(answer for answer in answers if answer.status_code == 409)
    assert late.json["type"] == "urn:gongban:problem:field_conflict"
    both = late.json["fields"]["wording"]
    assert {both["yours"], both["theirs"]} == {"甲", "乙"}
    content = house.rows(
        select(case_document.c.content).where(case_document.c.instance_id == case)
    )[0].content
    assert content["wording"] == both["theirs"]


def test_thirty_votes_at_once_are_thirty_votes(house: House) -> None:
    case = house.start("petition", by="tian_ye")
    task_id = house.open_task(case, "sign")
    people = [house.api(f"signer_{number:02}") for number in range(30)]
    answers = all_at_once(
        [lambda one=one: one.complete(task_id, "agree", None, key="k") for one in people]
    )
    assert [one.status_code for one in answers] == [200] * 30
    voted = select(func.count()).where(signer.c.task_id == task_id, signer.c.state == "voted")
    assert house.rows(voted)[0][0] == 30
    closed = house.rows(select(task.c.state, task.c.tally).where(task.c.id == task_id))[0]
    assert closed.state == "completed"
    assert closed.tally["positive"] == 30
    assert verify(house.engine).ok


def test_many_uploads_at_once_are_all_kept(house: House) -> None:
    people = [house.api(f"signer_{number:02}") for number in range(8)]
    answers = all_at_once(
        [lambda one=one: one.upload("同一份.pdf", small_pdf("same")) for one in people]
    )
    assert [one.status_code for one in answers] == [201] * 8
    assert len({one.json["id"] for one in answers}) == 8
    assert len({one.json["digest"] for one in answers}) == 1


def test_of_two_urges_at_once_one_counts(house: House) -> None:
    task_id = house.open_task(house.start())
    house.api("chen_jing")
    answers = all_at_once(
        [lambda: house.api("chen_jing").post(f"/tasks/{task_id}/urge") for _two in range(2)]
    )
    assert sorted(one.status_code for one in answers) == [200, 429]
    assert house.api("chen_jing").get(f"/tasks/{task_id}").json["urges"] == 1


def test_of_two_copies_to_one_person_at_once_one_is_given(house: House) -> None:
    case = house.start()
    people = [house.api(one) for one in ("chen_jing", "clerk_wang")]
    answers = all_at_once(
        [
            lambda one=one: one.post(f"/instances/{case}/copy", {"people": ["tian_ye"]})
            for one in people
        ]
    )
    assert [one.status_code for one in answers] == [200, 200]
    assert sorted(len(one.json["people"]) for one in answers) == [0, 1]
    assert len(people[0].get(f"/instances/{case}").json["copies"]) == 1
    assert verify(house.engine).ok
