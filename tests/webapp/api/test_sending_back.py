"""Sending back, taking back and revising over HTTP, as a program sees them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine.store.tables import signer, task
from tests.builders import APPLICATION, House
from tests.webapp.test_secrets_at_rest import start_illness_case
from webapp.accounts.people import assign_role


def problem(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["type"].rpartition(":")[2]


def verbs(house: House, person: str, path: str) -> list[str]:
    found: list[str] = house.api(person).get(path).json["verbs"]
    return found


def checked(house: House) -> tuple[str, str]:
    """A case that waits for the chair, and the chair's task."""
    case = house.start()
    assert house.api("clerk_wang").complete(house.open_task(case), "agree").status_code == 200
    return case, house.open_task(case, "approve")


def test_the_places_are_told_in_the_callers_language_nearest_first(house: House) -> None:
    _case, approve = checked(house)
    found = house.api("chair_han", "zh").get(f"/tasks/{approve}/targets").json["items"]
    assert [(one["element"], one["words"]) for one in found] == [
        ("check", ["any", "previous"]),
        (found[1]["element"], ["any", "applicant"]),
    ]
    assert (found[0]["name"], found[0]["has_block"], found[0]["may_jump"]) == (
        "核对库存",
        False,
        True,
    )
    english = house.api("chair_han", "en").get(f"/tasks/{approve}/targets").json["items"]
    assert english[0]["name"] not in ("核对库存", "check")


def test_the_places_are_for_whoever_may_act_on_the_task(house: House) -> None:
    case, approve = checked(house)
    path = f"/tasks/{approve}/targets"
    assert problem(house.api("clerk_bai").get(path)) == (404, "not_found")
    assert problem(house.api("chen_jing").get(path)) == (403, "separation_of_duties")
    assert problem(house.api("clerk_wang").get(path)) == (403, "separation_of_duties")
    assert house.api("chair_han").complete(approve, "agree").status_code == 200
    assert problem(house.api("chair_han").get(path)) == (409, "already_done")
    assert "send_back" not in verbs(house, "chair_han", f"/tasks/{approve}")
    assert house.api("chair_han").get(f"/instances/{case}").json["state"] == "completed"


def test_the_chair_sends_back_and_has_it_again_at_once(house: House) -> None:
    case, approve = checked(house)
    chair, clerk = house.api("chair_han"), house.api("clerk_wang")
    assert "send_back" in verbs(house, "chair_han", f"/tasks/{approve}")
    body = {"target": "previous", "reason": "数量与库存不符", "then": "jump"}
    sent = chair.post(f"/tasks/{approve}/send_back", body)
    assert sent.status_code == 200, sent.text
    assert sent.json["task"] == {"id": approve, "state": "returned"}
    (again,) = sent.json["next"]
    assert again["element"] == "check"
    assert clerk.get(f"/tasks/{again['task']}").json["state"] == "open"
    assert clerk.complete(again["task"], "agree").status_code == 200
    assert chair.complete(house.open_task(case, "approve"), "agree").status_code == 200
    told = chair.get(f"/instances/{case}/history").json["items"]
    (back,) = [one for one in told if one["type"] == "task.returned"]
    assert (back["actor"], back["payload"]["opinion"]) == ("chair_han", "数量与库存不符")


def test_sending_back_is_refused_in_words(house: House) -> None:
    case, approve = checked(house)
    chair, path = house.api("chair_han", "zh"), f"/tasks/{approve}/send_back"
    body = {"target": "previous", "reason": "再核"}
    wordless = chair.post(path, {"target": "previous"})
    assert problem(wordless) == (422, "reason_required")
    assert wordless.json["title"].startswith("请")
    assert problem(chair.post(path, {**body, "target": "approve"})) == (409, "no_such_target")
    assert problem(chair.post(path, {**body, "then": "fly"})) == (422, "malformed")
    assert problem(house.api("clerk_bai").post(path, body)) == (404, "not_found")
    assert problem(house.api("clerk_wang").post(path, body)) == (403, "separation_of_duties")
    assert house.open_task(case) == approve


def test_sent_twice_with_one_key_a_case_goes_back_once(house: House) -> None:
    case, approve = checked(house)
    chair = house.api("chair_han")
    body = {"target": "previous", "reason": "再核"}
    first, second = (chair.post(f"/tasks/{approve}/send_back", body, key="k") for _two in "12")
    assert (first.json, first.headers.get("Idempotent-Replay")) == (second.json, None)
    assert second.headers["Idempotent-Replay"] == "true"
    told = chair.get(f"/instances/{case}/history").json["items"]
    assert len([one for one in told if one["type"] == "task.returned"]) == 1


def test_sent_back_to_the_applicant_the_application_is_changed_and_handed_in_again(
    house: House,
) -> None:
    case, approve = checked(house)
    body = {"target": "applicant", "reason": "请改数量"}
    assert house.api("chair_han").post(f"/tasks/{approve}/send_back", body).status_code == 200
    member = house.api("chen_jing")
    again = house.open_task(case)
    assert "complete" in verbs(house, "chen_jing", f"/tasks/{again}")
    handed = member.complete(again, form={**APPLICATION, "quantity": 6})
    assert handed.status_code == 200, handed.text
    assert member.get(f"/instances/{case}").json["document"]["quantity"] == 6
    assert house.api("clerk_wang").complete(house.open_task(case, "check"), "agree").json["next"]


def test_the_own_decision_is_taken_back_until_somebody_has_acted(house: House) -> None:
    case = house.start()
    check = house.open_task(case)
    clerk = house.api("clerk_wang")
    clerk.complete(check, "agree")
    assert "take_back" in verbs(house, "clerk_wang", f"/tasks/{check}")
    assert "take_back" not in verbs(house, "chen_jing", f"/tasks/{check}")
    path = f"/tasks/{check}/take_back"
    assert problem(house.api("chair_han").post(path)) == (404, "not_found")
    first, second = (clerk.post(path, {"reason": "看错了"}, key="k") for _two in "12")
    assert (first.status_code, first.json) == (200, second.json)
    assert second.headers["Idempotent-Replay"] == "true"
    assert [one["element"] for one in first.json["next"]] == ["check"]
    assert "take_back" not in verbs(house, "clerk_wang", f"/tasks/{check}")
    assert problem(clerk.post(path)) == (409, "already_done")
    second_time = house.open_task(case, "check")
    clerk.complete(second_time, "agree")
    house.api("chair_han").post(f"/tasks/{house.open_task(case)}/claim")
    assert "take_back" not in verbs(house, "clerk_wang", f"/tasks/{second_time}")
    assert problem(clerk.post(f"/tasks/{second_time}/take_back")) == (409, "somebody_acted")


def test_the_applicant_revises_and_hands_in_again(house: House) -> None:
    case = start_illness_case(house)
    house.run_jobs()
    member = house.api("chen_jing")
    assert {"withdraw", "revise"} <= set(verbs(house, "chen_jing", f"/instances/{case}"))
    assert "revise" not in verbs(house, "clerk_wang", f"/instances/{case}")
    path = f"/instances/{case}/revise"
    assert problem(house.api("clerk_wang").post(path)) == (404, "not_found")
    first, second = (member.post(path, {"reason": "补材料"}, key="k") for _two in "12")
    assert (first.status_code, first.json) == (200, second.json), first.text
    assert [one["element"] for one in first.json["next"]] == ["apply"]
    told = member.get(f"/instances/{case}/history").json["items"]
    (revised,) = [one for one in told if one["type"] == "instance.revised"]
    assert revised["payload"]["reason"] == "补材料"


def test_a_case_whose_package_lets_nobody_withdraw_offers_neither(house: House) -> None:
    case = house.start()
    assert not {"withdraw", "revise"} & set(verbs(house, "chen_jing", f"/instances/{case}"))
    assert problem(house.api("chen_jing").post(f"/instances/{case}/revise")) == (409, "too_late")


def test_a_batch_sends_back_with_one_opinion_as_the_reason(house: House) -> None:
    (one, first), (two, second) = checked(house), checked(house)
    chair = house.api("chair_han")
    items = [{"id": first, "verb": "send_back"}, {"id": second, "verb": "send_back"}]
    wordless = chair.post("/tasks/batch", {"items": items})
    assert [each["status"] for each in wordless.json["results"]] == [422, 422]
    sent = chair.post("/tasks/batch", {"items": items, "opinion": "补库存照片"})
    assert [each["status"] for each in sent.json["results"]] == [200, 200]
    for case in (one, two):
        assert house.open_task(case, "check")
        told = chair.get(f"/instances/{case}/history").json["items"]
        assert [each["payload"]["opinion"] for each in told if each["type"] == "task.returned"] == [
            "补库存照片"
        ]


def test_who_is_not_asked_to_sign_yet_does_not_send_back(house: House) -> None:
    with house.engine.command(house.engine.directory.actor("admin_mu")) as uow:
        assign_role(uow, "sun_li", "unit_clerk", "nonglin")
        uow.commit()
    case = house.start()
    check = house.open_task(case)
    clerk = house.api("clerk_wang")
    added = clerk.post(f"/tasks/{check}/add_signers", {"people": ["sun_li"], "how": "before"})
    assert added.status_code == 200, added.text
    states = {
        row.person_id: row.state
        for row in house.rows(select(signer).join(task).where(task.c.id == check))
    }
    assert states == {"sun_li": "open", "clerk_wang": "waiting"}
    body = {"target": "applicant", "reason": "再想想"}
    assert problem(clerk.post(f"/tasks/{check}/send_back", body)) == (409, "already_done")
    assert problem(clerk.get(f"/tasks/{check}/targets")) == (409, "already_done")
    assert "send_back" not in verbs(house, "clerk_wang", f"/tasks/{check}")
    assert "send_back" in verbs(house, "sun_li", f"/tasks/{check}")
