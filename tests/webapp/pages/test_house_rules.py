"""Numbers, texts of messages, the yearly notice and funds, as administrators and cashiers keep them."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engine.abilities.numbering import may_collide, take_number
from engine.actors import SYSTEM
from engine.errors import ChangeRefused
from engine.store.tables import fund_entry
from tests.builders import FUND, House
from webapp.notify import wording
from webapp.views.notice_text import read_notice

ADMIN = "admin_mu"
NOTICE = """一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月6日（周六）至12日（周五）放假调休，共7天。1月30日（周六）、2月20日（周六）上班。"""


def take(house: House, pattern: str) -> str:
    with house.engine.command(SYSTEM) as uow:
        found = take_number(uow, pattern)
        uow.commit()
    return found


# --- numbers


def test_a_sequence_goes_on_higher_and_never_lower(house: House) -> None:
    admin = house.browser(ADMIN)
    page = admin.get("/admin/numbers").text
    found = re.search(r'<option value="(BF-[^"]+|[A-Z]+-\{year\}[^"]*)"', page)
    assert found is not None, page
    pattern = found[1]
    assert take(house, pattern).endswith("1")
    sequence = pattern.replace("{year}", "2026")
    form = {"sequence": sequence, "number": "120", "reason": "接续旧台账"}
    assert admin.post("/admin/numbers/next", form).status_code == 302
    assert take(house, pattern).endswith("120")
    lower = admin.post("/admin/numbers/next", {**form, "number": "50"})
    assert lower.status_code == 422
    assert "Numbers up to 120 have been given" in lower.text
    assert 'value="50"' in lower.text
    assert admin.post("/admin/numbers/next", {**form, "reason": ""}).status_code == 422
    assert "接续旧台账" in admin.get("/admin/changes?kind=numbering.").text


def test_another_pattern_counts_from_its_day_on_and_can_give_no_number_twice(
    house: House,
) -> None:
    admin = house.browser(ADMIN)
    pattern = "P-{year}-{number:05}"
    form = {"pattern": pattern, "new": "ZF-{year}-{number:04}", "reason": "新规则"}
    assert admin.post("/admin/numbers/pattern", {**form, "on": "2026-03-03"}).status_code == 302
    assert take(house, pattern) == "P-2026-00001"
    for new, words in (
        ("FB-{year}-{number:05}", "a number could come out"),
        ("P-2026-{number}", "a number could come out"),
        ("no number", "A pattern is text with {number}"),
        ("ZF-{year}-{number:04}", "This pattern counts already"),
    ):
        answer = admin.post("/admin/numbers/pattern", {**form, "new": new, "on": "2026-03-04"})
        assert answer.status_code == 422
        assert words in answer.text, new
    past = admin.post("/admin/numbers/pattern", {**form, "new": "Q{number}", "on": "2026-01-01"})
    assert "Choose today or a later day" in past.text
    house.clock.advance(timedelta(days=1))
    assert take(house, pattern) == "ZF-2026-0001"


@pytest.mark.parametrize(
    ("one", "other", "collide"),
    [
        ("A-{number}", "A-{number:05}", True),
        ("A-{year}-{number}", "A-2026-{number}", True),
        ("A-{number}", "B-{number}", False),
        ("A{number}", "A1-{number}", False),
        ("A-{number}-x", "A-{number}-{year}", False),
        ("{number}", "{year}{number}", True),
        ("A-{year}-{number:05}", "A-{number:04}", False),
    ],
)
def test_patterns_that_could_give_the_same_number_are_told(
    one: str, other: str, collide: bool
) -> None:
    assert may_collide(one, other) is collide
    assert may_collide(other, one) is collide


# --- texts


def test_a_message_is_worded_anew_in_one_language_and_goes_back(house: House) -> None:
    admin = house.browser(ADMIN)
    path = "/admin/texts/returned"
    form = {"language": "zh", "text": "请注意：{who}把“{case}”退给您了"}
    looked_at = admin.post(path, {**form, "action": "preview"})
    assert "请注意：王晓把“事项申请 A-2026-00012”退给您了" in looked_at.text
    assert wording.wording_of(house.engine, "returned", "zh") is None
    assert admin.post(path, {**form, "action": "save"}).status_code == 302
    assert wording.wording_of(house.engine, "returned", "zh") == form["text"]
    assert wording.wording_of(house.engine, "returned", "en") is None
    assert "own text" in admin.get("/admin/texts").text
    assert "请注意" in admin.get("/admin/changes?kind=texts.").text
    assert admin.post(path, {"language": "zh", "action": "reset"}).status_code == 302
    assert wording.wording_of(house.engine, "returned", "zh") is None


def test_an_own_text_is_what_people_read(house: House) -> None:
    admin = house.browser(ADMIN)
    form = {"language": "en", "text": "Back to you: {case}, by {who}", "action": "save"}
    admin.post("/admin/texts/mentioned", form)
    case = house.start()
    house.browser("clerk_wang").post(
        f"/cases/{case}/comments", {"text": "看一下", "person": "chen_jing"}
    )
    with house.engine.command(SYSTEM) as uow:
        uow.tell("mentioned", ["chen_jing"], instance=case, by="clerk_wang")
        uow.commit()
    assert "Back to you: " in house.browser("chen_jing").get("/notifications").text


@pytest.mark.parametrize(
    "text", ["{name} did it", "{who", "", "a\nb{who}", "x" * 201, "{who.__class__}", "{}"]
)
def test_a_text_with_an_unknown_gap_is_refused_and_stays_in_its_field(
    small_house: House, text: str
) -> None:
    answer = small_house.browser(ADMIN).post(
        "/admin/texts/returned", {"language": "en", "text": text, "action": "save"}
    )
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_what_is_filled_in_is_not_looked_through_for_gaps() -> None:
    assert wording.fill("{case} by {who}", {"case": "{who}", "who": "%(x)s"}) == "{who} by %(x)s"


# --- the yearly notice


def test_a_pasted_notice_is_read_looked_at_entered_and_taken_back(house: House) -> None:
    admin = house.browser(ADMIN)
    path = "/admin/calendar/2027/notice"
    form = {"text": NOTICE, "note": "国办发明电〔2026〕7号"}
    calendar = house.engine.working_days
    assert not calendar.year_published(2027)
    looked_at = admin.post(path, form)
    assert looked_at.status_code == 200
    assert "12 days" in looked_at.text
    assert not house.engine.working_days.year_published(2027)
    assert admin.post(path, {**form, "action": "enter"}).status_code == 302
    calendar = house.engine.working_days
    assert calendar.is_working(date(2027, 1, 30)) == (True, False)
    assert calendar.is_working(date(2027, 2, 12)) == (False, False)
    assert "12 days entered" in admin.get(path).text
    assert admin.post(f"{path}/back").status_code == 302
    assert not house.engine.working_days.year_published(2027)
    assert house.engine.working_days.is_working(date(2027, 1, 30)).working is False
    told = admin.get("/admin/changes?kind=calendar.").text
    assert "Notice of 2027 entered: 12 days" in told
    assert "Notice of 2027 taken back" in told


def test_notices_are_entered_year_by_year_and_what_is_unclear_is_said(small_house: House) -> None:
    admin = small_house.browser(ADMIN)
    early = admin.post(
        "/admin/calendar/2029/notice",
        {"text": "1月1日放假。", "note": "x", "action": "enter"},
    )
    assert "The notice of 2027 has to be entered first" in early.text
    unclear = admin.post("/admin/calendar/2027/notice", {"text": "5月1日劳动节。", "note": "x"})
    assert unclear.status_code == 422
    assert "5月1日劳动节" in unclear.text
    other = admin.post(
        "/admin/calendar/2027/notice",
        {"text": "2026-05-01 off", "note": "x", "action": "enter"},
    )
    assert "some are not of 2027" in other.text
    page = admin.get("/admin/calendar?year=2026").text
    assert "day-unusual" in page
    assert "count by this table" in page


def test_plain_lines_and_ranges_across_months_are_read() -> None:
    found = read_notice("2027-04-30 至 2027-05-02 off\n2027/5/8 work", 2027)
    assert found == {
        date(2027, 4, 30): False,
        date(2027, 5, 1): False,
        date(2027, 5, 2): False,
        date(2027, 5, 8): True,
    }
    with pytest.raises(ChangeRefused):
        read_notice("2月30日放假。", 2027)
    with pytest.raises(ChangeRefused):
        read_notice("5月1日放假。5月1日上班。", 2027)


# --- funds


def cashier(house: House) -> str:
    return house.engine.directory.holders("cashier", "root")[0]


def test_who_handles_a_fund_moves_its_money_and_a_wrong_entry_gets_its_counter_entry(
    house: House,
) -> None:
    handler = house.browser(cashier(house))
    path = f"/admin/funds/{FUND}"
    assert (
        handler.post(f"{path}/deposit", {"amount": "1,000.50", "reason": "追加"}).status_code == 302
    )
    assert "¥ 501,000.50" in handler.get(path).text
    entry = house.rows(select(fund_entry.c.id).where(fund_entry.c.amount_fen == 100050))[0].id
    correct = f"{path}/entries/{entry}/correct"
    assert handler.post(correct, {"reason": ""}).status_code == 422
    assert handler.post(correct, {"reason": "记错"}).status_code == 302
    again = handler.post(correct, {"reason": "记错"})
    assert "taken back already" in again.text
    assert handler.post(f"{path}/budget", {"year": "2026", "amount": "300000"}).status_code == 302
    page = handler.get(path).text
    assert "counter-entry" in page
    assert "¥ 300,000.00" in page
    too_much = handler.post(f"{path}/withdraw", {"amount": "9999999", "reason": "x"})
    assert too_much.status_code == 422
    assert "500,000.00 yuan are available" in too_much.text
    assert 'value="9999999"' in too_much.text
    told = house.browser(ADMIN).get(f"/admin/changes?about={FUND}").text
    for words in ("Money entered: 1,000.50", "counter-entry: 1,000.50", "Budget of 2026"):
        assert words in told


def test_an_administrator_opens_and_closes_funds_and_moves_no_money(house: House) -> None:
    admin = house.browser(ADMIN)
    opened = {"id": "care", "name": "送温暖资金", "handler": "cashier@root"}
    assert admin.post("/admin/funds", opened).status_code == 302
    assert admin.post("/admin/funds", opened).status_code == 409
    assert admin.post("/admin/funds", {**opened, "id": "Bad Id"}).status_code == 422
    money = {"amount": "10", "reason": "x"}
    assert admin.post("/admin/funds/care/deposit", money).status_code == 403
    handler = house.browser(cashier(house))
    assert handler.post("/admin/funds/care/deposit", money).status_code == 302
    full = admin.post("/admin/funds/care/close")
    assert full.status_code == 422
    assert "still holds 10.00 yuan" in full.text
    assert handler.post("/admin/funds/care/close").status_code == 403
    assert handler.post("/admin/funds/care/withdraw", money).status_code == 302
    assert admin.post("/admin/funds/care/close").status_code == 302
    assert "closed" in handler.post("/admin/funds/care/deposit", money).text
    edited = {"name": "困难慰问资金", "handler": []}
    assert admin.post("/admin/funds/care/edit", edited).status_code == 302
    assert handler.get("/admin/funds/care").status_code == 404
    assert "Fund renamed" in admin.get("/admin/changes?kind=fund.").text


def test_a_second_click_enters_no_money_twice(house: House) -> None:
    handler = house.browser(cashier(house))
    form = {"amount": "77", "reason": "追加", "idempotency_key": "k"}
    for _ in range(2):
        assert handler.post(f"/admin/funds/{FUND}/deposit", form).status_code == 302
    assert len(house.rows(select(fund_entry.c.id).where(fund_entry.c.amount_fen == 7700))) == 1
