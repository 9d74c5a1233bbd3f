"""What holds for every route there is: who is asked for, what a write needs, what a page is sent with."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import event
from werkzeug.routing import Rule

from tests.builders import House

#: Routes that answer anybody, and why.
PUBLIC = {
    "/login": "the door",
    "/static/<path:filename>": "style sheets and scripts",
    "/health/live": "for whoever watches the service; tells nothing of cases",
    "/health/ready": "for whoever watches the service; tells nothing of cases",
    "/openapi.json": "the description of the interface",
    "/check": "whoever holds a printed form may check it; tells what that paper shows",
    "/licenses": "licences of what the pages are made of",
    "/preferences": "language and look, kept in the browser",
    "/demo/switch": "in a demonstration only: become one of its people",
    "/api/v1/sessions": "where programs sign in; signing out asks for the session",
}
#: Writes without a session, so without its token: same-site requests alone may use them.
WITHOUT_TOKEN = {
    "/login",
    "/login/again",
    "/login/here",
    "/login/step",
    "/preferences",
    "/demo/switch",
}
_POLICY = "default-src 'none'; script-src 'self'"


def rules(house: House) -> list[Rule]:
    return list(house.app.url_map.iter_rules())


def address(rule: Rule) -> str:
    """A rule with something in its gaps."""
    return re.sub(r"<[^>]+>", "0" * 26, rule.rule)


def writes(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"})


def test_every_route_asks_for_a_user(small_house: House) -> None:
    client = small_house.app.test_client()
    open_to_all = set()
    for rule in rules(small_house):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = client.open(
                address(rule), method=method, json={} if method == "POST" else None
            )
            asked = answer.status_code == 401 or (
                answer.status_code == 302 and answer.headers["Location"].startswith("/login")
            )
            if not asked:
                open_to_all.add(rule.rule)
    assert open_to_all == set(PUBLIC)


def test_every_write_of_a_page_needs_the_sessions_token(small_house: House) -> None:
    someone = small_house.browser("clerk_wang")
    asked = 0
    for rule in rules(small_house):
        if (
            not writes(rule)
            or rule.rule in WITHOUT_TOKEN
            or rule.endpoint == "sessions.SessionRoot"
        ):
            continue
        for method in writes(rule):
            for form in ({}, {"csrf_token": ""}, {"csrf_token": "a" * 32}):
                kind = {"json": {}} if rule.rule.startswith("/api/") else {"data": form}
                answer = someone._client.open(address(rule), method=method, **kind)
                assert answer.status_code == 403, rule.rule
                asked += 1
    assert asked > 30


def test_a_cookie_without_its_token_writes_nothing_through_the_api(small_house: House) -> None:
    task = small_house.open_task(small_house.start())
    someone = small_house.browser("clerk_wang")
    answer = someone._client.post(f"/api/v1/tasks/{task}/complete", json={"outcome": "agree"})
    assert answer.status_code == 403
    assert answer.json["type"] == "urn:gongban:problem:csrf"
    with_token = someone._client.post(
        f"/api/v1/tasks/{task}/claim", json={}, headers={"X-CSRFToken": someone.csrf}
    )
    assert with_token.status_code == 200


@pytest.mark.parametrize("path", sorted(WITHOUT_TOKEN))
def test_writes_without_a_session_come_from_our_own_pages(small_house: House, path: str) -> None:
    client = small_house.app.test_client()
    answer = client.post(path, data={}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_every_page_is_sent_with_the_headers_that_protect_it(small_house: House) -> None:
    visitor = small_house.browser("admin_mu")
    seen = 0
    for rule in rules(small_house):
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        answer = visitor.get(address(rule))
        assert answer.status_code < 500, rule.rule
        assert answer.headers["Content-Security-Policy"].startswith(_POLICY), rule.rule
        assert "unsafe-inline" not in answer.headers["Content-Security-Policy"], rule.rule
        assert answer.headers["X-Content-Type-Options"] == "nosniff", rule.rule
        assert answer.headers["Referrer-Policy"] == "same-origin", rule.rule
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], rule.rule
        assert "no-store" in answer.headers["Cache-Control"], rule.rule
        seen += 1
    assert seen > 25


#: Reading that is on the record: the bank file shows accounts in the clear.
READS_ON_RECORD = {"/payments/<string:id>/file"}


def test_no_reading_writes(house: House) -> None:
    case = house.start()
    task = house.open_task(case)
    visitors = [
        house.browser(one) for one in ("clerk_wang", "admin_mu", "security_tu", "chuna_shi")
    ]
    written: list[Any] = []

    def executed(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.split()[0].upper() in ("INSERT", "UPDATE", "DELETE"):
            written.append((rule.rule, statement[:80]))

    event.listen(house.engine.database.engine, "before_cursor_execute", executed)
    for rule in rules(house):
        if "GET" not in (rule.methods or ()) or rule.rule in READS_ON_RECORD:
            continue
        paths = {re.sub(r"<[^>]+>", one, rule.rule) for one in (case, task, "approve3")}
        for path in sorted(paths):
            for visitor in visitors:
                assert visitor.get(path).status_code < 500, path
    event.remove(house.engine.database.engine, "before_cursor_execute", executed)
    assert written == []


def test_an_error_page_speaks_in_words(small_house: House) -> None:
    visitor = small_house.browser("chen_jing", "en")
    for path in ("/cases/" + "0" * 26, "/admin/processes", "/nowhere"):
        page = visitor.get(path)
        assert page.status_code in (403, 404)
        assert ">None<" not in page.text
        assert "<title>None" not in page.text
