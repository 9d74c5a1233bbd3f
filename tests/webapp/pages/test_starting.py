"""The catalogue, drafts, a new case from an earlier one, and what the form knows of its applicant."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from sqlalchemy import select

from engine.catalog.package import Package
from engine.catalog.versions import deploy
from engine.store.tables import case_document, draft
from tests.builders import PROCESSES, House, illness_story, story_form

AID = "重大疾病帮扶"


def text_of(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def island_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json">(.*?)</script>', page, re.S)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def aid_case(house: House) -> str:
    form = story_form(house, "chen_jing", illness_story()["steps"][0]["start"])
    return house.start("illness_aid", form)


# --- the catalogue ----------------------------------------------------------------------------------


def test_the_catalogue_goes_by_area_in_the_order_of_the_work_points(small_house: House) -> None:
    page = small_house.browser("chen_jing", "zh").get("/start").text
    titles = re.findall(r'<h2 class="group-title">([^<]+)</h2>', page)
    assert titles == ["文体与家庭", "帮扶与送温暖", "其他事项"]


@pytest.mark.parametrize("word", ["大病", "serious", "帮扶与送温暖", "aid", "疾病 公示"])
def test_a_process_is_found_by_its_title_its_words_its_area_and_in_english(
    small_house: House, word: str
) -> None:
    page = small_house.browser("chen_jing", "zh").get(f"/start?q={word}")
    assert "/start/illness_aid" in page.text
    assert "/start/approve3" not in page.text


def test_nothing_found_says_so_and_leads_back(small_house: House) -> None:
    page = small_house.browser("chen_jing", "zh").get("/start?q=驾照")
    assert "没有找到“驾照”" in text_of(page.text)
    assert "全部事项" in page.text


def test_who_may_start_is_said_and_why_she_may_not(small_house: House) -> None:
    member = text_of(small_house.browser("chen_jing", "zh").get("/start").text)
    assert "可发起：会员" in member
    # An administrator is no member: everything is shown, nothing can be begun.
    page = small_house.browser("admin_mu", "zh").get("/start").text
    assert "您不能发起：仅限会员。" in text_of(page)
    assert "/start/illness_aid" not in page
    assert small_house.browser("admin_mu").get("/start/illness_aid").status_code == 404


def test_a_draft_stands_on_top_and_can_be_deleted(house: House) -> None:
    member = house.browser("chen_jing", "zh")
    member.post("/start/approve3", {"form_json": '{"item": "球拍"}', "action": "draft"})
    other = house.browser("sun_li", "zh")
    other.post("/start/approve3", {"form_json": '{"item": "跳绳"}', "action": "draft"})
    assert "我的草稿" in member.get("/start").text
    answer = member.post("/start/approve3/draft/discard")
    assert answer.status_code == 302
    assert "我的草稿" not in member.get("/start").text
    assert len(house.rows(select(draft.c.person_id).where(draft.c.person_id == "sun_li"))) == 1


def test_deleting_a_draft_needs_the_sessions_token(small_house: House) -> None:
    member = small_house.browser("chen_jing")
    assert member.post("/start/approve3/draft/discard", csrf=False).status_code == 403


# --- again, from an earlier case ------------------------------------------------------------------------


def test_a_new_form_begins_with_what_an_earlier_case_said(house: House) -> None:
    earlier = house.start()
    member = house.browser("chen_jing", "zh")
    assert f"/start/approve3?copy={earlier}" in member.get(f"/cases/{earlier}").text
    assert f"/start/approve3?copy={earlier}" in member.get("/start").text
    page = member.get(f"/start/approve3?copy={earlier}").text
    data = island_of(page)["data"]
    stored = house.rows(select(case_document.c.content))[0].content
    assert data["item"] == stored["item"]
    assert data["value_fen"] == stored["value_fen"]


def test_files_sensitive_values_and_declarations_are_not_taken_over_and_it_says_so(
    house: House,
) -> None:
    earlier = aid_case(house)
    page = house.browser("chen_jing", "zh").get(f"/start/illness_aid?copy={earlier}").text
    data, said = island_of(page)["data"], text_of(page)
    assert data["hospital"]
    assert data["household_members"] or data["household_size"]
    for name in ("id_card_no", "bank_account", "disease_name", "hardship_text"):
        assert data[name] in (None, ""), name
    assert data["diagnosis_files"] == []
    assert data["consent_sensitive"] is False
    assert "诊断证明、出院小结或者病理报告" in said
    assert "（敏感信息，需重新填写）" in said.replace("(", "（").replace(")", "）")
    assert "声明和承诺，每次重新勾选" in said
    # No sealed value, and none in the clear, is anywhere on the page.
    assert "sealed" not in json.dumps(data)
    start = illness_story()["steps"][0]["start"]
    assert start["id_card_no"] not in page
    assert start["bank_account"] not in page


def test_what_is_computed_is_computed_anew(house: House) -> None:
    earlier = aid_case(house)
    data = island_of(house.browser("chen_jing").get(f"/start/illness_aid?copy={earlier}").text)[
        "data"
    ]
    assert "self_paid_fen" not in data
    assert "applied_on" not in data


def test_nobody_copies_somebody_elses_case_and_no_other_process(house: House) -> None:
    earlier = house.start()
    # The clerk may read the case; copying it would make it their own words.
    for person in ("sun_li", "clerk_wang", "tian_ye"):
        assert house.browser(person).get(f"/start/approve3?copy={earlier}").status_code == 404
    assert house.browser("chen_jing").get(f"/start/illness_aid?copy={earlier}").status_code == 404
    assert house.browser("chen_jing").get("/start/approve3?copy=nothing").status_code == 404


def test_what_a_newer_form_no_longer_asks_or_takes_is_said(house: House) -> None:
    earlier = house.start()
    folder = PROCESSES / "approve3"
    package = Package.from_folder(folder)
    schema = json.loads(package.files["forms/apply.json"])
    [item] = [one for one in schema["components"] if one.get("key") == "item"]
    item |= {"key": "thing", "label": "物品名称"}
    changed = json.dumps(schema, ensure_ascii=False).replace("=item", "=thing")
    toml = package.files["process.toml"].decode().replace("+ item +", "+ thing +")
    newer = {**package.files, "forms/apply.json": changed.encode(), "process.toml": toml.encode()}
    with house.engine.command(house.engine.directory.actor("admin_mu")) as uow:
        deploy(uow, Package(newer))
        uow.commit()
    page = house.browser("chen_jing", "zh").get(f"/start/approve3?copy={earlier}").text
    data = island_of(page)["data"]
    assert "item" not in data
    assert data["thing"] in (None, "")
    assert "表单已不再要求" in text_of(page)


def test_a_draft_stays_when_an_earlier_case_is_looked_at(house: House) -> None:
    earlier = house.start()
    member = house.browser("chen_jing", "zh")
    member.post("/start/approve3", {"form_json": '{"item": "跳绳"}', "action": "draft"})
    page = member.get(f"/start/approve3?copy={earlier}").text
    assert "改为继续填写草稿" in page
    assert island_of(page)["data"]["item"] != "跳绳"
    assert island_of(member.get("/start/approve3").text)["data"]["item"] == "跳绳"


# --- what is known of the applicant -----------------------------------------------------------------------


def test_the_form_begins_with_what_is_known_and_says_where_it_is_from(house: House) -> None:
    page = house.browser("chen_jing", "zh").get("/start/illness_aid").text
    island = island_of(page)
    facts = house.engine.directory.facts("chen_jing")
    assert island["data"]["account_name"] == facts["name"]
    assert island["data"]["member_no"] == facts["member_no"]
    assert "已按会员登记信息预填。" in json.dumps(island["schema"], ensure_ascii=False)
    # What the directory keeps sealed is not among it.
    assert island["data"]["mobile"] in (None, "")


def test_what_nobody_may_change_is_the_directorys_whatever_is_sent(house: House) -> None:
    form = story_form(house, "chen_jing", illness_story()["steps"][0]["start"])
    case = house.start("illness_aid", {**form, "member_no": "XX-99999"})
    [row] = house.rows(select(case_document.c.content).where(case_document.c.instance_id == case))
    assert row.content["member_no"] == house.engine.directory.facts("chen_jing")["member_no"]


def test_a_draft_keeps_what_she_changed(house: House) -> None:
    member = house.browser("chen_jing")
    sent = {"form_json": '{"account_name": "陈静（工行）"}', "action": "draft"}
    member.post("/start/illness_aid", sent)
    data = island_of(member.get("/start/illness_aid").text)["data"]
    assert data["account_name"] == "陈静（工行）"
    assert data["member_no"] == house.engine.directory.facts("chen_jing")["member_no"]
