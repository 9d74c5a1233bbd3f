"""A sign-in that ends while somebody is working loses nothing, and gives nothing to anybody else."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete
from werkzeug.test import TestResponse

from tests.builders import PASSWORD, Browser, House
from tests.webapp.pages.test_sign_in_steps import code_of, is_in, set_up_device
from webapp.accounts.sessions import made_for, new_csrf
from webapp.accounts.sign_in import SignIn
from webapp.accounts.tables import session
from webapp.pages.kept import KEPT

OPINION = "库存充足，同意领用；请于二十三日前归还。"


def end_sessions(house: House) -> None:
    with house.engine.database.write() as connection:
        connection.execute(delete(session))
        connection.commit()


def fields(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms."""
    return {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    }


def send(client: FlaskClient, path: str, form: dict[str, str]) -> TestResponse:
    return client.post(path, data=form, headers={"Accept-Language": "en"})


def decide(house: House, browser: Browser) -> tuple[str, TestResponse]:
    """The clerk's decision, sent when the sign-in has just ended."""
    case = house.start()
    task = house.open_task(case)
    assert browser.get(f"/tasks/{task}").status_code == 200
    end_sessions(house)
    form = {
        "outcome": "agree",
        "opinion": OPINION,
        "form_json": '{"stock_note": "八副"}',
        "idempotency_key": "one-key",
    }
    return case, browser.post(f"/tasks/{task}/complete", form)


def decided(house: House, case: str) -> bool:
    """Whether the page of the case shows the opinion."""
    opened = SignIn(house.engine).open_for("clerk_wang")
    page = Browser(house, opened.token, opened.csrf, "en").get(f"/cases/{case}")
    assert page.status_code == 200
    return OPINION in page.text


def test_a_decision_goes_on_after_signing_in_again_without_any_script(house: House) -> None:
    browser = house.browser("clerk_wang", "en")
    case, page = decide(house, browser)
    assert page.status_code == 401
    assert "nothing is lost" in page.text
    # The page shows nobody what was typed.
    assert OPINION not in page.text
    kept = fields(page.text)["kept"]
    client = browser._client
    wrong = send(client, "/login", {"username": "clerk_wang", "password": "not-this", "kept": kept})
    assert fields(wrong.text)["kept"] == kept
    again = send(client, "/login", {"username": "clerk_wang", "password": PASSWORD, "kept": kept})
    assert OPINION in again.text
    assert not decided(house, case)
    action = re.search(r'<form method="post" action="(/tasks/[^"]+)"', again.text)
    assert action is not None
    sent = send(client, action[1], fields(again.text))
    assert sent.status_code == 302, sent.text
    assert decided(house, case)
    # Pressing it twice does nothing twice.
    assert send(client, action[1], fields(again.text)).status_code == 302


def test_another_person_who_signs_in_there_inherits_nothing(house: House) -> None:
    browser = house.browser("clerk_wang", "en")
    case, page = decide(house, browser)
    kept = fields(page.text)["kept"]
    client = browser._client
    other = send(client, "/login", {"username": "chair_han", "password": PASSWORD, "kept": kept})
    assert other.headers["Location"] == "/inbox"
    told = client.get("/inbox", headers={"Accept-Language": "en"}).text
    assert "so it was not sent" in told
    assert OPINION not in told
    refused = send(client, "/login/again", {"kept": kept})
    assert refused.headers["Location"] == "/inbox"
    assert not decided(house, case)


def test_what_was_typed_survives_the_second_step(house: House) -> None:
    browser = house.browser("clerk_wang", "en")
    secret, _codes = set_up_device(house, browser)
    case, page = decide(house, browser)
    client = browser._client
    form = {"username": "clerk_wang", "password": PASSWORD, "kept": fields(page.text)["kept"]}
    step = send(client, "/login", form)
    assert not is_in(client)
    wrong = send(client, "/login/step", {**fields(step.text), "code": "000000"})
    right = send(client, "/login/step", {**fields(wrong.text), "code": code_of(house, secret)})
    assert OPINION in right.text
    action = re.search(r'<form method="post" action="(/tasks/[^"]+)"', right.text)
    assert action is not None
    assert send(client, action[1], fields(right.text)).status_code == 302
    assert decided(house, case)


def test_a_foreign_page_gets_nothing_sent_in_somebodys_name(house: House) -> None:
    case = house.start()
    task = house.open_task(case)
    client = house.app.test_client()
    stranger = house.browser("chair_han").csrf
    for token in ("", "a" * 32, "made.up", stranger):
        form = {"outcome": "agree", "opinion": OPINION, "csrf_token": token}
        page = send(client, f"/tasks/{task}/complete", form)
        kept = fields(page.text)["kept"]
        answer = send(
            client, "/login", {"username": "clerk_wang", "password": PASSWORD, "kept": kept}
        )
        assert answer.headers["Location"] == "/inbox", token
        client = house.app.test_client()
    assert not decided(house, case)


def test_a_form_of_an_earlier_sign_in_is_shown_once_more_to_the_same_person(
    house: House,
) -> None:
    case = house.start()
    task = house.open_task(case)
    keyring = house.engine.keyring
    browser = house.browser("clerk_wang", "en")
    browser.csrf = new_csrf(keyring, "clerk_wang")
    form = {"outcome": "agree", "opinion": OPINION}
    page = browser.post(f"/tasks/{task}/complete", form)
    assert page.status_code == 403
    assert OPINION in page.text
    assert not decided(house, case)
    sent = send(browser._client, f"/tasks/{task}/complete", fields(page.text))
    assert sent.status_code == 302
    assert decided(house, case)
    browser.csrf = new_csrf(keyring, "chair_han")
    assert OPINION not in browser.post(f"/tasks/{task}/complete", form).text


def test_a_token_says_for_whom_it_was_made_and_nobody_can_make_one(house: House) -> None:
    keyring = house.engine.keyring
    token = new_csrf(keyring, "clerk_wang")
    assert len(token) <= 64
    assert made_for(keyring, token, "clerk_wang")
    for other in (f"x{token}", token[:-1], token.partition(".")[0], "", "."):
        assert not made_for(keyring, other, "clerk_wang")
    assert not made_for(keyring, token, "chair_han")


def test_what_was_kept_is_forgotten_after_a_while_and_cannot_be_altered(house: House) -> None:
    browser = house.browser("clerk_wang", "en")
    _case, page = decide(house, browser)
    kept = fields(page.text)["kept"]
    client = browser._client
    form = {"username": "clerk_wang", "password": PASSWORD}
    for wrong in (kept[:-4] + "AAAA", "nonsense", kept[:40]):
        assert send(client, "/login", {**form, "kept": wrong}).headers["Location"] == "/inbox"
    house.clock.advance(KEPT + timedelta(minutes=1))
    assert send(client, "/login", {**form, "kept": kept}).headers["Location"] == "/inbox"


def test_files_have_to_be_chosen_once_more_and_the_page_says_which(house: House) -> None:
    case = house.start()
    browser = house.browser("chen_jing", "en")
    end_sessions(house)
    page = browser._client.post(
        f"/cases/{case}/remarks",
        data={
            "csrf_token": browser.csrf,
            "text": "请看附件",
            "files": (BytesIO(b"%PDF-1.4"), "票据.pdf"),
        },
    )
    form = {"username": "chen_jing", "password": PASSWORD, "kept": fields(page.text)["kept"]}
    again = send(browser._client, "/login", form)
    assert "请看附件" in again.text
    assert "Choose once more: 票据.pdf" in again.text
    assert 'enctype="multipart/form-data"' in again.text


@pytest.mark.parametrize("how", ["draft", "upload", "htmx"])
def test_a_script_is_told_so_and_not_sent_to_another_page(house: House, how: str) -> None:
    task = house.open_task(house.start())
    browser = house.browser("clerk_wang", "en")
    end_sessions(house)
    client, headers = browser._client, {"X-CSRFToken": browser.csrf, "Accept-Language": "en"}
    if how == "draft":
        answer = client.post(f"/tasks/{task}/draft", json={"form": {}}, headers=headers)
    elif how == "upload":
        data = {"file": (BytesIO(b"x"), "x.pdf")}
        answer = client.post("/uploads", data=data, headers=headers)
    else:
        answer = client.get("/inbox", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.json["type"] == "urn:gongban:problem:unauthenticated"
    assert "HX-Redirect" not in answer.headers


def test_the_page_signs_its_person_in_again_in_place(house: House) -> None:
    browser = house.browser("clerk_wang", "en")
    end_sessions(house)
    client = browser._client
    assert client.get("/login/here").status_code == 401
    wrong = send(client, "/login/here", {"username": "clerk_wang", "password": "not-this"})
    assert (wrong.status_code, wrong.json["problem"]) == (401, "login_refused")
    right = send(client, "/login/here", {"username": "clerk_wang", "password": PASSWORD})
    assert right.json["username"] == "clerk_wang"
    told = client.get("/login/here").json
    assert told["csrf"] == right.json["csrf"]
    browser.csrf = told["csrf"]
    assert browser.post("/profile/sessions/end-others").status_code == 302


def test_the_second_step_is_asked_for_in_place_too(house: House) -> None:
    browser = house.browser("clerk_wang", "en")
    secret, _codes = set_up_device(house, browser)
    end_sessions(house)
    client = browser._client
    form = {"username": "clerk_wang", "password": PASSWORD}
    asked = send(client, "/login/here", form)
    assert (asked.status_code, asked.json["problem"]) == (401, "second_factor_required")
    assert not is_in(client)
    wrong = send(client, "/login/here", {**form, "code": "000000"})
    assert wrong.json["problem"] == "code_refused"
    right = send(client, "/login/here", {**form, "code": code_of(house, secret)})
    assert right.json["signed_in"]
    assert is_in(client)
