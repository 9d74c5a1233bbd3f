"""What administrators do to a case over HTTP: who may, with which reason, and what the record keeps."""

from __future__ import annotations

from typing import Any

import pytest

from engine.audit.records import verify
from tests.builders import House
from tests.webapp.test_secrets_at_rest import ACCOUNT, start_illness_case
from webapp.accounts.people import assign_role

REASON = {"reason": "应单位要求"}


def problem(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["type"].rpartition(":")[2]


def verbs(house: House, person: str, path: str) -> set[str]:
    return set(house.api(person).get(path).json["verbs"])


def last(house: House, case: str, kind: str) -> dict[str, Any]:
    told = house.api("admin_mu").get(f"/instances/{case}/history").json["items"]
    found: dict[str, Any] = [one for one in told if one["type"] == kind][-1]["payload"]
    return found


def body_for(verb: str) -> dict[str, Any]:
    more: dict[str, dict[str, Any]] = {
        "correct": {"values": {"item": "乒乓球拍"}, "version": 1},
        "move": {"target": "approve"},
        "reassign": {"to": "sun_li"},
    }
    return {**REASON, **more.get(verb, {})}


@pytest.mark.parametrize("verb", ["suspend", "resume", "terminate", "correct", "move", "reassign"])
def test_each_verb_is_for_administrators_and_asks_for_a_reason(house: House, verb: str) -> None:
    case = house.start()
    check = house.open_task(case)
    of_task = verb in ("move", "reassign")
    path = f"/tasks/{check}/{verb}" if of_task else f"/instances/{case}/{verb}"
    for person in ("clerk_wang", "chen_jing", "clerk_bai", "auditor_gu"):
        assert problem(house.api(person).post(path, body_for(verb))) == (404, "not_found")
    wordless = house.api("admin_mu", "zh").post(path, {**body_for(verb), "reason": "  "})
    assert problem(wordless) == (422, "reason_required")
    assert wordless.json["title"].startswith("请")
    nowhere = path.replace(case, "0" * 26).replace(check, "0" * 26)
    assert problem(house.api("admin_mu").post(nowhere, body_for(verb))) == (404, "not_found")
    assert house.api("clerk_wang").get(f"/tasks/{check}").json["state"] == "open"


def test_an_administrator_sees_a_case_but_no_sealed_value_and_no_file(house: House) -> None:
    case = start_illness_case(house)
    house.run_jobs()
    admin = house.api("admin_mu")
    seen = admin.get(f"/instances/{case}")
    assert seen.status_code == 200
    assert ACCOUNT not in seen.text
    assert seen.json["document"]["bank_account"] == f"**** {ACCOUNT[-4:]}"
    looked = admin.post(f"/instances/{case}/reveal", {"field": "bank_account"})
    assert problem(looked) == (404, "not_found")
    (file, *_more) = seen.json["document"]["diagnosis_files"]
    assert house.api("clerk_wang").get(f"/files/{file}").status_code == 200
    assert admin.get(f"/files/{file}").status_code == 404
    page = house.browser("admin_mu").get(f"/cases/{case}")
    assert page.status_code == 200
    assert f"/files/{file}" not in page.text
    assert f"/files/{file}" in house.browser("clerk_wang").get(f"/cases/{case}").text
    task = house.open_task(case)
    assert not {"complete", "claim", "send_back"} & verbs(house, "admin_mu", f"/tasks/{task}")


def test_nobody_administers_a_case_they_have_part_in(house: House) -> None:
    with house.engine.command(house.engine.directory.actor("admin_mu")) as uow:
        assign_role(uow, "clerk_wang", "sys_admin", "root")
        uow.commit()
    acted_in, own = house.start(), house.start(by="clerk_wang")
    clerk = house.api("clerk_wang")
    assert "suspend" in verbs(house, "clerk_wang", f"/instances/{acted_in}")
    clerk.complete(house.open_task(acted_in), "agree")
    for case in (acted_in, own):
        task = house.open_task(case)
        assert not {"suspend", "terminate", "correct"} & verbs(
            house, "clerk_wang", f"/instances/{case}"
        )
        assert not {"move", "reassign"} & verbs(house, "clerk_wang", f"/tasks/{task}")
        for path in (f"/instances/{case}/terminate", f"/tasks/{task}/reassign"):
            refused = clerk.post(path, body_for(path.rpartition("/")[2]))
            assert problem(refused) == (403, "not_allowed")


def test_a_case_stands_still_and_goes_on(house: House) -> None:
    case = house.start()
    check, admin, path = house.open_task(case), house.api("admin_mu"), f"/instances/{case}"
    assert {"suspend", "terminate", "correct"} <= verbs(house, "admin_mu", path)
    first, second = (admin.post(f"{path}/suspend", REASON, key="k") for _two in "12")
    assert (first.json["instance"], second.json) == (
        {"id": case, "state": "suspended"},
        first.json,
    )
    assert second.headers["Idempotent-Replay"] == "true"
    assert problem(admin.post(f"{path}/suspend", REASON)) == (409, "already_done")
    # Those of the case see it stand, and are offered nothing that would be refused.
    assert verbs(house, "chen_jing", path) == {"copy", "comment", "attach"}
    assert verbs(house, "clerk_wang", f"/tasks/{check}") == set()
    assert house.browser("chen_jing").get(f"/cases/{case}").status_code == 200
    assert problem(house.api("clerk_wang").complete(check, "agree")) == (409, "suspended")
    assert {"resume", "terminate", "correct"} <= verbs(house, "admin_mu", path)
    assert verbs(house, "admin_mu", f"/tasks/{check}") == set()
    assert admin.post(f"{path}/resume", REASON).json["instance"]["state"] == "active"
    kept = last(house, case, "instance.resumed")
    assert (kept["before"], kept["after"]) == ({"state": "suspended"}, {"state": "active"})
    assert kept["reason"] == REASON["reason"]
    assert house.api("clerk_wang").complete(check, "agree").status_code == 200


def test_a_case_is_ended_with_its_effects_kept_or_undone(house: House) -> None:
    kept, undone = house.start(), house.start()
    admin = house.api("admin_mu")
    for case, effects in ((kept, "keep"), (undone, "undo")):
        path = f"/instances/{case}/terminate"
        assert problem(admin.post(path, {**REASON, "effects": "burn"})) == (422, "malformed")
        ended = admin.post(path, {**REASON, "effects": effects})
        assert ended.json["instance"]["state"] == "terminated"
        assert house.rows_of_open_tasks(case) == []
        facts = last(house, case, "instance.terminated")
        assert (facts["before"]["open"], facts["after"]["open"]) == (["check"], [])
        assert verbs(house, "admin_mu", f"/instances/{case}") == {"comment"}
    assert verify(house.engine).ok


def test_a_field_is_corrected_at_the_version_that_was_looked_at(house: House) -> None:
    case = house.start()
    admin, path = house.api("admin_mu"), f"/instances/{case}/correct"
    version = admin.get(f"/tasks/{house.open_task(case)}").json["version"]
    done = admin.post(path, {**REASON, "values": {"item": "乒乓球拍"}, "version": version})
    assert done.status_code == 200, done.text
    seen = house.api("chen_jing").get(f"/instances/{case}").json
    assert (seen["document"]["item"], "乒乓球拍" in seen["title"]) == ("乒乓球拍", True)
    facts = last(house, case, "instance.corrected")
    assert (facts["before"]["item"], facts["after"]["item"]) == ("羽毛球拍", "乒乓球拍")
    stale = admin.post(path, {**REASON, "values": {"item": "足球"}, "version": version})
    assert problem(stale) == (409, "field_conflict")
    reserved = {**REASON, "values": {"applicant": {"id": "sun_li"}}, "version": version + 1}
    assert problem(admin.post(path, reserved)) == (422, "invalid")


def test_sealed_values_are_not_corrected(house: House) -> None:
    case = start_illness_case(house)
    house.run_jobs()
    admin = house.api("admin_mu")
    version = admin.get(f"/tasks/{house.open_task(case)}").json["version"]
    sealed = {**REASON, "values": {"bank_account": "1"}, "version": version}
    assert problem(admin.post(f"/instances/{case}/correct", sealed)) == (422, "invalid")


def test_a_token_is_moved_back_and_never_past_a_policy(house: House) -> None:
    case = house.start()
    check, admin = house.open_task(case), house.api("admin_mu")
    assert {"move", "reassign"} <= verbs(house, "admin_mu", f"/tasks/{check}")
    path = f"/tasks/{check}/move"
    assert problem(admin.post(path, {**REASON, "target": "moon"})) == (409, "no_such_target")
    # The process wants the check done before the approval.
    assert problem(admin.post(path, {**REASON, "target": "approve"})) == (403, "policy_broken")
    clerk, chair = house.api("clerk_wang"), house.api("chair_han")
    assert clerk.complete(check, "agree", {"stock_note": "有"}).status_code == 200
    path = f"/tasks/{house.open_task(case)}/move"
    moved = admin.post(path, {**REASON, "target": "check"})
    assert moved.status_code == 200, moved.text
    assert [one["element"] for one in moved.json["next"]] == ["check"]
    assert moved.json["task"]["state"] != "open"
    facts = last(house, case, "token.moved")
    assert (facts["before"], facts["after"]) == ({"open": ["approve"]}, {"open": ["check"]})
    assert problem(admin.post(path, {**REASON, "target": "check"})) == (409, "already_done")
    again = clerk.complete(house.open_task(case), "agree", {"stock_note": "有"})
    assert again.status_code == 200, again.text
    assert chair.complete(house.open_task(case), "agree").status_code == 200


def test_a_task_is_given_to_somebody_else(house: House) -> None:
    case = house.start()
    check, admin = house.open_task(case), house.api("admin_mu")
    path = f"/tasks/{check}/reassign"
    assert problem(admin.post(path, {**REASON, "to": "nobody"})) == (422, "not_a_possible_person")
    to_applicant = admin.post(path, {**REASON, "to": "chen_jing"})
    assert problem(to_applicant) == (403, "separation_of_duties")
    given = admin.post(path, {**REASON, "to": "sun_li"})
    assert given.status_code == 200, given.text
    assert given.json["task"] == {"id": check, "state": "open"}
    facts = last(house, case, "task.reassigned")
    assert (facts["before"]["keys"], facts["after"]["keys"]) == (
        ["unit_clerk@nonglin"],
        ["person:sun_li"],
    )
    assert house.api("clerk_wang").get(f"/tasks/{check}").status_code == 404
    assert house.api("sun_li").complete(check, "agree").status_code == 200
