"""Webhooks: signed so that a receiver can verify them, tried again, and never sent where they must not go."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socket
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from engine.clock import FakeClock
from engine.notifications.deliver import BACK_OFF
from engine.store.tables import delivery, webhook
from tests.builders import MONDAY
from tests.webapp.notify.conftest import Post
from webapp.notify import posting
from webapp.notify.addresses import HostRefused, judge, look_up
from webapp.notify.courier import HouseCourier


def hmac_sha256(key: str, message: str) -> bytes:
    return hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()


def last(post: Post) -> Any:
    """The one call to a webhook that there is."""
    (found,) = post.house.rows(select(delivery).where(delivery.c.channel == "webhook"))
    return found


class TestFormats:
    """As a receiver verifies them, by the recipe of docs/notifications.md."""

    def test_a_program_gets_json_signed_over_time_and_body(self, post: Post) -> None:
        added = post.house.api("admin_mu").post(
            "/webhooks", {"name": "程序", "url": post.hooks.url, "format": "plain"}
        )
        secret = added.json["secret"]
        case = post.house.start()
        post.round()
        call = post.hooks.calls[0]
        stamp = call.headers["X-Gongban-Timestamp"]
        signed = hmac_sha256(secret, f"{stamp}.{call.body.decode()}").hex()
        assert call.headers["X-Gongban-Signature"] == f"sha256={signed}"
        assert call.headers["X-Gongban-Id"] == call.json["id"] == last(post).id
        assert call.json["kind"] == "task_opened"
        assert call.json["instance"] == case
        assert call.json["people"] == ["王海燕"]

    def test_a_wecom_robot_gets_markdown(self, post: Post) -> None:
        post.add_hook("wecom")
        post.tell("urged", "chen_jing")
        post.round()
        call = post.hooks.calls[0]
        assert call.path == "/hook?key=k-1"
        assert call.json["msgtype"] == "markdown"
        assert call.json["markdown"]["content"].startswith("陈静：")

    def test_a_dingtalk_robot_gets_timestamp_and_sign_in_the_address(self, post: Post) -> None:
        post.add_hook("dingtalk", secret="SEC-1")
        post.tell("urged", "chen_jing")
        post.round()
        query = parse_qs(urlsplit(post.hooks.calls[0].path).query)
        stamp = query["timestamp"][0]
        expected = base64.b64encode(hmac_sha256("SEC-1", f"{stamp}\nSEC-1")).decode()
        assert query["sign"] == [expected]
        assert query["key"] == ["k-1"]
        assert len(stamp) == 13, "milliseconds"
        assert "陈静" in post.hooks.calls[0].json["text"]["content"]

    def test_a_feishu_robot_gets_timestamp_and_sign_in_the_body(self, post: Post) -> None:
        post.add_hook("feishu", secret="F-1")
        post.tell("urged", "chen_jing")
        post.round()
        body = post.hooks.calls[0].json
        expected = base64.b64encode(hmac_sha256(f"{body['timestamp']}\nF-1", "")).decode()
        assert body["sign"] == expected
        assert len(body["timestamp"]) == 10, "seconds"
        assert body["msg_type"] == "text"
        assert "陈静" in body["content"]["text"]

    def test_a_signature_is_dated_by_the_machines_clock_not_by_a_demonstrations(
        self, small_post: Post
    ) -> None:
        small_post.add_hook("plain", secret="s")
        settings = small_post.house.app.extensions["gongban_settings"]
        clock = FakeClock(MONDAY + timedelta(days=700))
        small_post.courier = HouseCourier(small_post.house.engine, settings, clock)
        small_post.tell("urged", "chen_jing")
        small_post.round()
        stamp = small_post.hooks.calls[0].headers["X-Gongban-Timestamp"]
        assert int(stamp) == int(clock.now().timestamp())


class TestTrouble:
    """What a receiver may do instead of saying yes."""

    def test_one_that_answers_500_hears_again_under_the_same_id(self, post: Post) -> None:
        post.add_hook()
        post.hooks.status = 500
        post.tell("urged", "chen_jing")
        post.round()
        assert (last(post).state, last(post).error) == ("waiting", "http 500")
        post.hooks.status = 204
        post.house.clock.advance(BACK_OFF[0])
        post.round()
        first, second = post.hooks.calls
        assert first.headers["X-Gongban-Id"] == second.headers["X-Gongban-Id"]
        assert first.json == second.json
        assert "sent" in post.states()

    def test_one_that_does_not_answer_is_not_waited_for(
        self, small_post: Post, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(posting, "TIMEOUT", 0.2)
        small_post.add_hook()
        small_post.hooks.slow = 1.0
        small_post.tell("urged", "chen_jing")
        small_post.round()
        assert last(small_post).error == "http TimeoutError"
        assert last(small_post).state == "waiting"

    def test_one_that_sends_elsewhere_is_not_followed(self, small_post: Post) -> None:
        small_post.add_hook()
        small_post.hooks.status = 302
        small_post.hooks.headers = {"Location": f"http://{small_post.hooks.host}/elsewhere"}
        small_post.tell("urged", "chen_jing")
        small_post.round()
        assert [one.path for one in small_post.hooks.calls] == ["/hook?key=k-1"]
        assert last(small_post).error == "http 302"

    @pytest.mark.parametrize(
        ("format", "body", "error"),
        [
            ("wecom", b'{"errcode": 93000, "errmsg": "invalid webhook url"}', "robot 93000"),
            ("dingtalk", b'{"errcode": 310000, "errmsg": "sign not match"}', "robot 310000"),
            ("feishu", b'{"code": 19021, "msg": "sign match fail"}', "robot 19021"),
            ("feishu", b"<html>", "robot: no answer to read"),
        ],
    )
    def test_a_robot_that_says_no_with_a_200_has_not_taken_it(
        self, small_post: Post, format: str, body: bytes, error: str
    ) -> None:
        small_post.add_hook(format)
        small_post.hooks.body = body
        small_post.tell("urged", "chen_jing")
        small_post.round()
        assert (last(small_post).state, last(small_post).error) == ("waiting", error)

    def test_one_that_is_gone_is_retried_and_others_still_hear(self, small_post: Post) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        settings = small_post.house.app.extensions["gongban_settings"]
        object.__setattr__(settings, "webhook_hosts", frozenset({"127.0.0.1"}))
        small_post.courier = HouseCourier(small_post.house.engine, settings)
        small_post.add_hook(url=f"http://127.0.0.1:{port}/")
        small_post.add_hook()
        small_post.tell("urged", "chen_jing")
        small_post.round()
        assert len(small_post.hooks.calls) == 1
        errors = {row.error for row in small_post.house.rows(select(delivery))}
        assert "http ConnectionRefusedError" in errors


def test_many_who_are_told_at_once_are_one_message_of_the_robot(post: Post) -> None:
    post.add_hook(kinds=["urged"])
    post.tell("urged", "chen_jing", "clerk_wang", "chair_han")
    post.tell("returned", "chen_jing")
    post.round()
    assert len(post.hooks.calls) == 1
    assert post.hooks.calls[0].json["people"] == ["陈静", "王海燕", "韩立新"]


def test_a_robot_is_told_the_process_and_not_whose_case_it_is(post: Post) -> None:
    post.add_hook("wecom")
    post.add_hook("plain")
    case = post.house.start()
    post.round()
    assert len(post.hooks.calls) == 2
    for call in post.hooks.calls:
        assert "陈静" not in call.body.decode()
        assert "羽毛球拍" not in call.body.decode()
        assert f"/tasks/{post.house.open_task(case)}" in call.body.decode()


def test_a_removed_webhook_is_called_no_more_and_forgotten(post: Post) -> None:
    hook = post.add_hook("dingtalk", secret="SEC-2")
    post.tell("urged", "chen_jing")
    assert post.house.api("admin_mu").delete(f"/webhooks/{hook}").status_code == 204
    post.round()
    assert post.hooks.calls == []
    assert "dropped" in post.states()
    row = post.house.rows(select(webhook))[0]
    assert (row.url, row.secret) == ("", "")


def test_address_and_secret_lie_sealed(post: Post) -> None:
    from tests.webapp.test_secrets_at_rest import everything_stored, places_of

    post.add_hook("dingtalk", secret="SEC-geheim-7", url=f"{post.hooks.url}&access_token=tok-77")
    made = post.house.api("admin_mu").post(
        "/webhooks", {"name": "a", "url": post.hooks.url, "format": "plain"}, key="k"
    )
    markers = ["SEC-geheim-7", "tok-77", made.json["secret"]]
    assert places_of(markers, everything_stored(post.house)) == []
    listed = post.house.api("admin_mu").get("/webhooks")
    page = post.house.browser("admin_mu").get("/admin/webhooks")
    assert places_of(markers, {"api": listed.data, "page": page.data}) == []
    assert post.hooks.host in listed.text


def test_a_test_says_how_it_went(post: Post) -> None:
    hook = post.add_hook("wecom")
    api = post.house.api("admin_mu")
    assert api.post(f"/webhooks/{hook}/test").json == {"delivered": True, "error": None}
    assert "测试" in post.hooks.calls[0].json["markdown"]["content"]
    post.hooks.status = 404
    assert api.post(f"/webhooks/{hook}/test").json == {"delivered": False, "error": "http 404"}


def test_the_organisations_webhooks_are_the_administrators(small_post: Post) -> None:
    hook = small_post.add_hook()
    clerk = small_post.house.api("clerk_wang")
    body = {"name": "a", "url": small_post.hooks.url, "format": "plain"}
    assert clerk.post("/webhooks", body).status_code == 403
    assert clerk.get("/webhooks").json["items"] == []
    assert clerk.delete(f"/webhooks/{hook}").status_code == 403
    assert clerk.post(f"/webhooks/{hook}/test").status_code == 403
    assert small_post.hooks.calls == []


def test_an_own_webhook_needs_the_administrators_leave_and_ends_with_it(post: Post) -> None:
    clerk, admin = post.house.api("clerk_wang"), post.house.browser("admin_mu")
    body = {"name": "我", "url": post.hooks.url, "format": "plain", "own": True}
    assert clerk.post("/webhooks", body).status_code == 403
    admin.post("/admin/webhooks/people", {"may": "yes"})
    assert clerk.post("/webhooks", body).status_code == 201
    post.tell("urged", "clerk_wang", "chen_jing")
    post.round()
    assert len(post.hooks.calls) == 1
    post.choose("clerk_wang", {"urged": {"webhook": "never"}})
    post.tell("urged", "clerk_wang")
    post.round()
    assert len(post.hooks.calls) == 1
    admin.post("/admin/webhooks/people", {"may": "no"})
    assert clerk.get("/webhooks").json["items"] == []


class TestAddresses:
    """A server must not be talked into calling its own neighbours."""

    @pytest.mark.parametrize(
        "url",
        [
            "http://example.org/hook",
            "https://127.0.0.1/",
            "https://10.0.0.1/",
            "https://192.168.1.1:8443/x",
            "https://169.254.169.254/latest/meta-data",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://0.0.0.0/",
            "https://user:password@example.org/",
            "https://example.org/#fragment",
            "https:///nowhere",
            "https://example.org:99999/",
            "https://exa mple.org/",
            "file:///etc/passwd",
            "gopher://example.org/",
            "nonsense",
        ],
    )
    def test_these_are_refused(self, small_post: Post, url: str) -> None:
        answer = small_post.house.api("admin_mu").post(
            "/webhooks", {"name": "a", "url": url, "format": "plain"}
        )
        assert answer.status_code == 422, answer.text
        assert answer.json["type"] == "urn:gongban:problem:host_refused"
        assert small_post.house.rows(select(webhook)) == []

    def test_a_public_host_by_https_may_be_called(self) -> None:
        target = judge("https://hooks.example.org/send?key=1", ())
        assert (target.host, target.port, target.path) == ("hooks.example.org", 443, "/send?key=1")

    def test_a_name_that_leads_home_is_refused_when_it_is_called(
        self, small_post: Post, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def resolve(*_arguments: Any, **_more: Any) -> list[Any]:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))]

        small_post.add_hook(url="https://rebinding.example.org/hook")
        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        with pytest.raises(HostRefused):
            look_up(judge("https://rebinding.example.org/hook", ()))
        small_post.tell("urged", "chen_jing")
        small_post.choose("chen_jing", {"urged": {"mail": "never"}})
        small_post.round()
        refused = [row for row in small_post.house.rows(select(delivery)) if row.channel != "mail"]
        assert [(row.state, row.error) for row in refused] == [("given_up", "host refused")]

    def test_a_listed_host_may_be_private_and_another_port_of_it_may_not(self) -> None:
        assert judge("http://10.0.0.7:8080/x", {"10.0.0.7:8080"}).listed
        assert judge("http://hooks.lan:81/x", {"hooks.lan"}).listed
        with pytest.raises(HostRefused):
            judge("http://10.0.0.7:8081/x", {"10.0.0.7:8080"})
