"""Copies, remarks, urging and batches over HTTP, as a program sees them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from engine.actors import SYSTEM
from engine.audit.records import verify
from engine.catalog.versions import deploy
from engine.store.tables import event, task
from engine.testing.files import small_pdf
from schemas.wire import BATCH_VERBS
from tests.builders import House
from tests.engine.commands.acting import approve3
from tests.webapp.test_secrets_at_rest import ACCOUNT, start_illness_case
from webapp.batch import VERBS


def problem(answer: Any) -> str:
    return str(answer["type"] if isinstance(answer, dict) else answer.json["type"]).rpartition(":")[
        2
    ]


def with_a_form(house: House) -> str:
    """A task whose form has required fields."""
    case = start_illness_case(house)
    house.run_jobs()
    return house.open_task(case)


def test_a_copy_lies_in_its_box_until_it_is_opened(house: House) -> None:
    case = house.start()
    member, reader = house.api("chen_jing"), house.api("tian_ye")
    assert reader.get(f"/instances/{case}").status_code == 404
    given = member.post(f"/instances/{case}/copy", {"people": ["tian_ye"], "note": "供参考"})
    assert given.status_code == 200, given.text
    assert [one["name"] for one in given.json["people"]] == ["田野"]
    box = reader.get("/tasks?box=cc").json
    assert [(one["instance"], one["unread"]) for one in box["items"]] == [(case, True)]
    assert box["counts"]["cc"] == "1"
    seen = reader.get(f"/instances/{case}").json
    assert "copy" not in seen["verbs"]
    assert seen["copies"][0]["read_at"] is not None
    shown = member.get(f"/instances/{case}").json["copies"][0]
    assert (shown["person"]["id"], shown["note"]) == ("tian_ye", "供参考")
    assert shown["read_at"] is not None
    box = reader.get("/tasks?box=cc").json
    assert [one["unread"] for one in box["items"]] == [False]
    assert box["counts"]["cc"] == "0"


def test_opening_a_copy_again_writes_nothing(house: House) -> None:
    case = house.start()
    house.api("chen_jing").post(f"/instances/{case}/copy", {"people": ["tian_ye"]})
    house.api("tian_ye").get(f"/instances/{case}")
    first = house.api("chen_jing").get(f"/instances/{case}").json["copies"][0]["read_at"]
    house.clock.advance(timedelta(minutes=5))
    house.api("tian_ye").get(f"/instances/{case}")
    assert house.api("chen_jing").get(f"/instances/{case}").json["copies"][0]["read_at"] == first


def test_who_has_a_copy_sees_sensitive_values_masked_and_reveals_none(house: House) -> None:
    case = start_illness_case(house)
    house.api("chen_jing").post(f"/instances/{case}/copy", {"people": ["tian_ye"]})
    reader = house.api("tian_ye")
    assert ACCOUNT not in reader.get(f"/instances/{case}").text
    looked = reader.post(f"/instances/{case}/reveal", {"field": "bank_account"})
    assert looked.status_code == 403
    assert house.api("clerk_bai").get(f"/instances/{case}").status_code == 404


def test_a_remark_with_a_file_is_read_by_those_of_the_case_alone(house: House) -> None:
    case = house.start()
    member, clerk = house.api("chen_jing"), house.api("clerk_wang")
    file = member.upload("票据.pdf", small_pdf("bill")).json
    said = member.post(
        f"/instances/{case}/comment",
        {"text": "@王海燕 补上了", "mentions": ["clerk_wang"], "files": [file["id"]]},
    )
    assert said.status_code == 200, said.text
    (seen,) = clerk.get(f"/instances/{case}/comments").json["items"]
    assert seen["author"]["name"] == "陈静"
    assert seen["text"] == "@王海燕 补上了"
    assert [one["name"] for one in seen["mentions"]] == ["王海燕"]
    assert seen["files"][0]["digest"] == file["digest"]
    assert clerk.get(f"/files/{file['id']}").status_code == 200
    for path in (
        f"/instances/{case}/comments",
        f"/files/{file['id']}",
        f"/instances/{case}/people",
    ):
        assert house.api("clerk_bai").get(path).status_code == 404
    outside = member.post(f"/instances/{case}/comment", {"text": "@田野", "mentions": ["tian_ye"]})
    assert (outside.status_code, problem(outside)) == (422, "may_not_read")
    assert outside.json["people"] == ["tian_ye"]
    assert verify(house.engine).ok


def test_people_are_found_by_a_part_of_their_name_those_of_the_case_first(house: House) -> None:
    case = house.start()
    member = house.api("chen_jing")
    found = member.get(f"/instances/{case}/people?q=").json["items"]
    assert [one["id"] for one in found] == ["clerk_wang"]
    found = member.get(f"/instances/{case}/people?q=田").json["items"]
    assert found == [{"id": "tian_ye", "name": "田野", "unit": "省文旅厅工会", "reads": False}]
    # Who cannot give copies is offered those of the case alone.
    member.post(f"/instances/{case}/copy", {"people": ["tian_ye"]})
    assert house.api("tian_ye").get(f"/instances/{case}/people?q=白").json["items"] == []
    assert member.get(f"/instances/{case}/people?q=%25").json["items"] == []


def test_a_second_urge_too_soon_is_told_when_it_may_come(house: House) -> None:
    task_id = house.open_task(house.start())
    member = house.api("chen_jing")
    assert "urge" in member.get(f"/tasks/{task_id}").json["verbs"]
    assert "urge" not in house.api("clerk_wang").get(f"/tasks/{task_id}").json["verbs"]
    first = member.post(f"/tasks/{task_id}/urge", {"note": "急用"})
    assert first.status_code == 200, first.text
    assert (first.json["count"], [one["name"] for one in first.json["asked"]]) == (1, ["王海燕"])
    second = member.post(f"/tasks/{task_id}/urge")
    assert (second.status_code, problem(second)) == (429, "too_soon")
    assert int(second.headers["Retry-After"]) == 4 * 3600 + 1
    assert second.json["again_at"][:16] == first.json["again_at"][:16]
    (line,) = house.api("clerk_wang").get("/tasks?box=pool").json["items"]
    assert line["urges"] == 1


# --- batches --------------------------------------------------------------------------------------


def test_every_verb_of_a_batch_is_one_a_body_may_name() -> None:
    assert set(VERBS) == set(BATCH_VERBS)


def test_one_opinion_and_one_outcome_stand_for_all_that_name_none(house: House) -> None:
    one, two = (house.open_task(house.start()) for _two in range(2))
    items = [
        {"id": one, "verb": "complete"},
        {"id": two, "verb": "complete", "outcome": "refuse", "opinion": "库存不足"},
    ]
    answer = house.api("clerk_wang").post(
        "/tasks/batch", {"items": items, "outcome": "agree", "opinion": "同意"}
    )
    assert [result["status"] for result in answer.json["results"]] == [200, 200]
    rows = house.rows(
        select(task.c.id, task.c.outcome, task.c.opinion).where(task.c.id.in_([one, two]))
    )
    assert {row.id: (row.outcome, row.opinion) for row in rows} == {
        one: ("agree", "同意"),
        two: ("refuse", "库存不足"),
    }


def test_a_batch_asks_each_item_what_the_task_alone_would_ask(house: House) -> None:
    plain = house.open_task(house.start())
    form = with_a_form(house)
    own = house.open_task(house.start(by="clerk_wang"))
    elsewhere = house.open_task(house.start(by="tian_ye"))
    before = len(house.rows(select(event.c.seq)))
    items = [{"id": one, "verb": "complete"} for one in (form, own, elsewhere, plain)]
    answer = house.api("clerk_wang").post("/tasks/batch", {"items": items, "outcome": "agree"})
    results = answer.json["results"]
    # The first one's step knows no such outcome, nor can its form be left out.
    assert [one["status"] for one in results] == [422, 403, 404, 200]
    assert [problem(one["problem"]) for one in results[:3]] == [
        "unknown_outcome",
        "separation_of_duties",
        "not_found",
    ]
    again = house.api("clerk_wang").post(
        "/tasks/batch", {"items": [{"id": form, "verb": "complete", "outcome": "accept"}]}
    )
    (result,) = again.json["results"]
    assert (again.status_code, problem(result["problem"])) == (422, "invalid_form")
    assert len({one["path"] for one in result["problem"]["errors"]}) >= 3
    assert house.rows(select(task.c.state).where(task.c.id == form))[0].state == "open"
    # One decision, and one refusal by a rule, are all that is on the record.
    assert len(house.rows(select(event.c.seq))) == before + 2
    assert verify(house.engine).ok


def test_what_cannot_be_undone_is_confirmed_item_by_item(house: House) -> None:
    with house.engine.command(SYSTEM) as uow:
        deploy(uow, approve3(irreversible="true"))
        uow.commit()
    one, two = (house.open_task(house.start()) for _two in range(2))
    items = [
        {"id": one, "verb": "complete"},
        {"id": two, "verb": "complete", "confirm": True},
    ]
    answer = house.api("clerk_wang").post("/tasks/batch", {"items": items, "outcome": "agree"})
    first, second = answer.json["results"]
    assert (first["status"], problem(first["problem"])) == (422, "confirmation_required")
    assert second["status"] == 200
    states = {row.id: row.state for row in house.rows(select(task.c.id, task.c.state))}
    assert (states[one], states[two]) == ("open", "completed")


def test_a_batch_urges_and_marks_copies_as_read(house: House) -> None:
    case, other = house.start(), house.start()
    house.api("chen_jing").post(f"/instances/{case}/copy", {"people": ["tian_ye"]})
    items = [{"id": case, "verb": "read"}, {"id": other, "verb": "read"}]
    answer = house.api("tian_ye").post("/tasks/batch", {"items": items})
    assert [one["status"] for one in answer.json["results"]] == [200, 404]
    assert house.api("tian_ye").get("/tasks?box=cc").json["counts"]["cc"] == "0"
    items = [{"id": house.open_task(one), "verb": "urge"} for one in (case, other, case)]
    answer = house.api("chen_jing").post("/tasks/batch", {"items": items})
    assert [one["status"] for one in answer.json["results"]] == [200, 200, 429]
