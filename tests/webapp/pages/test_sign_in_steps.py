"""Signing in on the pages and looking after the own account: every step, and nobody past it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pyotp
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from engine.store.tables import event, event_payload
from tests.builders import PASSWORD, Browser, House
from webapp.accounts.sign_in import Rules
from webapp.accounts.tables import second_factor
from webapp.requests import COOKIE

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/98.0.4758.102 Safari/537.36"
)


def send(client: FlaskClient, path: str, **form: str) -> TestResponse:
    return client.post(path, data=form, headers={"Accept-Language": "en", "User-Agent": CHROME})


def sign_in(
    house: House, username: str, password: str = PASSWORD
) -> tuple[FlaskClient, TestResponse]:
    client = house.app.test_client()
    return client, send(client, "/login", username=username, password=password, next="/cases")


def is_in(client: FlaskClient) -> bool:
    return client.get("/inbox").status_code == 200


def code_of(house: House, secret: str) -> str:
    return pyotp.TOTP(secret).at(int(house.clock.now().timestamp()))


def set_up_device(house: House, browser: Browser) -> tuple[str, list[str]]:
    """What a person does on the own page; return the secret and the recovery codes."""
    browser.post("/profile/second-factor")
    page = browser.get("/profile").text
    found = re.search(r'device-key doc-number">([A-Z2-7 ]+)<', page)
    assert found is not None
    secret = found[1].replace(" ", "")
    form = {"code": code_of(house, secret), "password": PASSWORD}
    answer = browser.post("/profile/second-factor/confirm", form)
    assert answer.status_code == 200, answer.text
    codes = re.findall(r"<code>([\w-]+)</code>", answer.text)
    house.clock.advance(timedelta(seconds=60))
    return secret, codes


def test_the_code_is_asked_for_before_anything_is_shown(house: House) -> None:
    secret, codes = set_up_device(house, house.browser("clerk_wang", "en"))
    client, answer = sign_in(house, "clerk_wang")
    assert "type in the six digits" in answer.text
    assert not is_in(client)
    assert COOKIE not in answer.headers.get("Set-Cookie", "")
    wrong = send(client, "/login/step", code="000000", next="/cases")
    assert wrong.status_code == 401
    assert "This code is wrong" in wrong.text
    assert not is_in(client)
    right = send(client, "/login/step", code=code_of(house, secret), next="/cases")
    assert right.headers["Location"] == "/cases"
    assert is_in(client)
    other, _page = sign_in(house, "clerk_wang")
    send(other, "/login/step", code=codes[0])
    assert is_in(other)


def test_the_secret_is_drawn_without_a_style_and_told_in_letters(small_house: House) -> None:
    browser = small_house.browser("clerk_wang", "en")
    browser.post("/profile/second-factor")
    page = browser.get("/profile").text
    drawn = re.search(r'<svg[^>]*class="qr".*?</svg>', page, re.DOTALL)
    assert drawn is not None
    assert "style" not in drawn[0]
    assert "otpauth://totp/Gongban:clerk_wang?secret=" in page
    browser.post("/profile/second-factor/cancel")
    assert small_house.rows(select(second_factor)) == []


def test_a_device_is_set_up_and_taken_away_for_the_password_and_a_code(house: House) -> None:
    browser = house.browser("clerk_wang", "en")
    browser.post("/profile/second-factor")
    refused = browser.post("/profile/second-factor/confirm", {"code": "000000", "password": "no"})
    assert "not your present password" in refused.text
    refused = browser.post(
        "/profile/second-factor/confirm", {"code": "000000", "password": PASSWORD}
    )
    assert "This code is wrong" in refused.text
    secret, codes = set_up_device(house, browser)
    assert "10 recovery codes are left" in browser.get("/profile").text
    for form in ({"password": PASSWORD}, {"code": code_of(house, secret)}, {"password": "no"}):
        for verb in ("remove", "codes"):
            assert browser.post(f"/profile/second-factor/{verb}", form).status_code in (401, 422)
    made = browser.post(
        "/profile/second-factor/codes", {"password": PASSWORD, "code": codes[0]}
    ).text
    fresh = re.findall(r"<code>([\w-]+)</code>", made)
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    gone = browser.post("/profile/second-factor/remove", {"password": PASSWORD, "code": fresh[0]})
    assert gone.status_code == 302
    client, _answer = sign_in(house, "clerk_wang")
    assert is_in(client)


def test_a_role_that_asks_for_it_sets_it_up_while_signing_in(house: House) -> None:
    doors = house.app.extensions["gongban_sessions"]
    doors.rules = Rules(second_factor_roles=frozenset({"sys_admin"}))
    client, answer = sign_in(house, "admin_mu")
    assert "your role asks for six digits" in answer.text
    assert not is_in(client)
    found = re.search(r'device-key doc-number">([A-Z2-7 ]+)<', answer.text)
    assert found is not None
    secret = found[1].replace(" ", "")
    assert send(client, "/login/step", code="000000").status_code == 401
    # Loading the page again shows the same device.
    assert found[1] in client.get("/login/step").text
    made = send(client, "/login/step", code=code_of(house, secret), next="/cases")
    assert len(re.findall(r"<code>[\w-]+</code>", made.text)) == 10
    assert 'href="/cases"' in made.text
    assert is_in(client)
    browser = Browser(house, client.get_cookie(COOKIE).value, "", "en")  # type: ignore[union-attr]
    browser.csrf = re.search(r'name="csrf-token" content="([^"]+)"', browser.get("/profile").text)[
        1
    ]  # type: ignore[index]
    house.clock.advance(timedelta(seconds=60))
    form = {"password": PASSWORD, "code": code_of(house, secret)}
    kept = browser.post("/profile/second-factor/remove", form)
    assert "cannot be taken away" in kept.text


def test_a_password_made_by_the_office_is_changed_before_anything_else(house: House) -> None:
    page = house.browser("admin_mu", "en").post("/admin/people/clerk_wang/password").text
    temporary = re.search(r"Temporary password: ([\w-]+)", page)
    assert temporary is not None
    client, answer = sign_in(house, "clerk_wang", temporary[1])
    assert "the password you have just used cannot stay" in answer.text
    assert not is_in(client)
    short = send(client, "/login/step", new="short", again="short")
    assert "too short" in short.text
    name = send(client, "/login/step", new="clerk_wang26", again="clerk_wang26")
    assert "little more than the name" in name.text
    differ = send(client, "/login/step", new="a choice of words", again="another choice")
    assert "differ" in differ.text
    kept = send(client, "/login/step", new=temporary[1], again=temporary[1])
    assert "one of the last passwords" in kept.text
    done = send(client, "/login/step", new="a choice of words", again="a choice of words")
    assert done.status_code == 302
    assert is_in(client)
    answer = house.app.test_client().post(
        "/api/v1/sessions", json={"username": "clerk_wang", "password": "a choice of words"}
    )
    assert answer.status_code == 200


def test_the_interface_says_by_name_what_a_sign_in_still_needs(house: House) -> None:
    program = house.app.test_client()
    body = {"username": "clerk_wang", "password": PASSWORD}
    secret, _codes = set_up_device(house, house.browser("clerk_wang", "en"))
    asked = program.post("/api/v1/sessions", json=body)
    assert (asked.status_code, asked.json["type"]) == (
        401,
        "urn:gongban:problem:second_factor_required",
    )
    wrong = program.post("/api/v1/sessions", json={**body, "code": "000000"})
    assert (wrong.status_code, wrong.json["type"]) == (401, "urn:gongban:problem:code_refused")
    right = program.post("/api/v1/sessions", json={**body, "code": code_of(house, secret)})
    assert right.status_code == 200
    house.browser("admin_mu", "en").post("/admin/people/chen_jing/password")
    doors = house.app.extensions["gongban_sessions"]
    doors.rules = replace(doors.rules, second_factor_roles=frozenset({"unit_chair"}))
    missing = program.post("/api/v1/sessions", json={**body, "username": "chair_han"})
    assert (missing.status_code, missing.json["type"]) == (
        403,
        "urn:gongban:problem:second_factor_missing",
    )


def test_where_one_is_signed_in_is_listed_in_words_and_ended(house: House) -> None:
    here = house.browser("clerk_wang", "en")
    there, _answer = sign_in(house, "clerk_wang")
    third, _answer = sign_in(house, "clerk_wang")
    page = here.get("/profile").text
    assert "Chrome on Windows" in page
    assert "this one" in page
    assert "127.0.0.1" in page
    ids = re.findall(r"/profile/sessions/([0-9a-f]{64})/end", page)
    assert len(ids) == 2
    here.post(f"/profile/sessions/{ids[0]}/end")
    assert sorted([is_in(there), is_in(third)]) == [False, True]
    here.post("/profile/sessions/end-others")
    assert not is_in(there)
    assert not is_in(third)
    assert here.get("/inbox").status_code == 200


def test_nobody_ends_somebody_elses_sign_in(house: House) -> None:
    victim, other = house.browser("chair_han"), house.browser("clerk_wang")
    listed = house.api("chair_han").get("/sessions").json["items"]
    other.post(f"/profile/sessions/{listed[0]['id']}/end")
    assert house.api("clerk_wang").delete(f"/sessions/{listed[0]['id']}").status_code == 404
    assert victim.get("/inbox").status_code == 200


def test_programs_list_and_end_sign_ins_too(house: House) -> None:
    program = house.api("clerk_wang")
    other, _answer = sign_in(house, "clerk_wang")
    listed = program.get("/sessions").json["items"]
    assert [one["current"] for one in listed].count(True) == 1
    away = next(one for one in listed if not one["current"])
    assert away["device"] == "Chrome on Windows"
    assert program.delete(f"/sessions/{away['id']}").status_code == 204
    assert not is_in(other)
    other, _answer = sign_in(house, "clerk_wang")
    assert program.post("/sessions/end_others").json == {"ended": 1}
    assert not is_in(other)


def test_a_changed_password_ends_the_other_sign_ins_and_keeps_this_one(house: House) -> None:
    here = house.browser("clerk_wang", "en")
    other, _answer = sign_in(house, "clerk_wang")
    new = "another choice of words"
    for form, words in (
        ({"current": "no", "new": new, "again": new}, "not your present password"),
        ({"current": PASSWORD, "new": "short", "again": "short"}, "too short"),
        ({"current": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "one of the last"),
    ):
        answer = here.post("/profile/password", form)
        assert answer.status_code == 422
        assert words in answer.text
    here.post("/profile/password", {"current": PASSWORD, "new": new, "again": new})
    assert here.get("/inbox").status_code == 200
    assert not is_in(other)


def test_an_administrator_ends_sign_ins_and_takes_a_device_off_with_a_reason(
    house: House,
) -> None:
    clerk, admin = house.browser("clerk_wang", "en"), house.browser("admin_mu", "en")
    set_up_device(house, clerk)
    admin.post("/admin/people/clerk_wang/sessions/end")
    assert clerk.get("/inbox").status_code == 302
    path = "/admin/people/clerk_wang/second-factor/reset"
    assert admin.post(path, {"reason": " "}).status_code == 422
    assert admin.post(path, {"reason": "phone lost, seen in person"}).status_code == 302
    client, _answer = sign_in(house, "clerk_wang")
    assert is_in(client)
    told = house.rows(
        select(event_payload.c.payload)
        .join(
            event,
            (event.c.stream == event_payload.c.stream) & (event.c.seq == event_payload.c.seq),
        )
        .where(event.c.type == "account.second_factor_reset", event.c.actor == "admin_mu")
    )
    assert "seen in person" in told[0].payload
    for own in ("second-factor/reset", "sessions/end", "password/drop"):
        answer = admin.post(f"/admin/people/admin_mu/{own}", {"reason": "mine"})
        assert answer.status_code == 403, own


def test_a_half_sign_in_leads_nowhere_else(small_house: House) -> None:
    client = small_house.app.test_client()
    assert client.get("/login/step").headers["Location"].startswith("/login?")
    client.set_cookie("gongban_pending", "made-up", path="/login")
    answer = send(client, "/login/step", code="000000")
    assert answer.headers["Location"].startswith("/login?")
    page = client.get(answer.headers["Location"], headers={"Accept-Language": "en"})
    assert "took too long" in page.text


def test_one_leaves_the_door_only_for_pages_of_this_house(small_house: House) -> None:
    for target in (
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "/\\elsewhere.example",
        "/\t/elsewhere.example",
        "\\\\elsewhere.example",
        "javascript:alert(1)",
        "http:elsewhere.example",
    ):
        client = small_house.app.test_client()
        answer = send(client, "/login", username="clerk_wang", password=PASSWORD, next=target)
        assert answer.headers["Location"] == "/inbox", target
