"""A request sent twice never acts twice, whoever sends it again and however soon."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from engine.store.tables import document_file, event, idempotency, instance, task
from engine.testing.files import small_pdf
from tests.builders import APPLICATION, House
from webapp import batch
from webapp import requests as web


def count(house: House, table: Any) -> int:
    return int(house.rows(select(func.count()).select_from(table))[0][0])


def test_a_start_repeated_with_its_key_starts_one_case(house: House) -> None:
    member = house.api("chen_jing")
    answers = [
        member.post("/processes/approve3/instances", {"form": APPLICATION}, key="k-1")
        for _twice in range(2)
    ]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    assert [one.headers.get("Idempotent-Replay") for one in answers] == [None, "true"]
    assert count(house, instance) == 1


def test_without_a_key_the_same_request_is_another_one(small_house: House) -> None:
    small_house.start()
    small_house.start()
    assert count(small_house, instance) == 2


def test_every_verb_answers_again_what_it_answered_before(house: House) -> None:
    case = house.start("petition", by="tian_ye")
    house.start()
    checks = house.open_task(house.start())
    clerk, member = house.api("clerk_wang"), house.api("tian_ye")
    requests = [
        (clerk, f"/tasks/{checks}/claim", {}),
        (clerk, f"/tasks/{checks}/release", {}),
        (house.api("chen_jing"), f"/tasks/{checks}/urge", {"note": "急用"}),
        (clerk, f"/tasks/{checks}/complete", {"outcome": "agree", "form": {}}),
        (clerk, "/tasks/batch", {"items": [{"id": checks, "verb": "claim"}]}),
        (member, f"/instances/{case}/copy", {"people": ["chen_jing"]}),
        (member, f"/instances/{case}/comment", {"text": "收到"}),
        (member, f"/instances/{case}/withdraw", {"reason": "改期"}),
    ]
    for person, path, body in requests:
        first = person.post(path, body, key="one")
        events = count(house, event)
        second = person.post(path, body, key="one")
        assert (first.status_code, first.json) == (second.status_code, second.json), path
        assert first.headers.get("Idempotent-Replay") is None, path
        assert second.headers.get("Idempotent-Replay") == "true", path
        assert count(house, event) == events, path


def test_the_same_key_with_another_body_is_refused(house: House) -> None:
    task_id = house.open_task(house.start())
    clerk = house.api("clerk_wang")
    assert clerk.complete(task_id, "agree", key="k").status_code == 200
    other = clerk.complete(task_id, "refuse", opinion="不行", key="k")
    assert other.status_code == 422
    assert other.json["type"] == "urn:gongban:problem:idempotency_key_reused"


def test_a_key_belongs_to_one_person_and_one_address(house: House) -> None:
    first = house.open_task(house.start())
    second = house.open_task(house.start())
    clerk = house.api("clerk_wang")
    assert clerk.post(f"/tasks/{first}/claim", key="k").headers.get("Idempotent-Replay") is None
    assert clerk.post(f"/tasks/{second}/claim", key="k").headers.get("Idempotent-Replay") is None
    other = house.api("chair_han").post(f"/tasks/{first}/claim", key="k")
    assert other.status_code == 404


def test_what_was_refused_leaves_no_answer_and_may_succeed_later(house: House) -> None:
    task_id = house.open_task(house.start())
    clerk = house.api("clerk_wang")
    refused = clerk.complete(task_id, "refuse", key="k")
    assert refused.json["type"] == "urn:gongban:problem:opinion_required"
    assert count(house, idempotency) == 0


def test_answers_are_kept_for_a_day(small_house: House) -> None:
    task_id = small_house.open_task(small_house.start())
    clerk = small_house.api("clerk_wang")
    clerk.post(f"/tasks/{task_id}/claim", key="k")
    small_house.clock.advance(timedelta(hours=11))
    small_house._tokens.clear()
    clerk = small_house.api("clerk_wang")
    assert clerk.post(f"/tasks/{task_id}/claim", key="k").headers.get("Idempotent-Replay")
    small_house.clock.advance(timedelta(hours=14))
    small_house._tokens.clear()
    clerk = small_house.api("clerk_wang")
    again = clerk.post(f"/tasks/{task_id}/claim", key="k")
    assert again.headers.get("Idempotent-Replay") is None


def test_a_key_longer_than_any_program_makes_is_refused(small_house: House) -> None:
    answer = small_house.api("chen_jing").post(
        "/processes/approve3/instances", {"form": APPLICATION}, key="k" * 201
    )
    assert answer.status_code == 422
    assert answer.json["type"] == "urn:gongban:problem:malformed"


def test_two_at_once_with_one_key_act_once(house: House) -> None:
    house.api("chen_jing").get("/processes")  # what is compiled once is compiled now
    start, answers = threading.Barrier(2), []

    def send() -> None:
        member = house.api("chen_jing")
        start.wait()
        answers.append(member.post("/processes/approve3/instances", {"form": APPLICATION}, key="k"))

    threads = [threading.Thread(target=send) for _two in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = sorted(one.status_code for one in answers)
    # The second either waits for the first one's answer or is told that it is being worked on.
    assert statuses in ([201, 201], [201, 409])
    for one in answers:
        if one.status_code == 409:
            assert one.json["type"] == "urn:gongban:problem:in_flight"
            assert int(one.headers["Retry-After"]) > 0
    assert count(house, instance) == 1


def test_while_the_first_is_worked_on_the_second_is_told_to_wait(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id = small_house.open_task(small_house.start())
    actor = small_house.engine.directory.actor("clerk_wang").id
    path = f"/api/v1/tasks/{task_id}/claim"
    monkeypatch.setattr(web, "_in_flight", {f"{actor}\n{path}\nk"})
    answer = small_house.api("clerk_wang").post(f"/tasks/{task_id}/claim", key="k")
    assert answer.status_code == 409
    assert answer.json["type"] == "urn:gongban:problem:in_flight"
    assert answer.headers["Retry-After"] == "2"


def test_an_upload_repeated_with_its_key_is_one_file(house: House) -> None:
    member = house.api("chen_jing")
    member.headers["Idempotency-Key"] = "k"
    first, second = (member.upload("a.pdf", small_pdf("a")) for _twice in range(2))
    assert first.json == second.json
    assert second.headers["Idempotent-Replay"] == "true"
    assert count(house, document_file) == 1
    other = member.upload("b.pdf", small_pdf("b"))
    assert other.json["type"] == "urn:gongban:problem:idempotency_key_reused"


def test_a_batch_that_died_is_continued_by_its_retry(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = [house.open_task(house.start()) for _three in range(3)]
    items = [{"id": one, "verb": "complete", "outcome": "agree", "form": {}} for one in tasks]
    clerk = house.api("clerk_wang")
    verbs = batch.VERBS
    whole = verbs["complete"]

    def dies_at_the_third(uow: Any, item: dict[str, Any]) -> Any:
        if item["id"] == tasks[2]:
            raise RuntimeError("the machine lost its power")
        return whole(uow, item)

    monkeypatch.setitem(verbs, "complete", dies_at_the_third)
    assert clerk.post("/tasks/batch", {"items": items}, key="k").status_code == 500
    monkeypatch.setitem(verbs, "complete", whole)
    again = clerk.post("/tasks/batch", {"items": items}, key="k")
    assert [one["status"] for one in again.json["results"]] == [200, 200, 200]
    assert again.headers.get("Idempotent-Replay") is None
    states = house.rows(select(task.c.state).where(task.c.id.in_(tasks)))
    assert [one.state for one in states] == ["completed"] * 3
    third = clerk.post("/tasks/batch", {"items": items}, key="k")
    assert third.json == again.json
    assert third.headers["Idempotent-Replay"] == "true"


def test_a_batch_remembers_its_refusals_too(house: House) -> None:
    mine, gone = house.open_task(house.start()), "0" * 26
    items = [{"id": gone, "verb": "claim"}, {"id": mine, "verb": "claim"}]
    clerk = house.api("clerk_wang")
    first = clerk.post("/tasks/batch", {"items": items}, key="k")
    second = clerk.post("/tasks/batch", {"items": items}, key="k")
    assert first.json == second.json
    assert [one["status"] for one in first.json["results"]] == [404, 200]
    assert second.headers["Idempotent-Replay"] == "true"


def test_a_batch_key_with_another_body_is_refused_whole(house: House) -> None:
    one, other = (house.open_task(house.start()) for _two in range(2))
    clerk = house.api("clerk_wang")
    clerk.post("/tasks/batch", {"items": [{"id": one, "verb": "claim"}]}, key="k")
    answer = clerk.post("/tasks/batch", {"items": [{"id": other, "verb": "claim"}]}, key="k")
    assert answer.status_code == 422
    assert answer.json["type"] == "urn:gongban:problem:idempotency_key_reused"
    assert clerk.get(f"/tasks/{other}").json["claimed_by"] is None
