"""What no form of ours sends, sent all the same: it is refused in words, never with a crash."""

from __future__ import annotations

import pytest

from tests.builders import House

UNREADABLE = ["a\\u0000b", "a\\ud800b"]


@pytest.mark.parametrize("text", UNREADABLE)
def test_text_that_no_database_takes_is_refused_in_forms_and_drafts(
    small_house: House, text: str
) -> None:
    task = small_house.open_task(small_house.start())
    clerk, member = small_house.browser("clerk_wang"), small_house.browser("chen_jing")
    form = f'{{"stock_note": "{text}"}}'
    sent = {"form_json": form, "outcome": "agree"}
    assert clerk.post(f"/tasks/{task}/complete", sent).status_code == 422
    draft = {"form_json": f'{{"item": "{text}"}}', "action": "draft"}
    assert member.post("/start/approve3", draft).status_code == 422
    answer = small_house.app.test_client().post(
        f"/tasks/{task}/draft",
        data=f'{{"form": {form}}}',
        headers=small_house.api("clerk_wang").headers,
        content_type="application/json",
    )
    assert answer.status_code == 422


def test_a_nul_in_an_opinion_is_refused(house: House) -> None:
    task = house.open_task(house.start())
    clerk = house.browser("clerk_wang")
    body = {"outcome": "agree", "form_json": "{}", "opinion": "a\x00b"}
    assert clerk.post(f"/tasks/{task}/complete", body).status_code == 422
    answer = house.api("clerk_wang").complete(task, "agree", {"stock_note": "x"}, opinion="a\x00b")
    assert answer.status_code == 422


@pytest.mark.parametrize("version", ["²", "9" * 5000])
def test_an_odd_version_is_no_version(small_house: House, version: str) -> None:
    task = small_house.open_task(small_house.start())
    body = {"outcome": "agree", "form_json": '{"stock_note": "有"}', "version": version}
    assert small_house.browser("clerk_wang").post(f"/tasks/{task}/complete", body).status_code < 500


@pytest.mark.parametrize(
    "after", ["0001-01-01T00:00:00%2B10:00|x", "9999-12-31T23:59:59-10:00|x", "2020-01-01|x"]
)
def test_the_end_of_a_page_that_is_no_instant_is_refused(small_house: House, after: str) -> None:
    for path in ("/inbox?box=todo&", "/cases?"):
        answer = small_house.browser("clerk_wang").get(f"{path}after={after}")
        assert answer.status_code == 422


@pytest.mark.parametrize("year", ["²0²6", "1" * 5000, "x"])
def test_an_odd_year_of_the_calendar_is_this_year(small_house: House, year: str) -> None:
    page = small_house.browser("admin_mu").get(f"/admin/calendar?year={year}")
    assert page.status_code == 200


def test_choosing_a_language_leads_nowhere_else(small_house: House) -> None:
    client = small_house.app.test_client()
    for came_from in ("http://localhost//evil.example/x", "http://localhost/\\evil.example"):
        answer = client.post("/preferences", data={"lang": "en"}, headers={"Referer": came_from})
        assert answer.headers["Location"] == "/"
    here = {"Referer": "http://localhost/login?next=/cases"}
    answer = client.post("/preferences", data={"lang": "en"}, headers=here)
    assert answer.headers["Location"] == "/login?next=/cases"
