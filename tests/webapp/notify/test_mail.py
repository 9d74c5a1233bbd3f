"""What is mailed, to whom, when, and under which id; what becomes of it when the server says no."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from engine.actors import SYSTEM
from engine.catalog.package import Package
from engine.catalog.versions import deploy
from engine.commands.administer import resume, suspend
from engine.notifications.deliver import BACK_OFF
from engine.store.tables import delivery, notification, task
from tests.builders import PETITION, SIGNERS, ZONE
from tests.webapp.notify.conftest import Post
from webapp.accounts.people import set_address, set_disabled


def test_a_new_task_is_mailed_to_those_who_may_take_it_and_to_nobody_else(post: Post) -> None:
    case = post.house.start()
    task_id = post.house.open_task(case)
    post.round()
    assert post.mail.recipients == ["clerk_wang@union.example"]
    mail = post.mail.mails[0]
    assert mail["From"] == "office@union.example"
    assert str(mail["Subject"]) == "“领用 羽毛球拍 · 陈静”等待您办理"
    assert f"https://gongban.union.example/tasks/{task_id}" in post.mail.text()
    assert "环节：" in post.mail.text()
    made = post.house.rows(select(delivery.c.id))[0].id
    assert mail["Message-ID"] == f"<{made}@gongban.union.example>"
    assert mail["List-Unsubscribe"] == "<https://gongban.union.example/profile/notifications>"
    post.round()
    assert len(post.mail.mails) == 1


def test_a_new_task_of_a_case_that_stands_still_is_mailed_when_it_goes_on(post: Post) -> None:
    case = post.house.start()
    keeper = post.house.engine.directory.actor("admin_mu")
    with post.house.engine.command(keeper) as uow:
        suspend(uow, case, reason="问一下")
        uow.commit()
    post.round()
    assert not any("等待您办理" in str(mail["Subject"]) for mail in post.mail.mails)
    with post.house.engine.command(keeper) as uow:
        resume(uow, case, reason="问清了")
        uow.commit()
    post.round()
    waiting = [mail for mail in post.mail.mails if "等待您办理" in str(mail["Subject"])]
    assert [mail["To"] for mail in waiting] == ["clerk_wang@union.example"]


def test_the_applicant_is_told_when_the_case_has_ended(post: Post) -> None:
    case = post.house.start()
    post.house.api("clerk_wang").complete(post.house.open_task(case), "agree", {})
    post.house.api("chair_han").complete(post.house.open_task(case), "agree", {})
    post.round()
    # The two tasks are done by the time anybody looks: nobody hears that they wait.
    assert post.mail.recipients == ["chen_jing@union.example"]
    assert "已办结" in str(post.mail.mails[0]["Subject"])
    listed = post.house.api("chen_jing").get("/notifications").json
    assert [one["kind"] for one in listed["items"]] == ["case_ended"]
    assert listed["unread"] == "1"


def test_who_has_no_address_is_told_on_the_pages_only(post: Post) -> None:
    with post.house.engine.command(SYSTEM) as uow:
        set_address(uow, "chen_jing", None)
        uow.commit()
    post.tell("returned", "chen_jing")
    post.round()
    assert post.mail.mails == []
    assert post.states() == []
    assert post.house.api("chen_jing").get("/notifications").json["unread"] == "1"


def test_a_task_costs_no_row_where_nobody_wants_to_hear_of_it(post: Post) -> None:
    post.choose("clerk_wang", {"task_opened": {"mail": "never"}})
    case = post.house.start()
    post.round()
    assert post.mail.mails == []
    assert post.house.rows(select(func.count()).select_from(notification))[0][0] == 0
    told = post.house.rows(select(task.c.announced).where(task.c.instance_id == case))
    assert [row.announced for row in told] == [True]


def test_whoever_a_separation_rule_forbids_is_not_asked(post: Post) -> None:
    case = post.house.start(by="clerk_wang")
    assert post.house.open_task(case)
    post.round()
    assert "clerk_wang@union.example" not in post.mail.recipients


def test_the_next_signer_of_a_sequence_is_told_when_the_turn_comes(
    post: Post, tmp_path: Path
) -> None:
    with post.house.engine.command(SYSTEM) as uow:
        for person in SIGNERS[:3]:
            set_address(uow, person, f"{person}@union.example")
        deploy(uow, Package.from_folder(_in_sequence(tmp_path)))
        uow.commit()
    case = post.house.start("petition", by="tian_ye")
    post.round()
    to_signers = [one for one in post.mail.recipients if one.startswith("signer")]
    assert to_signers == ["signer_00@union.example"]
    post.house.api("signer_00").complete(post.house.open_task(case, "sign"), "agree")
    post.round()
    to_signers = [one for one in post.mail.recipients if one.startswith("signer")]
    assert to_signers == ["signer_00@union.example", "signer_01@union.example"]


def _in_sequence(folder: Path) -> Path:
    copied = folder / "petition"
    shutil.copytree(PETITION, copied)
    diagram = copied / "process.bpmn"
    first, editing = diagram.read_text(encoding="utf-8").split('id="edit_one"')
    first = first.replace('rule="all" wait="all"', 'rule="sequence"')
    editing = editing.replace("judge @", "unit_clerk @")
    diagram.write_text(f'{first}id="edit_one"{editing}', encoding="utf-8")
    return copied


def test_a_refused_mail_is_tried_again_under_the_same_id(post: Post) -> None:
    post.mail.answer = "451 try again later"
    post.tell("returned", "chen_jing")
    post.round()
    assert post.states() == ["waiting"]
    post.mail.answer = "250 OK"
    post.round()
    assert post.mail.mails == [], "not before its time"
    post.house.clock.advance(BACK_OFF[0])
    post.round()
    made = post.house.rows(select(delivery))[0]
    assert post.mail.ids() == [f"<{made.id}@gongban.union.example>"]
    assert (made.state, made.attempts, made.error) == ("sent", 2, None)


def test_an_unknown_mailbox_is_given_up_at_once_and_shown_to_the_administrators(
    post: Post,
) -> None:
    post.mail.refused = {"chen_jing@union.example"}
    post.tell("returned", "chen_jing")
    post.round()
    assert post.states() == ["given_up"]
    page = post.house.browser("admin_mu", "en").get("/admin/webhooks").text
    assert "Not delivered" in page
    assert "smtp 550" in page
    assert "陈静" in page
    # The mailbox is made, and the administrator presses the button.
    post.mail.refused = set()
    failed = post.house.rows(select(delivery.c.id))[0].id
    answer = post.house.browser("admin_mu").post(f"/admin/deliveries/{failed}/retry")
    assert answer.status_code == 302
    post.round()
    assert post.mail.ids() == [f"<{failed}@gongban.union.example>"]
    assert "Not delivered" not in post.house.browser("admin_mu", "en").get("/admin/webhooks").text


def test_all_that_was_given_up_while_the_server_was_away_is_tried_again_at_once(
    small_post: Post,
) -> None:
    small_post.mail.refused = {f"{person}@union.example" for person in ("chen_jing", "tian_ye")}
    small_post.tell("returned", "chen_jing", "tian_ye")
    small_post.round()
    ready = small_post.house.app.test_client().get("/health/ready").json
    assert ready["undelivered"] == 2
    small_post.mail.refused = set()
    small_post.house.browser("admin_mu").post("/admin/deliveries/retry")
    small_post.round()
    assert small_post.states() == ["sent", "sent"]


def test_who_can_never_be_reached_is_given_up_after_a_day_of_trying(post: Post) -> None:
    post.mail.answer = "451 try again later"
    post.tell("returned", "chen_jing")
    for wait in BACK_OFF:
        post.round()
        assert post.states() == ["waiting"]
        post.house.clock.advance(wait)
    post.round()
    assert post.states() == ["given_up"]
    assert sum(BACK_OFF, timedelta()) < timedelta(days=1)


def test_a_person_whose_account_is_shut_is_mailed_nothing_any_more(post: Post) -> None:
    post.tell("returned", "chen_jing")
    with post.house.engine.command(SYSTEM) as uow:
        set_disabled(uow, "chen_jing", True)
        uow.commit()
    post.house.engine.directory.forget()  # type: ignore[attr-defined]
    post.round()
    assert post.mail.mails == []
    assert post.states() == ["dropped"]


def test_a_mail_is_written_in_the_language_its_reader_chose(post: Post) -> None:
    post.choose("chen_jing", {}, language="en")
    post.tell("proxy_set", "chen_jing")
    post.round()
    assert str(post.mail.mails[0]["Subject"]) == "The system set up a proxy that concerns you"
    assert "Choose what is sent to you:" in post.mail.text()


def test_nobody_is_told_what_they_did_themselves(post: Post) -> None:
    actor = post.house.engine.directory.actor("clerk_wang")
    post.tell("commented", "clerk_wang", "chen_jing", by=actor)
    assert post.house.api("clerk_wang").get("/notifications").json["items"] == []
    told = post.house.api("chen_jing").get("/notifications").json["items"]
    assert told[0]["text"].startswith("王海燕")


class TestDigest:
    """One mail for the impatient, at the time they chose."""

    def test_it_collects_until_the_next_working_day(self, post: Post) -> None:
        post.choose("chen_jing", {"returned": {"mail": "digest"}, "urged": {"mail": "digest"}})
        post.house.clock.set(datetime(2026, 3, 6, 17, 0, tzinfo=ZONE))  # a Friday
        post.tell("returned", "chen_jing")
        post.tell("urged", "chen_jing")
        post.house.clock.set(datetime(2026, 3, 9, 8, 29, tzinfo=ZONE))
        post.round()
        assert post.mail.mails == []
        post.house.clock.set(datetime(2026, 3, 9, 8, 30, tzinfo=ZONE))
        post.round()
        assert str(post.mail.mails[0]["Subject"]) == "工办：2 条消息"
        assert "退回" in post.mail.text()
        assert "催您" in post.mail.text()
        assert post.states() == ["sent", "sent"]
        assert len(post.mail.mails) == 1

    def test_what_came_after_it_was_closed_is_for_the_next(self, post: Post) -> None:
        post.choose("chen_jing", {"returned": {"mail": "digest"}}, digest="hourly")
        post.tell("returned", "chen_jing")
        post.mail.answer = "451 try again later"
        post.house.clock.advance(timedelta(hours=1))
        post.round()
        post.tell("returned", "chen_jing")
        post.mail.answer = "250 OK"
        post.house.clock.advance(BACK_OFF[0])
        post.round()
        first = post.house.rows(select(delivery.c.id).order_by(delivery.c.id))[0].id
        assert post.mail.ids() == [f"<{first}@gongban.union.example>"]
        assert str(post.mail.mails[0]["Subject"]) == "工办：1 条消息"
        post.house.clock.advance(timedelta(hours=1))
        post.round()
        assert len(post.mail.mails) == 2
        assert post.states() == ["sent", "sent"]

    def test_a_task_that_is_done_by_then_is_left_out(self, post: Post) -> None:
        post.choose("clerk_wang", {"task_opened": {"mail": "digest"}})
        done, open_one = post.house.start(), post.house.start()
        post.round()
        post.house.api("clerk_wang").complete(post.house.open_task(done), "agree", {})
        waiting = post.house.open_task(open_one)
        post.house.clock.set(datetime(2026, 3, 3, 8, 30, tzinfo=ZONE))
        post.round()
        to_clerk = [
            number
            for number, address in enumerate(post.mail.recipients)
            if address.startswith("clerk_wang")
        ]
        assert len(to_clerk) == 1
        text = post.mail.text(to_clerk[0])
        assert f"/tasks/{waiting}" in text
        assert done not in text
        assert str(post.mail.mails[to_clerk[0]]["Subject"]) == "工办：1 条消息"

    def test_a_new_time_holds_for_what_is_collected_already(self, post: Post) -> None:
        post.choose("chen_jing", {"returned": {"mail": "digest"}})
        post.tell("returned", "chen_jing")
        post.choose("chen_jing", {}, digest="hourly")
        post.house.clock.advance(timedelta(hours=1))
        post.round()
        assert len(post.mail.mails) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"choices": {"no_such_kind": {"mail": "now"}}},
        {"choices": {"returned": {"pigeon": "now"}}},
        {"choices": {"returned": {"webhook": "digest"}}},
        {"choices": {"task_opened": {"app": "now"}}},
        {"digest": "25:00"},
        {"digest": "sometimes"},
    ],
)
def test_a_choice_that_is_none_is_refused(small_post: Post, body: dict[str, object]) -> None:
    answer = small_post.house.api("chen_jing").post("/notifications/choices", body)
    assert answer.status_code == 422
