"""Handing on, asking for advice and standing in over HTTP, for programs and at a browser."""

from __future__ import annotations

import re

from engine.audit.records import verify
from engine.store.tables import proxy
from tests.builders import House

FROM = "2026-03-02T00:00:00+08:00"
TO = "2026-03-07T00:00:00+08:00"


def test_a_program_asks_for_advice_and_hands_on(house: House) -> None:
    case = house.start()
    task = house.open_task(case)
    clerk, adviser = house.api("clerk_wang"), house.api("party_shen")
    found = clerk.get(f"/tasks/{task}/people?for=delegate&q=沈").json["items"]
    assert found == [{"id": "party_shen", "name": "沈红霞", "unit": "省农林厅工会"}]
    body = {"to": "party_shen", "question": "数量合适吗？"}
    answer = clerk.post(f"/tasks/{task}/delegate", body, key="once")
    assert answer.json["task"] == {"id": task, "state": "open"}
    assert clerk.post(f"/tasks/{task}/delegate", body, key="once").json == answer.json
    refused = clerk.complete(task, "agree")
    assert (refused.status_code, refused.json["type"]) == (
        409,
        "urn:gongban:problem:waits_for_advice",
    )
    (line,) = adviser.get("/tasks?box=todo").json["items"]
    assert (line["id"], line["advice"]) == (task, True)
    assert adviser.get(f"/tasks/{task}").json["verbs"] == ["advise"]
    assert adviser.post(f"/tasks/{task}/advise", {"advice": "合适。"}).status_code == 200
    (advice,) = clerk.get(f"/tasks/{task}").json["advice"]
    assert (advice["adviser_name"], advice["advice"]) == ("沈红霞", "合适。")
    # Another clerk of the same role, in another unit.
    offered = [one["id"] for one in clerk.get(f"/tasks/{task}/people").json["items"]]
    assert offered == ["clerk_bai"]
    assert clerk.post(f"/tasks/{task}/transfer", {"to": "chair_han"}).status_code == 422
    assert clerk.post(f"/tasks/{task}/transfer", {"to": "clerk_bai"}).status_code == 200
    assert clerk.get(f"/tasks/{task}/people").status_code == 404
    assert house.api("clerk_bai").complete(task, "agree", {"stock_note": "够"}).status_code == 200
    assert verify(house.engine).ok


def test_a_question_is_taken_back(house: House) -> None:
    task = house.open_task(house.start())
    clerk = house.api("clerk_wang")
    clerk.post(f"/tasks/{task}/delegate", {"to": "party_shen", "question": "？"})
    assert clerk.post(f"/tasks/{task}/recall").status_code == 200
    assert clerk.post(f"/tasks/{task}/recall").status_code == 409
    assert clerk.complete(task, "agree", {"stock_note": "够"}).status_code == 200


def test_only_who_has_the_task_searches_people_by_it(house: House) -> None:
    task = house.open_task(house.start())
    assert house.api("chen_jing").get(f"/tasks/{task}/people").status_code == 403
    assert house.api("tian_ye").get(f"/tasks/{task}/people").status_code == 404


def test_a_deputy_works_for_the_owner_and_every_page_says_so(house: House) -> None:
    owner, deputy = house.api("chair_han"), house.api("party_shen")
    body = {"deputy": "party_shen", "since": FROM, "until": TO, "processes": ["approve3"]}
    made = owner.post("/proxies", {**body, "reason": "出差"})
    assert made.status_code == 201, made.text
    refused = owner.post("/proxies", body)
    assert (refused.status_code, refused.json["type"]) == (
        409,
        "urn:gongban:problem:proxy_overlaps",
    )
    (seen,) = deputy.get("/proxies").json["items"]
    assert (seen["owner_name"], seen["state"], seen["reason"]) == ("韩立新", "active", "出差")
    case = house.start()
    house.api("clerk_wang").complete(house.open_task(case), "agree", {"stock_note": "够"})
    task = house.open_task(case)
    (line,) = deputy.get("/tasks?box=pool").json["items"]
    assert (line["id"], line["for"]) == (task, "chair_han")
    assert deputy.get(f"/tasks/{task}").json["for"] == "chair_han"
    browser = house.browser("party_shen", "zh")
    assert "代韩立新" in browser.get("/inbox?box=pool").text
    assert "您正在代理韩立新办理。" in browser.get(f"/tasks/{task}").text
    assert deputy.complete(task, "agree", opinion="同意").status_code == 200
    page = house.browser("chen_jing", "zh").get(f"/cases/{case}").text
    assert "沈红霞代韩立新" in page
    assert owner.post(f"/proxies/{made.json['id']}/end").status_code == 200
    assert deputy.get("/proxies").json["items"][0]["state"] == "over"
    assert house.api("tian_ye").post(f"/proxies/{made.json['id']}/end").status_code == 404
    assert verify(house.engine).ok


def test_only_an_administrator_names_a_deputy_for_somebody_else(house: House) -> None:
    body = {"deputy": "party_shen", "since": FROM, "owner": "chair_han", "reason": "病假"}
    assert house.api("clerk_wang").post("/proxies", body).status_code == 403
    assert house.api("admin_mu").post("/proxies", body).status_code == 201


def test_a_person_at_a_browser_names_a_deputy_and_ends_it_without_scripts(house: House) -> None:
    browser = house.browser("chair_han", "zh")
    page = browser.get("/profile?who=沈").text
    assert 'value="party_shen"' in page
    assert 'value="clerk_wang"' not in page
    form = {"deputy": "party_shen", "since": "2026-03-02", "until": "2026-03-06"}
    wrong = browser.post("/profile/proxies", {**form, "until": "2026-03-01"})
    assert wrong.status_code == 422
    assert "日期不对" in wrong.text
    assert 'value="2026-03-01"' in wrong.text
    for _click in range(2):
        done = browser.post("/profile/proxies", {**form, "idempotency_key": "one"})
        assert done.status_code == 302
    (row,) = house.rows(proxy.select())
    # Both days are included.
    assert row.until.isoformat() == "2026-03-06T16:00:00+00:00"
    page = browser.get("/profile").text
    assert "生效中" in page
    assert "韩立新" in house.browser("party_shen", "zh").get("/profile").text
    action = re.search(r'action="(/profile/proxies/\w+/end)"', page)
    assert action is not None
    assert browser.post(action[1]).status_code == 302
    assert "已结束" in browser.get("/profile").text


def test_the_tasks_page_hands_on_and_asks_for_advice(house: House) -> None:
    task = house.open_task(house.start())
    clerk, adviser = house.browser("clerk_wang", "zh"), house.browser("party_shen", "zh")
    page = clerk.get(f"/tasks/{task}").text
    assert all(f'id="verb-{verb}"' in page for verb in ("transfer", "delegate"))
    sent = {"to": "party_shen", "question": "数量合适吗？", "idempotency_key": "k"}
    assert clerk.post(f"/tasks/{task}/delegate", sent).headers["Location"] == f"/tasks/{task}"
    page = clerk.get(f"/tasks/{task}").text
    assert "已向沈红霞征求意见" in page
    assert 'id="verb-recall"' in page
    assert "等待他人意见" in clerk.get("/inbox").text
    assert "征求您的意见" in adviser.get("/inbox").text
    page = adviser.get(f"/tasks/{task}").text
    assert "王海燕征求您的意见：数量合适吗？" in page
    assert 'id="verb-advise"' in page
    assert 'name="outcome"' not in page
    assert adviser.post(f"/tasks/{task}/advise", {"advice": "合适。"}).status_code == 302
    page = clerk.get(f"/tasks/{task}").text
    assert "参考意见" in page
    assert "合适。" in page
    refused = clerk.post(f"/tasks/{task}/transfer", {"to": "chair_han"})
    assert refused.status_code == 422
    assert "规定角色" in refused.text
    assert clerk.post(f"/tasks/{task}/transfer", {"to": "clerk_bai"}).status_code == 302
    assert clerk.get(f"/tasks/{task}").status_code == 404
    refused = house.browser("clerk_bai", "zh").post(f"/tasks/{task}/release")
    assert refused.status_code == 409
    assert "没有可以退回的待领列表" in refused.text
    assert house.browser("clerk_bai").post(f"/tasks/{task}/no_such_verb").status_code == 404
