"""Recusals and route previews over HTTP, and that every refused attempt is on the record."""

from __future__ import annotations

from typing import Any

from tests.builders import APPLICATION, House


def history(house: House, case: str, reader: str = "chen_jing") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = house.api(reader).get(f"/instances/{case}/history").json["items"]
    return items


def test_a_recusal_is_declared_seen_and_taken_back(house: House) -> None:
    clerk = house.api("clerk_wang")
    answer = clerk.post("/recusals", {"about": "chen_jing", "reason": "姐妹"}, key="k1")
    assert answer.status_code == 201
    assert clerk.post("/recusals", {"about": "chen_jing", "reason": "姐妹"}, key="k1").json == (
        answer.json
    )
    (mine,) = clerk.get("/recusals").json["items"]
    assert (mine["about_name"], mine["reason"], mine["revoked_at"]) == ("陈静", "姐妹", None)
    assert house.api("chen_jing").get("/recusals").json["items"] == []
    case = house.start()
    task = house.open_task(case)
    refused = clerk.complete(task, "agree", {"stock_note": "库存"})
    assert refused.status_code in (403, 404)
    assert clerk.post(f"/recusals/{mine['id']}/revoke").status_code == 200
    assert clerk.get("/recusals").json["items"][0]["revoked_at"] is not None
    assert clerk.post(f"/recusals/{mine['id']}/revoke").status_code == 404


def test_the_only_clerk_of_a_unit_steps_aside_and_the_administrator_is_asked(house: House) -> None:
    case = house.start()
    house.api("clerk_wang").post("/recusals", {"about": "chen_jing"})
    task = house.open_task(case)
    assert house.api("admin_mu").get(f"/tasks/{task}").json["verbs"] == [
        "complete",
        "claim",
        "transfer",
        "delegate",
        "add_signers",
        "send_back",
        "move",
        "reassign",
    ]
    told = [one["type"] for one in history(house, case)]
    assert told == ["instance.started", "task.recused"]


def test_a_recusal_in_one_case_needs_to_know_of_it(house: House) -> None:
    case = house.start()
    assert house.api("tian_ye").post("/recusals", {"instance": case}).status_code == 404
    assert house.api("clerk_wang").post("/recusals", {"instance": case}).status_code == 201
    assert house.api("clerk_wang").post("/recusals", {}).status_code == 422
    assert house.api("chen_jing").post("/recusals", {"instance": case}).status_code == 422


def test_every_verb_refuses_who_is_recused_and_each_attempt_is_on_the_record(house: House) -> None:
    case = house.start()
    task = house.open_task(case)
    clerk = house.api("chair_han")
    # The chair is recused: the approval that follows the check is not theirs.
    assert clerk.post("/recusals", {"about": "chen_jing"}).status_code == 201
    done = house.api("clerk_wang").complete(task, "agree", {"stock_note": "库存"})
    assert done.json["next"][0]["candidates"] != ["unit_chair@nonglin"]
    approve = house.open_task(case)
    for answer in (
        clerk.post(f"/tasks/{approve}/claim"),
        clerk.complete(approve, "agree"),
        clerk.post("/tasks/batch", {"items": [{"id": approve, "verb": "claim"}]}),
    ):
        assert answer.status_code in (403, 404, 422)
    # One who has acted in the case knows of it, so the refusal is a refusal, and is recorded.
    first = house.api("clerk_wang")
    attempts = [
        first.post(f"/tasks/{approve}/claim").status_code,
        first.complete(approve, "agree").status_code,
        first.post("/tasks/batch", {"items": [{"id": approve, "verb": "complete"}]}).status_code,
    ]
    assert attempts == [403, 403, 422]
    refused = [one for one in history(house, case) if one["type"] == "refused"]
    assert [one["subject"]["rule"] for one in refused] == ["who-checks-does-not-approve"] * 3


def test_who_would_be_next_before_starting(house: House) -> None:
    answer = house.api("chen_jing").post("/processes/approve3/preview", {"form": APPLICATION})
    assert answer.status_code == 200
    first, second = answer.json["items"]
    assert (first["element"], first["who"], first["certain"]) == ("check", ["王海燕"], True)
    assert (second["element"], second["certain"]) == ("approve", False)
    assert house.api("zhi_clerk_gao").post("/processes/approve3/preview", {}).status_code == 404


def test_who_would_be_next_before_acting_by_outcome(house: House) -> None:
    case = house.start()
    task = house.open_task(case)
    clerk = house.api("clerk_wang")
    agreed = clerk.post(f"/tasks/{task}/preview", {"outcome": "agree"}).json["items"]
    assert [(one["element"], one["who"], one["certain"]) for one in agreed] == [
        ("approve", ["韩立新"], True)
    ]
    assert house.open_task(case) == task
    assert house.api("chen_jing").post(f"/tasks/{task}/preview", {}).status_code == 403
    assert house.api("tian_ye").post(f"/tasks/{task}/preview", {}).status_code == 404
    assert clerk.post(f"/tasks/{task}/preview", {"outcome": "never"}).status_code == 422
    clerk.complete(task, "agree", {"stock_note": "库存"})
    chair, approve = house.api("chair_han"), house.open_task(case)
    refused = chair.post(f"/tasks/{approve}/preview", {"outcome": "refuse"}).json["items"]
    assert [(one["ends"], one["certain"]) for one in refused] == [(True, True)]
