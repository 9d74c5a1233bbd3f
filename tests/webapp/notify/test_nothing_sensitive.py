"""What leaves the house holds no sensitive value: mails, calls, what lies in wait for them, and the log."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import select

from engine.store.tables import delivery, notification
from tests.builders import illness_story
from tests.webapp.notify.conftest import PEOPLE, Post
from tests.webapp.test_secrets_at_rest import (
    MARKERS,
    everything_stored,
    go_through,
    places_of,
    start_illness_case,
)


def test_marked_values_are_in_no_mail_and_in_no_call(
    post: Post, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for format in ("plain", "wecom", "dingtalk", "feishu"):
        post.add_hook(format)
    case = start_illness_case(post.house)
    for until in ("accept", "name_investigators", "zh_approve"):
        go_through(post.house, case, _after(post, case), until=until)
        post.round()
    every_kind = {"returned", "mentioned", "commented", "advice_asked", "corrected", "terminated"}
    for kind in every_kind:
        post.tell(kind, *PEOPLE, instance=case)
    post.round()
    post.mail.answer = "554 chen_jing@union.example: rejected"
    post.tell("urged", *PEOPLE, instance=case)
    post.round()
    assert len(post.mail.mails) > 10
    assert len(post.hooks.calls) > 20
    left = {f"mail {number}": mail.as_bytes() for number, mail in enumerate(post.mail.mails)}
    for number, mail in enumerate(post.mail.mails):
        left[f"text {number}"] = f"{mail['Subject']}\n{post.mail.text(number)}".encode()
    left |= {f"call {number}": call.body for number, call in enumerate(post.hooks.calls)}
    assert places_of(MARKERS, left) == []
    assert places_of(MARKERS, everything_stored(post.house)) == []
    written = capsys.readouterr()
    ours = [one.getMessage() for one in caplog.records if one.name != "mail.log"]
    logged = {"out": written.out, "err": written.err, "log": "\n".join(ours)}
    # Nor do an address or a case's title stand in the log.
    private = [*MARKERS, "chen_jing@union.example", "重大疾病"]
    assert places_of(private, {name: text.encode() for name, text in logged.items()}) == []
    errors = {row.error for row in post.house.rows(select(delivery)) if row.error}
    assert errors == {"smtp 554"}
    facts = [row.facts for row in post.house.rows(select(notification.c.facts))]
    assert all(set(one) <= {"by", "state"} for one in facts)


def _after(post: Post, case: str) -> list[dict[str, object]]:
    """The story's steps that are not done yet."""
    done = {
        row["element"]
        for row in post.house.api("chen_jing").get(f"/instances/{case}").json["tasks"]
        if row["state"] == "completed"
    }
    steps = illness_story()["steps"][1:]
    return [one for one in steps if one.get("task") not in done]
