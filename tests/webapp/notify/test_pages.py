"""The bell, the page of messages, the choices, and what administrators see."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import func, insert, select, text

from engine.ids import new_id
from engine.notifications.announce import _NEW_TASK
from engine.notifications.kinds import KINDS
from engine.queries.notifications import unread_of
from engine.store.tables import notification, notification_choice
from tests.builders import House
from tests.webapp.notify.conftest import Post
from webapp.language import gettext_in
from webapp.notify.sentences import COUNTS, words


def bell_of(house: House, person: str) -> str:
    """The number at the bell, or nothing."""
    page = house.browser(person).get("/profile").text
    found = re.search(r'class="bell".*?<span class="count"[^>]*>([0-9+]+)</span>', page, re.DOTALL)
    return found[1] if found else ""


def test_the_bell_counts_what_is_unread_and_opening_reads_it(post: Post) -> None:
    case = post.house.start()
    post.tell("returned", "chen_jing", instance=case)
    post.tell("corrected", "chen_jing", instance=case)
    assert bell_of(post.house, "chen_jing") == "2"
    assert bell_of(post.house, "clerk_wang") == ""
    browser = post.house.browser("chen_jing", "zh")
    page = browser.get("/notifications").text
    assert "退回了“领用 羽毛球拍 · 陈静”" in page
    ids = re.findall(r"/notifications/(\w+)/open", page)
    answer = browser.post(f"/notifications/{ids[0]}/open")
    assert answer.headers["Location"] == f"/cases/{case}"
    assert bell_of(post.house, "chen_jing") == "1"
    browser.post("/notifications/read")
    assert bell_of(post.house, "chen_jing") == ""
    assert "标为已读" not in browser.get("/notifications").text


def test_nobody_reads_or_marks_anothers_messages(post: Post) -> None:
    post.tell("returned", "chen_jing")
    theirs = post.house.rows(select(notification.c.id))[0].id
    clerk = post.house.api("clerk_wang")
    assert clerk.get("/notifications").json["items"] == []
    assert clerk.post("/notifications/read", {"ids": [theirs]}).json == {"read": 0}
    assert post.house.browser("clerk_wang").post(f"/notifications/{theirs}/open").status_code == 302
    assert bell_of(post.house, "chen_jing") == "1"


def test_messages_come_in_pages_newest_first(post: Post) -> None:
    for _one in range(5):
        post.tell("returned", "chen_jing")
        post.house.clock.advance(timedelta(minutes=1))
    post.tell("urged", "chen_jing")
    api = post.house.api("chen_jing")
    first = api.get("/notifications?limit=4").json
    second = api.get(f"/notifications?limit=4&after={first['next']}").json
    kinds = [one["kind"] for one in first["items"] + second["items"]]
    assert kinds == ["urged"] + ["returned"] * 5
    assert second["next"] is None
    marked = api.post("/notifications/read", {"ids": [first["items"][0]["id"]]}).json
    assert marked == {"read": 1}
    assert api.post("/notifications/read", {"all": True}).json == {"read": 5}
    assert api.post("/notifications/read", {}).status_code == 422
    assert api.get("/notifications?after=nonsense").status_code == 422


def test_the_bell_is_exact_to_99(small_post: Post) -> None:
    for _one in range(100):
        small_post.tell("commented", "chen_jing")
    assert bell_of(small_post.house, "chen_jing") == "99+"


def test_a_message_one_does_not_want_is_not_shown(post: Post) -> None:
    post.choose("chen_jing", {"commented": {"app": "never", "mail": "now"}})
    post.tell("commented", "chen_jing")
    assert bell_of(post.house, "chen_jing") == ""
    post.round()
    assert len(post.mail.mails) == 1
    post.choose("chen_jing", {"commented": {"app": "now", "mail": "digest"}})
    assert post.house.rows(select(func.count()).select_from(notification_choice))[0][0] == 0, (
        "the defaults need no row"
    )


def test_choices_are_made_on_a_page_without_any_script(post: Post) -> None:
    browser = post.house.browser("chen_jing", "en")
    page = browser.get("/profile/notifications").text
    assert "E-mail goes to chen_jing@union.example." in page
    assert "webhook" not in page.lower(), "where they are not allowed"
    answer = browser.post(
        "/profile/notifications",
        {
            "returned.mail": "never",
            "urged.mail": "digest",
            "digest": "14:00",
            "language": "en",
        },
    )
    assert answer.status_code == 302
    chosen = post.house.api("chen_jing").get("/notifications/choices").json
    assert chosen["choices"]["returned"] == {"app": "now", "mail": "never", "webhook": "now"}
    assert chosen["choices"]["urged"]["mail"] == "digest"
    assert (chosen["digest"], chosen["language"]) == ("14:00", "en")
    assert chosen["address"] == "chen_jing@union.example"


def test_an_administrator_adds_tests_and_removes_a_webhook(post: Post) -> None:
    admin = post.house.browser("admin_mu", "en")
    form = {"name": "群", "url": post.hooks.url, "format": "wecom", "kind": ["urged", "returned"]}
    assert admin.post("/admin/webhooks", {**form, "kind": []}).status_code == 422
    wrong = admin.post("/admin/webhooks", {**form, "url": "http://10.0.0.1/"})
    assert wrong.status_code == 422
    assert "at a public address by https" in wrong.text
    assert admin.post("/admin/webhooks", form).status_code == 302
    page = admin.get("/admin/webhooks").text
    assert post.hooks.host in page
    assert "key=k-1" not in page
    (verb,) = re.findall(r"/admin/webhooks/\w+/test", page)
    admin.post(verb)
    assert "The test was taken" in admin.get("/admin/webhooks").text
    assert len(post.hooks.calls) == 1
    admin.post(verb.replace("/test", "/remove"))
    assert post.hooks.host not in admin.get("/admin/webhooks").text


def test_a_programs_secret_is_shown_once(post: Post) -> None:
    admin = post.house.browser("admin_mu", "en")
    form = {"name": "程序", "url": post.hooks.url, "format": "plain", "kind": list(KINDS)}
    page = admin.post("/admin/webhooks", form)
    secret = re.search(r"<code[^>]*>([\w-]{43})</code>", page.text)
    assert secret is not None
    assert "Set-Cookie" not in page.headers
    assert secret[1] not in admin.get("/admin/webhooks").text


def test_every_kind_has_a_name_and_a_sentence_in_both_languages() -> None:
    english, chinese = words(gettext_in("en")), words(gettext_in("zh"))
    assert set(english) == set(chinese) == {*KINDS, "test"}
    for kind, (name, sentence) in english.items():
        assert chinese[kind][0] != name, kind
        assert chinese[kind][1] != sentence, kind
        values = {"who": "A", "case": "B", "why": "C", **dict.fromkeys(COUNTS, "3")}
        assert sentence % values
        assert chinese[kind][1] % values


def test_looking_for_news_reads_an_index_of_news_only(small_post: Post) -> None:
    """On a database full of old tasks, cases and messages, nothing reads them."""
    engine = small_post.house.engine
    with engine.database.write() as connection:
        rows = [
            {
                "id": new_id(),
                "person_id": "chen_jing",
                "kind": "commented",
                "facts": {},
                "at": engine.clock.now(),
                "shown": True,
                "read_at": engine.clock.now(),
            }
            for _one in range(2_000)
        ]
        connection.execute(insert(notification), rows)
        connection.execute(text("ANALYZE"))
        connection.commit()
    with engine.database.read() as connection:
        plan = _plan(connection, _NEW_TASK)
        assert "ix_task_unannounced" in plan
        plan = _plan(connection, _unread())
        assert "ix_notification_unread" in plan


def _unread() -> object:
    return unread_of("chen_jing")


def _plan(connection: object, statement: object) -> str:
    compiled = statement.compile(connection, compile_kwargs={"render_postcompile": True})  # type: ignore[attr-defined]
    rows = connection.exec_driver_sql(  # type: ignore[attr-defined]
        f"EXPLAIN QUERY PLAN {compiled}",
        tuple(compiled.params[one] for one in compiled.positiontup),
    )
    return " ".join(str(row) for row in rows)


def test_a_deputy_is_told_of_what_comes_to_the_owner_and_the_owner_too(post: Post) -> None:
    since = post.house.clock.now().isoformat()
    body = {"deputy": "clerk_bai", "since": since, "until": None, "processes": None}
    assert post.house.api("clerk_wang").post("/proxies", body).status_code == 201
    first = post.house.start()
    # In their own case the deputy may do nothing in anybody's name.
    second = post.house.start(by="clerk_bai")
    post.round()
    told = select(notification.c.person_id, notification.c.instance_id).where(
        notification.c.kind == "task_opened"
    )
    rows = {(row.person_id, row.instance_id) for row in post.house.rows(told)}
    assert rows >= {("clerk_wang", first), ("clerk_bai", first)}
    assert ("clerk_bai", second) not in rows
