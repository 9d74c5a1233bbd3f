"""The whole of a small case over HTTP, and what each endpoint answers on the way."""

from __future__ import annotations

from engine.testing.files import small_pdf
from tests.builders import APPLICATION, House


def test_a_case_runs_from_application_to_approval(house: House) -> None:
    member, clerk, chair = (house.api(one) for one in ("chen_jing", "clerk_wang", "chair_han"))
    offered = member.get("/processes").json
    assert {one["key"] for one in offered["items"]} == {"approve3", "illness_aid", "petition"}

    started = member.post("/processes/approve3/instances", {"form": APPLICATION})
    assert started.status_code == 201
    case, first = started.json["instance"]["id"], started.json["next"][0]
    assert started.json["instance"]["state"] == "active"
    assert (first["element"], first["candidates"]) == ("check", ["unit_clerk@nonglin"])

    pool = clerk.get("/tasks?box=pool").json
    assert [one["id"] for one in pool["items"]] == [first["task"]]
    assert pool["counts"]["pool"] == "1"
    task = clerk.get(f"/tasks/{first['task']}").json
    more = ["transfer", "delegate", "add_signers", "send_back"]
    assert task["verbs"] == ["complete", "claim", *more]
    assert [one["id"] for one in task["outcomes"]] == ["agree", "refuse"]
    assert task["document"]["quantity"] == 8
    assert clerk.post(f"/tasks/{first['task']}/claim").json["task"]["state"] == "open"
    assert clerk.get("/tasks?box=todo").json["counts"]["todo"] == "1"

    checked = clerk.complete(
        first["task"], "agree", {"stock_note": "库存十二副"}, version=task["version"]
    )
    assert checked.status_code == 200, checked.text
    assert checked.json["task"] == {"id": first["task"], "state": "completed"}
    second = checked.json["next"][0]
    assert second["element"] == "approve"
    assert clerk.get("/tasks?box=done").json["counts"]["done"] == "1"

    ended = chair.complete(second["task"], "agree")
    assert ended.json["instance"] == {"id": case, "state": "completed"}
    assert ended.json["next"] == []
    seen = member.get(f"/instances/{case}").json
    assert (seen["state"], seen["end_event"]) == ("completed", "ended_agreed")
    assert seen["document"]["stock_note"] == "库存十二副"
    started_box = member.get("/tasks?box=started").json["items"]
    assert [(one["instance"], one["state"]) for one in started_box] == [(case, "completed")]


def test_the_history_and_the_diagram_tell_the_way(house: House) -> None:
    case = house.start()
    clerk = house.api("clerk_wang")
    clerk.post(f"/tasks/{house.open_task(case)}/claim")
    clerk.complete(house.open_task(case), "agree")
    told = clerk.get(f"/instances/{case}/history").json["items"]
    assert [one["type"] for one in told] == ["instance.started", "task.claimed", "task.completed"]
    assert [one["seq"] for one in told] == [1, 2, 3]
    drawn = clerk.get(f"/instances/{case}/diagram").json
    assert drawn["flows"] == ["apply__check", "check__approve"]
    assert drawn["current"] == ["approve"]
    assert "approve" not in drawn["done"]
    assert drawn["xml"].startswith("<?xml")


def test_a_task_can_be_taken_and_given_back(house: House) -> None:
    task = house.open_task(house.start())
    clerk = house.api("clerk_wang")
    for _twice in range(2):
        assert clerk.post(f"/tasks/{task}/claim").status_code == 200
    more = ["transfer", "delegate", "add_signers", "send_back"]
    assert clerk.get(f"/tasks/{task}").json["verbs"] == ["complete", "release", *more]
    assert clerk.post(f"/tasks/{task}/release").status_code == 200
    assert clerk.get(f"/tasks/{task}").json["verbs"] == ["complete", "claim", *more]


def test_an_applicant_withdraws_where_the_package_allows_it(house: House) -> None:
    case = house.start("petition", by="tian_ye")
    member = house.api("tian_ye")
    assert "withdraw" in member.get(f"/instances/{case}").json["verbs"]
    answer = member.post(f"/instances/{case}/withdraw", {"reason": "改日再议"})
    assert answer.json["instance"]["state"] == "withdrawn"
    assert house.rows_of_open_tasks(case) == []


def test_a_page_of_a_box_says_where_the_next_begins(house: House) -> None:
    cases = [house.start() for _one in range(3)]
    clerk = house.api("clerk_wang")
    first = clerk.get("/tasks?box=pool&limit=2").json
    second = clerk.get(f"/tasks?box=pool&limit=2&after={first['next']}").json
    found = [one["instance"] for one in (*first["items"], *second["items"])]
    assert sorted(found) == sorted(cases)
    assert second["next"] is None


def test_an_uploaded_file_comes_back_to_its_owner(house: House) -> None:
    sent = small_pdf("诊断")
    answer = house.api("chen_jing").upload("诊断.pdf", sent)
    assert answer.status_code == 201
    assert answer.json["media_type"] == "application/pdf"
    content = house.api("chen_jing").get(f"/files/{answer.json['id']}")
    assert content.data == sent
    assert content.headers["Content-Security-Policy"].endswith("sandbox")


def test_signing_in_gives_a_token_that_signing_out_ends(house: House) -> None:
    client = house.app.test_client()
    body = {"username": "chen_jing", "password": "a-long-enough-one"}
    opened = client.post("/api/v1/sessions", json=body)
    assert opened.status_code == 200
    headers = {"Authorization": f"Bearer {opened.json['token']}"}
    assert client.get("/api/v1/tasks", headers=headers).status_code == 200
    assert client.delete("/api/v1/sessions", headers=headers).status_code == 204
    assert client.get("/api/v1/tasks", headers=headers).status_code == 401


def test_the_definitions_are_for_those_who_look_after_them(house: House) -> None:
    answer = house.api("admin_mu").get("/definitions")
    assert answer.status_code == 200
    assert {one["key"] for one in answer.json["items"]} == {"approve3", "illness_aid", "petition"}


def test_programs_find_the_description_of_the_interface(small_house: House) -> None:
    described = small_house.app.test_client().get("/openapi.json").json
    paths = {rule.rule for rule in small_house.app.url_map.iter_rules()}
    documented = {path.replace("{", "<string:").replace("}", ">") for path in described["paths"]}
    assert documented == {path for path in paths if path.startswith("/api/")}


def test_whoever_watches_sees_life_and_readiness(house: House) -> None:
    client = house.app.test_client()
    assert client.get("/health/live").json == {"status": "ok"}
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.json["ready"]) == (200, True)
