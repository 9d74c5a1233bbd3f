"""Signing in at a provider: who comes in, and everything that must not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.builders import Browser, House, fresh_app
from tests.webapp.accounts.small_provider import CLIENT, SECRET, SmallProvider, serving
from tests.webapp.pages.test_sign_in_steps import code_of, is_in, set_up_device
from webapp import create_app
from webapp.accounts.leavers import leave
from webapp.accounts.own_password import drop_password
from webapp.accounts.people import set_disabled
from webapp.accounts.sign_in import Rules
from webapp.accounts.tables import person, session
from webapp.requests import COOKIE
from webapp.settings import OidcSettings

BACK = "/login/provider/back"


@pytest.fixture
def provider(house: House) -> Iterator[SmallProvider]:
    """A provider, and the house set up to use it."""
    with serving(SmallProvider(house.clock.now)) as made:
        oidc = OidcSettings(made.issuer, CLIENT, SECRET, sign_out=True)
        settings = replace(house.settings, oidc=oidc, public_url="http://gongban.test")
        house.app = fresh_app(settings, house.engine)
        yield made


def go_there(client: FlaskClient, following: str = "") -> tuple[TestResponse, str]:
    """Press the link; return the answer and where the provider sends the browser back to."""
    begun = client.get("/login/provider", query_string={"next": following})
    assert begun.status_code == 302, begun.text
    answer = requests.get(begun.headers["Location"], allow_redirects=False, timeout=10)
    return begun, answer.headers["Location"]


def come_back(client: FlaskClient, address: str) -> TestResponse:
    assert address.startswith(f"http://gongban.test{BACK}?")
    path = address.removeprefix("http://gongban.test")
    return client.get(path, headers={"Accept-Language": "en"})


def sign_in(house: House, following: str = "") -> tuple[FlaskClient, TestResponse]:
    client = house.app.test_client()
    _begun, address = go_there(client, following)
    return client, come_back(client, address)


def test_whom_the_provider_knows_and_we_know_comes_in(
    house: House, provider: SmallProvider
) -> None:
    page = house.app.test_client().get("/login?next=/cases").text
    assert "用统一身份登录" in page
    assert 'href="/login/provider?next=/cases"' in page
    client, answer = sign_in(house, "/cases")
    assert answer.headers["Location"] == "/cases"
    assert is_in(client)
    assert "王海燕" in client.get("/profile").text


def test_a_claim_told_only_when_asked_once_more_is_asked_for(
    house: House, provider: SmallProvider
) -> None:
    provider.only_when_asked = True
    client, _answer = sign_in(house)
    assert is_in(client)


def test_a_new_key_of_the_provider_is_fetched_and_a_foreign_one_never_believed(
    house: House, provider: SmallProvider
) -> None:
    client, _answer = sign_in(house)
    assert is_in(client)
    provider.key = RSAKey.generate_key(2048, {"kid": "second", "use": "sig"})
    provider.published.append(provider.key)
    client, _answer = sign_in(house)
    assert is_in(client)
    provider.key = RSAKey.generate_key(2048, {"kid": "second", "use": "sig"})
    client, answer = sign_in(house)
    refused(client, answer, "does not hold")


def refused(client: FlaskClient, answer: TestResponse, words: str) -> None:
    assert answer.status_code == 401, answer.text
    assert words in answer.text
    assert "Traceback" not in answer.text
    assert not is_in(client)


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": [CLIENT, "another-client"]},
        {"aud": [CLIENT, "another-client"], "azp": "another-client"},
        {"iss": "http://127.0.0.1:1"},
        {"exp": 0},
        {"exp": "soon"},
        {"iat": 99999999999},
        {"sub": None},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(
    house: House, provider: SmallProvider, lie: dict[str, Any]
) -> None:
    provider.claims = lie
    client, answer = sign_in(house)
    refused(client, answer, "does not hold")


def test_a_token_that_ran_out_is_refused(house: House, provider: SmallProvider) -> None:
    provider.claims = {"exp": int(house.clock.now().timestamp()) - 90}
    client, answer = sign_in(house)
    refused(client, answer, "does not hold")


def test_a_token_signed_by_nobody_or_with_the_shared_secret_is_refused(
    house: House, provider: SmallProvider
) -> None:
    provider.algorithm = "none"
    refused(*sign_in(house), "does not hold")
    provider.algorithm = "HS256"
    provider.key = OctKey.import_key(SECRET * 2, {"kid": "first"})  # type: ignore[assignment]
    refused(*sign_in(house), "does not hold")


def test_what_has_come_back_once_does_not_come_back_again(
    house: House, provider: SmallProvider
) -> None:
    client = house.app.test_client()
    _begun, address = go_there(client)
    kept = client.get_cookie("gongban_provider", path="/login/provider")
    assert kept is not None
    assert come_back(client, address).status_code == 302
    client.post("/logout")
    again = house.app.test_client()
    refused(again, come_back(again, address), "took too long")
    # Not even with the cookie that was taken there.
    again.set_cookie("gongban_provider", kept.value, path="/login/provider")
    refused(again, come_back(again, address), "took too long")


def test_a_link_that_somebody_else_began_signs_nobody_in(
    house: House, provider: SmallProvider
) -> None:
    attacker, victim = house.app.test_client(), house.app.test_client()
    _begun, address = go_there(attacker)
    refused(victim, come_back(victim, address), "took too long")
    go_there(victim)
    refused(victim, come_back(victim, address), "took too long")


def test_a_code_of_another_sign_in_does_not_fit_the_verifier(
    house: House, provider: SmallProvider
) -> None:
    client, other = house.app.test_client(), house.app.test_client()
    _begun, mine = go_there(client)
    _begun, theirs = go_there(other)
    code = theirs.split("code=")[1].split("&")[0]
    own = mine.split("code=")[1].split("&")[0]
    refused(client, come_back(client, mine.replace(own, code)), "does not hold")


def test_a_sign_in_left_lying_has_to_begin_again(house: House, provider: SmallProvider) -> None:
    client = house.app.test_client()
    _begun, address = go_there(client)
    house.clock.advance(timedelta(minutes=11))
    refused(client, come_back(client, address), "took too long")


def test_who_breaks_off_there_is_told_so(house: House, provider: SmallProvider) -> None:
    client = house.app.test_client()
    _begun, address = go_there(client)
    state = address.split("state=")[1]
    broken = f"http://gongban.test{BACK}?error=access_denied&state={state}"
    refused(client, come_back(client, broken), "broken off")


def test_nobody_is_made_here_because_the_provider_knows_them(
    house: House, provider: SmallProvider
) -> None:
    before = house.rows(select(func.count()).select_from(person))
    for name in ("stranger", "", "CLERK_WANG", "王海燕"):
        provider.user = name
        client, answer = sign_in(house)
        refused(client, answer, "nobody here has this user name")
    assert house.rows(select(func.count()).select_from(person)) == before


def test_who_is_shut_out_or_gone_stays_outside(house: House, provider: SmallProvider) -> None:
    with house.engine.command(house.engine.directory.actor("admin_mu")) as uow:
        set_disabled(uow, "clerk_wang", True)
        leave(uow, "clerk_bai", uow.today)
        uow.commit()
    for name in ("clerk_wang", "clerk_bai"):
        provider.user = name
        client, answer = sign_in(house)
        refused(client, answer, "is shut")


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"]
)
def test_the_way_back_leads_into_this_house_only(
    house: House, provider: SmallProvider, target: str
) -> None:
    client, answer = sign_in(house, target)
    assert answer.headers["Location"] == "/"
    assert is_in(client)


def test_our_own_code_is_asked_for_only_where_the_installation_says_so(
    house: House, provider: SmallProvider
) -> None:
    set_up_device(house, house.browser("clerk_wang", "en"))
    client, _answer = sign_in(house)
    assert is_in(client)
    house.app.extensions["gongban_sessions"].rules = Rules(code_after_provider=True)
    client, answer = sign_in(house)
    assert "type in the six digits" in answer.text
    assert not is_in(client)


def test_a_provider_that_is_away_is_said_in_words_and_passwords_still_work(
    house: House, provider: SmallProvider
) -> None:
    settings = replace(house.settings, oidc=OidcSettings("http://127.0.0.1:9", CLIENT, SECRET))
    client = create_app(settings, house.engine).test_client()
    answer = client.get("/login/provider", headers={"Accept-Language": "en"})
    refused(client, answer, "does not answer")
    form = {"username": "clerk_wang", "password": "a-long-enough-one"}
    assert client.post("/login", data=form).status_code == 302


def test_signing_out_offers_to_sign_out_there_too(house: House, provider: SmallProvider) -> None:
    client, _answer = sign_in(house)
    csrf = house.rows(select(session.c.csrf).where(session.c.how == "provider"))[0].csrf
    answer = client.post("/logout", data={"csrf_token": csrf})
    page = client.get(answer.headers["Location"]).text
    assert f'href="{provider.issuer}/leave?client_id=gongban&amp;post_logout' in page
    assert not is_in(client)


def test_who_has_no_password_here_sets_up_the_second_step_without_one(
    house: House, provider: SmallProvider
) -> None:
    with house.engine.command(house.engine.directory.actor("admin_mu")) as uow:
        drop_password(uow, "clerk_wang")
        uow.commit()
    client, _answer = sign_in(house)
    found = house.rows(select(session.c.csrf).where(session.c.how == "provider"))[0]
    browser = Browser(house, client.get_cookie(COOKIE).value, found.csrf, "en")  # type: ignore[union-attr]
    assert "it is changed there" in browser.get("/profile").text
    browser.post("/profile/second-factor")
    page = browser.get("/profile").text
    assert "factor_password" not in page
    secret = re.search(r'device-key doc-number">([A-Z2-7 ]+)<', page)
    assert secret is not None
    form = {"code": code_of(house, secret[1].replace(" ", ""))}
    assert browser.post("/profile/second-factor/confirm", form).status_code == 200
