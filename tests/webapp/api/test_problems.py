"""What a client may not do is answered with a problem document in its language."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.builders import APPLICATION, PASSWORD, House
from webapp.accounts.people import assign_role, end_role
from webapp.accounts.tables import role_holding
from webapp.accounts.throttle import MOST_BY_USERNAME

NOWHERE = "0" * 26


def is_problem(answer: TestResponse, status: int, name: str) -> bool:
    """The shape of RFC 9457, with our stable type."""
    assert answer.mimetype == "application/problem+json", answer.text
    body = answer.json
    assert body["status"] == answer.status_code
    assert isinstance(body["title"], str)
    assert body["title"]
    assert (answer.status_code, body["type"]) == (status, f"urn:gongban:problem:{name}"), body
    return True


def test_problems_speak_the_callers_language(small_house: House) -> None:
    english = small_house.api("chen_jing", "en").get(f"/tasks/{NOWHERE}")
    chinese = small_house.api("chen_jing", "zh").get(f"/tasks/{NOWHERE}")
    assert english.json["title"] == "There is nothing here, or it is not for you to see."
    assert chinese.json["title"] == "这里没有内容，或者您无权查看。"
    neither = small_house.api("chen_jing", "fr").get(f"/tasks/{NOWHERE}")
    assert neither.json["title"] == chinese.json["title"]


def test_the_language_of_the_cookie_counts_more_than_the_browsers(small_house: House) -> None:
    client = small_house.app.test_client()
    client.set_cookie("gongban_lang", "zh")
    answer = client.get("/api/v1/tasks", headers={"Accept-Language": "en"})
    assert answer.json["title"] == "请先登录。"
    client.set_cookie("gongban_lang", "klingon")
    answer = client.get("/api/v1/tasks", headers={"Accept-Language": "en"})
    assert answer.json["title"] == "Please sign in first."


def test_a_form_that_does_not_hold_says_which_field_and_why(house: House) -> None:
    member = house.api("chen_jing")
    form = {**APPLICATION, "quantity": 0, "item": ""}
    answer = member.post("/processes/approve3/instances", {"form": form})
    assert is_problem(answer, 422, "invalid_form")
    assert {one["path"] for one in answer.json["errors"]} == {"quantity", "item"}
    assert all(one["code"] and one["message"] for one in answer.json["errors"])


def test_unknown_members_are_refused(house: House) -> None:
    task = house.open_task(house.start())
    clerk, member = house.api("clerk_wang"), house.api("chen_jing")
    form = {**APPLICATION, "approved": True}
    unknown_field = member.post("/processes/approve3/instances", {"form": form})
    assert is_problem(unknown_field, 422, "invalid_form")
    unknown_member = clerk.post(f"/tasks/{task}/complete", {"outcome": "agree", "force": True})
    assert is_problem(unknown_member, 422, "malformed")
    assert [one["path"] for one in unknown_member.json["errors"]] == ["force"]
    in_a_batch = {"items": [{"id": task, "verb": "claim", "as": "chair_han"}]}
    assert is_problem(clerk.post("/tasks/batch", in_a_batch), 422, "malformed")
    assert is_problem(clerk.post(f"/tasks/{task}/claim", {"as": "chair_han"}), 422, "malformed")


def test_json_that_is_none_is_refused(small_house: House) -> None:
    task = small_house.open_task(small_house.start())
    clerk = small_house.api("clerk_wang")
    for text in ("{", "nonsense", '{"outcome": "agree",}', "[1, 2"):
        answer = clerk.post(f"/tasks/{task}/complete", data=text)
        assert answer.status_code in (400, 422), text
        assert answer.json["type"] == "urn:gongban:problem:malformed"
    assert clerk.get(f"/tasks/{task}").json["state"] == "open"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/xml"])
def test_a_body_of_another_kind_is_refused(small_house: House, kind: str) -> None:
    task = small_house.open_task(small_house.start())
    clerk = small_house.api("clerk_wang")
    answer = clerk.post(f"/tasks/{task}/complete", data='{"outcome": "refuse"}', content_type=kind)
    assert is_problem(answer, 415, "malformed")
    assert clerk.get(f"/tasks/{task}").json["state"] == "open"


def test_a_body_too_large_is_refused(small_house: House) -> None:
    small_house.app.config["MAX_CONTENT_LENGTH"] = 100_000
    answer = small_house.api("chen_jing").post(
        "/processes/approve3/instances", {"form": {"item": "长" * 60_000}}
    )
    assert is_problem(answer, 413, "too_large")


def test_another_method_is_refused(small_house: House) -> None:
    assert is_problem(small_house.api("chen_jing").delete("/tasks"), 405, "method_not_allowed")
    assert is_problem(small_house.api("chen_jing").get("/nowhere"), 404, "not_found")


@pytest.mark.parametrize(
    "task_id", [NOWHERE, "../../etc/passwd", "1 OR 1=1", "%00", "a" * 5000, "任务", "%ff%fe", "."]
)
def test_a_forged_id_finds_nothing(house: House, task_id: str) -> None:
    clerk = house.api("clerk_wang")
    for answer in (
        clerk.get(f"/tasks/{task_id}"),
        clerk.complete(task_id, "agree"),
        clerk.post(f"/tasks/{task_id}/claim"),
        clerk.get(f"/instances/{task_id}"),
        clerk.post(f"/instances/{task_id}/withdraw"),
        clerk.get(f"/files/{task_id}"),
        clerk.post(f"/processes/{task_id}/instances"),
    ):
        assert answer.status_code in (404, 405, 308, 422), answer.text


def test_a_task_of_another_unit_is_not_there(house: House) -> None:
    task = house.open_task(house.start())
    stranger = house.api("clerk_bai")
    assert is_problem(stranger.get(f"/tasks/{task}"), 404, "not_found")
    assert is_problem(stranger.complete(task, "agree"), 404, "not_found")
    assert is_problem(stranger.post(f"/tasks/{task}/claim"), 404, "not_found")


def test_a_task_claimed_by_another_is_taken(house: House) -> None:
    case = house.start("petition", by="tian_ye")
    task = house.open_task(case, "edit_two")
    first, second = house.api("signer_00"), house.api("signer_01")
    assert first.post(f"/tasks/{task}/claim").status_code == 200
    assert is_problem(second.post(f"/tasks/{task}/claim"), 409, "already_claimed")
    form = {"wording": "另一种说法"}
    assert is_problem(second.complete(task, form=form), 409, "already_claimed")
    assert is_problem(second.post(f"/tasks/{task}/release"), 409, "already_claimed")
    assert first.complete(task, form=form).status_code == 200
    assert is_problem(first.complete(task, form=form), 409, "already_done")


def test_nobody_acts_on_the_own_case(house: House) -> None:
    task = house.open_task(house.start())
    answer = house.api("chen_jing").complete(task, "agree")
    assert is_problem(answer, 403, "separation_of_duties")
    assert answer.json["rule"] == "own_case"


def test_who_checked_does_not_approve(house: House) -> None:
    case = house.start()
    with house.engine.command(house.engine.directory.actor("admin_mu")) as uow:
        assign_role(uow, "clerk_wang", "unit_chair", "nonglin")
        uow.commit()
    clerk = house.api("clerk_wang")
    clerk.complete(house.open_task(case), "agree")
    answer = clerk.complete(house.open_task(case), "agree")
    assert is_problem(answer, 403, "separation_of_duties")
    assert answer.json["rule"] == "who-checks-does-not-approve"
    in_a_batch = clerk.post(
        "/tasks/batch",
        {"items": [{"id": house.open_task(case), "verb": "complete", "outcome": "agree"}]},
    )
    assert in_a_batch.status_code == 422
    assert in_a_batch.json["results"][0]["status"] == 403


def test_an_unknown_outcome_and_a_missing_opinion_are_refused(house: House) -> None:
    task = house.open_task(house.start())
    clerk = house.api("clerk_wang")
    assert is_problem(clerk.complete(task, "maybe"), 422, "unknown_outcome")
    assert is_problem(clerk.complete(task, "refuse"), 422, "opinion_required")


def test_a_batch_answers_item_by_item(house: House) -> None:
    good, own, bad_form = (house.open_task(house.start()) for _three in range(3))
    member_case = house.start(by="clerk_wang")
    mine = house.open_task(member_case)
    clerk = house.api("clerk_wang")
    items = [
        {"id": good, "verb": "complete", "outcome": "agree", "form": {"stock_note": "有"}},
        {"id": mine, "verb": "complete", "outcome": "agree"},
        {"id": bad_form, "verb": "complete", "outcome": "agree", "form": {"price": 1}},
        {"id": NOWHERE, "verb": "claim"},
        {"id": own, "verb": "claim"},
        {"id": own, "verb": "release"},
        {"id": own, "verb": "complete", "outcome": "refuse"},
    ]
    answer = clerk.post("/tasks/batch", {"items": items})
    assert answer.status_code == 200
    results = answer.json["results"]
    assert [one["id"] for one in results] == [one["id"] for one in items]
    assert [one["status"] for one in results] == [200, 403, 422, 404, 200, 200, 422]
    kinds = [(one["problem"] or {}).get("type", "").rpartition(":")[2] for one in results]
    assert kinds == [
        "",
        "separation_of_duties",
        "invalid_form",
        "not_found",
        "",
        "",
        "opinion_required",
    ]


def test_a_batch_without_a_success_is_422(small_house: House) -> None:
    answer = small_house.api("clerk_wang").post(
        "/tasks/batch", {"items": [{"id": NOWHERE, "verb": "claim"}]}
    )
    assert answer.status_code == 422
    assert [one["status"] for one in answer.json["results"]] == [404]


def test_without_a_session_nothing_is_told(house: House) -> None:
    client = house.app.test_client()
    for token in ("", "nonsense", "\u00e9", "a" * 4000):
        headers = {"Authorization": f"Bearer {token}"}
        assert is_problem(client.get("/api/v1/tasks", headers=headers), 401, "unauthenticated")


def test_an_expired_session_is_none(house: House) -> None:
    member = house.api("chen_jing")
    assert member.get("/tasks").status_code == 200
    house.clock.advance(timedelta(hours=12, minutes=1))
    assert is_problem(member.get("/tasks"), 401, "unauthenticated")
    answer = member.post("/processes/approve3/instances", {"form": APPLICATION})
    assert is_problem(answer, 401, "unauthenticated")


def test_a_role_that_has_ended_opens_nothing_any_more(house: House) -> None:
    task = house.open_task(house.start())
    clerk = house.api("clerk_wang")
    assert clerk.get(f"/tasks/{task}").status_code == 200
    held = house.rows(
        select(role_holding.c.id).where(
            role_holding.c.person_id == "clerk_wang", role_holding.c.role == "unit_clerk"
        )
    )
    with house.engine.command(house.engine.directory.actor("admin_mu")) as uow:
        end_role(uow, held[0].id)
        uow.commit()
    assert is_problem(clerk.get(f"/tasks/{task}"), 404, "not_found")
    assert is_problem(clerk.complete(task, "agree"), 404, "not_found")


def test_a_wrong_password_and_a_wrong_name_are_refused_alike(house: House) -> None:
    client = house.app.test_client()
    for body in (
        {"username": "chen_jing", "password": "not-this-one"},
        {"username": "nobody_at_all", "password": PASSWORD},
    ):
        answer = client.post("/api/v1/sessions", json=body, headers={"Accept-Language": "en"})
        assert is_problem(answer, 401, "login_refused")
        assert answer.json["title"] == "User name or password is wrong."


def test_guessing_passwords_is_slowed_down(house: House) -> None:
    client = house.app.test_client()
    body = {"username": "chen_jing", "password": "a-guess"}
    for _guess in range(MOST_BY_USERNAME):
        assert client.post("/api/v1/sessions", json=body).status_code == 401
    answer = client.post("/api/v1/sessions", json={**body, "password": PASSWORD})
    assert is_problem(answer, 429, "too_many_attempts")
    assert 0 < int(answer.headers["Retry-After"]) <= 15 * 60
    house.clock.advance(timedelta(seconds=int(answer.headers["Retry-After"]) + 1))
    assert client.post("/api/v1/sessions", json={**body, "password": PASSWORD}).status_code == 200
