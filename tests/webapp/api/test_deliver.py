"""Delivering a message over HTTP, and tasks for each of a list as programs and pages see them."""

from __future__ import annotations

from engine.actors import SYSTEM
from engine.catalog.versions import deploy
from engine.store.tables import task
from tests.builders import House
from tests.engine.commands.drawn import package

LINES = (
    "start s", "message m", "user visit each=visitors as=visitor", "user after", "end e",
    "s > m > visit > after > e",
)  # fmt: skip
SAYS = {
    "m": {"senders": "unit_clerk @ applicant.unit", "into": "reply"},
    "visit": {"candidates": "unit_clerk @ applicant.unit", "into": "reports"},
    "after": {"candidates": "unit_chair @ applicant.unit"},
}


def begun(house: House) -> str:
    with house.engine.command(SYSTEM) as uow:
        deploy(uow, package(*LINES, says=SAYS))
        uow.commit()
    started = house.api("chen_jing").post(
        "/processes/drawn/instances", {"form": {"visitors": ["ben", "cora"]}}
    )
    assert started.status_code == 201, started.text
    return str(started.json["instance"]["id"])


def test_a_message_is_delivered_over_http_once(house: House) -> None:
    case = begun(house)
    body = {"message": "m_m", "fields": {"number": "调 7"}}
    clerk = house.api("clerk_wang")
    assert house.api("tian_ye").post(f"/instances/{case}/deliver", body).status_code == 404
    refused = house.api("chen_jing").post(f"/instances/{case}/deliver", body)
    assert refused.status_code == 403
    done = clerk.post(f"/instances/{case}/deliver", body)
    assert done.status_code == 200, done.text
    assert [one["element"] for one in done.json["next"]] == ["visit", "visit"]
    late = clerk.post(f"/instances/{case}/deliver", body)
    assert (late.status_code, late.json["type"]) == (409, "urn:gongban:problem:message_not_awaited")
    seen = house.api("chen_jing").get(f"/instances/{case}").json
    assert seen["document"]["reply"] == {"number": "调 7"}


def test_what_a_message_may_not_bring_is_told_field_by_field(house: House) -> None:
    case = begun(house)
    answer = house.api("clerk_wang").post(
        f"/instances/{case}/deliver", {"message": "m_m", "fields": {"list": [1], "fine": 1}}
    )
    assert answer.status_code == 422
    assert [(one["path"], one["code"]) for one in answer.json["errors"]] == [("list", "wrong_type")]


def test_a_program_sees_which_of_a_list_a_task_is_about(house: House) -> None:
    case = begun(house)
    clerk = house.api("clerk_wang")
    clerk.post(f"/instances/{case}/deliver", {"message": "m_m"})
    with house.engine.database.read() as connection:
        rows = connection.execute(task.select().where(task.c.element_id == "visit")).all()
    ids = {row.run: row.id for row in rows}
    second = clerk.get(f"/tasks/{ids[1]}").json
    assert (second["run"], second["document"]["visitor"], second["document"]["loop counter"]) == (
        1,
        "cora",
        2,
    )
    assert clerk.complete(ids[1], "complete", {"note": "去过"}).status_code == 200
    assert clerk.get(f"/tasks/{ids[0]}").json["data"].get("note") is None
    seen = clerk.get(f"/instances/{case}").json
    assert seen["document"]["reports"] == [None, {"note": "去过"}]


def test_the_pages_of_such_a_case_can_be_read(house: House) -> None:
    case = begun(house)
    reader = house.browser("chen_jing", "zh")
    assert reader.get(f"/cases/{case}").status_code == 200
    clerk = house.api("clerk_wang")
    done = clerk.post(f"/instances/{case}/deliver", {"message": "m_m"})
    assert "王海燕 送达了“m”" in reader.get(f"/cases/{case}").text
    first, second = (one["task"] for one in done.json["next"])
    shown = house.browser("clerk_wang", "zh").get(f"/tasks/{second}")
    assert shown.status_code == 200
    # The form's own context knows which one it is about.
    assert "cora" in shown.text
    clerk.complete(second, "complete", {"note": "去过乙家"})
    assert "去过乙家" in reader.get(f"/cases/{case}").text
    other = house.browser("clerk_wang", "zh").get(f"/tasks/{first}").text
    assert '"visitor": "ben"' in other
    assert '"data": {"note": null}' in other
