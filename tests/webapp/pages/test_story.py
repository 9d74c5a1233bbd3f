"""The same case as a person sees it: forms sent by a browser, errors shown where they belong."""

from __future__ import annotations

import json
import re

from sqlalchemy import func, select

from engine.store.tables import draft, instance
from tests.builders import APPLICATION, PASSWORD, House


def test_a_case_runs_from_application_to_approval_by_forms(house: House) -> None:
    member, clerk, chair = (house.browser(one) for one in ("chen_jing", "clerk_wang", "chair_han"))
    assert "活动用品领用审批" in house.browser("chen_jing", "zh").get("/start").text
    sent = member.post(
        "/start/approve3",
        {"form_json": json.dumps(APPLICATION), "idempotency_key": "k1", "action": "send"},
    )
    assert sent.status_code == 302
    case_page = sent.headers["Location"]
    case = case_page.rpartition("/")[2]
    assert "羽毛球拍" in member.get(case_page).text
    for browser, form in ((clerk, {"stock_note": "库存十二副"}), (chair, {})):
        task = house.open_task(case)
        page = browser.get(f"/tasks/{task}")
        assert page.status_code == 200
        key = re.search(r'name="idempotency_key" value="([^"]+)"', page.text)
        assert key is not None
        body = {
            "form_json": json.dumps(form),
            "outcome": "agree",
            "opinion": "同意",
            "idempotency_key": key[1],
        }
        answers = [browser.post(f"/tasks/{task}/complete", body) for _click in range(2)]
        assert [one.status_code for one in answers] == [302, 302]
        house.let_count()
    shown = house.browser("chen_jing", "zh").get(case_page).text
    assert "同意领用" in shown
    assert "库存十二副" in shown


def test_two_clicks_start_one_case(house: House) -> None:
    member = house.browser("chen_jing")
    body = {"form_json": json.dumps(APPLICATION), "idempotency_key": "k"}
    first, second = (member.post("/start/approve3", body) for _click in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert house.rows(select(func.count()).select_from(instance))[0][0] == 1


def test_a_form_with_mistakes_comes_back_with_what_was_typed(house: House) -> None:
    form = {**APPLICATION, "quantity": 0}
    answer = house.browser("chen_jing").post(
        "/start/approve3", {"form_json": json.dumps(form), "idempotency_key": "k"}
    )
    assert answer.status_code == 422
    assert "春季职工羽毛球赛" in answer.text.encode().decode("unicode_escape") or (
        "春季职工羽毛球赛" in answer.text
    )
    corrected = house.browser("chen_jing").post(
        "/start/approve3", {"form_json": json.dumps(APPLICATION), "idempotency_key": "k"}
    )
    assert corrected.status_code == 302


def test_a_decision_that_needs_an_opinion_asks_for_it(small_house: House) -> None:
    task = small_house.open_task(small_house.start())
    answer = small_house.browser("clerk_wang", "en").post(
        f"/tasks/{task}/complete", {"outcome": "refuse", "form_json": "{}"}
    )
    assert answer.status_code == 422
    assert "Please give your opinion" in answer.text


def test_a_draft_is_kept_sealed_and_gone_once_sent(house: House) -> None:
    member = house.browser("chen_jing")
    member.post("/start/approve3", {"form_json": '{"item": "跳绳"}', "action": "draft"})
    assert "跳绳" not in house.rows(select(draft.c.sealed))[0].sealed
    assert "/start/approve3" in member.get("/inbox?box=drafts").text
    assert "/start/approve3" not in house.browser("sun_li").get("/inbox?box=drafts").text
    member.post("/start/approve3", {"form_json": json.dumps(APPLICATION), "idempotency_key": "k"})
    assert house.rows(select(draft.c.place)) == []


def test_signing_in_and_out_by_the_page(house: House) -> None:
    client = house.app.test_client()
    wrong = client.post("/login", data={"username": "chen_jing", "password": "wrong"})
    assert wrong.status_code == 401
    assert "用户名或密码不正确" in wrong.text
    body = {"username": "chen_jing", "password": PASSWORD, "next": "/cases"}
    signed_in = client.post("/login", data=body)
    assert (signed_in.status_code, signed_in.headers["Location"]) == (302, "/cases")
    cookie = signed_in.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    page = client.get("/inbox").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    assert client.post("/logout", data={"csrf_token": token[1]}).status_code == 302
    assert client.get("/inbox").headers["Location"].startswith("/login")


def test_signing_in_leads_nowhere_else(small_house: House) -> None:
    client = small_house.app.test_client()
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"):
        body = {"username": "chen_jing", "password": PASSWORD, "next": target}
        assert client.post("/login", data=body).headers["Location"] == "/"


def test_outside_a_demonstration_nobody_switches_and_time_stays(small_house: House) -> None:
    client = small_house.app.test_client()
    assert client.post("/demo/switch", data={"username": "chen_jing"}).status_code == 404
    browser = small_house.browser("admin_mu")
    assert browser.post("/demo/clock", {"move": "P1D"}).status_code in (403, 404)


def test_what_a_member_types_is_shown_as_text(small_house: House) -> None:
    attack = "<script>alert(1)</script>"
    case = small_house.start(form={**APPLICATION, "item": attack, "purpose": attack})
    task = small_house.open_task(case)
    for path in (f"/cases/{case}", f"/tasks/{task}", "/inbox?box=pool"):
        assert attack not in small_house.browser("clerk_wang").get(path).text
