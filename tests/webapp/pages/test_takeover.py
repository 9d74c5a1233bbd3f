"""Spreadsheets are tried line by line, then taken over whole or not at all; a stranger's file does no harm."""

from __future__ import annotations

import re
import zipfile
from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from engine.actors import SYSTEM
from engine.errors import ChangeRefused
from engine.store.tables import register_entry
from tests.builders import House
from tests.webapp.pages.books import (
    EARLIER,
    IDENTITY,
    PEOPLE,
    POSTS,
    UNITS,
    a_small_house,
    book,
    page_of,
    saved,
    send,
)
from webapp.accounts.past import units_on
from webapp.accounts.tables import person, role_holding, takeover, unit
from webapp.accounts.takeovers import forget_takeovers
from webapp.takeover import package
from webapp.takeover.book import read_book

ADMIN = "admin_mu"


def counted(house: House) -> list[int]:
    """How much there is of everything that a file can add to."""
    tables = (unit, person, role_holding, register_entry)
    return [house.rows(select(func.count()).select_from(one))[0][0] for one in tables]


def tried(house: House, content: bytes, name: str = "名册.xlsx") -> str:
    """The page of a file that was tried; its address is the last part."""
    browser = house.browser(ADMIN)
    return page_of(house, ADMIN, send(browser, content, name))


def apply(house: House, page: str) -> object:
    """Agree to what a page shows."""
    found = re.search(r'action="(/admin/takeover/\w+/apply)"', page)
    assert found is not None, page
    key = re.search(r'name="idempotency_key" value="([^"]+)"', page)
    assert key is not None
    return house.browser(ADMIN).post(found[1], {"idempotency_key": key[1]})


def test_what_was_tried_changes_nothing_until_it_is_agreed_to_and_then_everything(
    house: House,
) -> None:
    before = counted(house)
    page = tried(house, a_small_house())
    assert counted(house) == before
    assert page.count('tag-ok">new') == 6, page
    assert IDENTITY not in page
    assert apply(house, page).status_code == 302  # type: ignore[attr-defined]
    who = house.rows(select(person).where(person.c.member_no == "A01-0001"))[0]
    assert (who.name, who.unit_id, who.group_id) == ("李华", "A01", "A01-1")
    assert who.facts["birth_date"] == "1985-06-12"
    assert (
        house.engine.keyring.open_sealed(who.facts["id_card_no"], f"person/{who.id}/id_card_no")
        == IDENTITY
    )
    held = house.rows(select(role_holding).where(role_holding.c.person_id == who.id))[0]
    assert (held.role, held.unit_id, held.since) == ("unit_chair", "A01", date(2024, 1, 1))
    assert (held.title, held.given_by) == ("第三届主席", ADMIN)
    line = house.rows(select(register_entry).where(register_entry.c.year == 2025))[0]
    assert (line.register, line.amount_fen, line.instance_id) == ("illness_aid", 120050, None)
    assert line.subject == house.engine.keyring.index("id_card", IDENTITY)
    told = house.browser(ADMIN).get("/admin/changes").text
    for words in ("Spreadsheet taken over", "Earlier line entered: 2025, 1,200.50", "Role given"):
        assert words in told
    kept = house.rows(select(takeover))[0]
    assert kept.state == "applied"
    assert kept.content is None


def test_the_same_file_again_changes_nothing(house: House) -> None:
    apply(house, tried(house, a_small_house()))
    before = counted(house)
    page = tried(house, a_small_house())
    assert "Everything in this file is there already" in page
    assert page.count('tag-off">unchanged') == 6
    assert counted(house) == before


def test_a_file_changes_what_differs_and_leaves_what_it_does_not_say(house: House) -> None:
    apply(house, tried(house, a_small_house()))
    content = book(
        People=[
            ["Membership number", "Full name", "Unit", "Mobile number"],
            ["A01-0001", "李花", "A01", "13900000009"],
        ],
        posts=[
            POSTS,
            ["A01-0001", "", "unit_chair", "A01", date(2024, 1, 1), "2026-06-01", "", ""],
        ],
        台账=[EARLIER, ["illness_aid", IDENTITY, 2025, 1300, "2025-09-01", None, "旧-7", ""]],
    )
    page = tried(house, content)
    for words in ("李华 → 李花", "Mobile number changed", "ends: open end → 2026-06-01"):
        assert words in page, page
    assert apply(house, page).status_code == 302  # type: ignore[attr-defined]
    who = house.rows(select(person).where(person.c.member_no == "A01-0001"))[0]
    assert who.group_id == "A01-1"
    assert who.facts["gender"] == "female"
    lines = house.rows(select(register_entry.c.amount_fen).where(register_entry.c.year == 2025))
    assert [one.amount_fen for one in lines] == [130000]


def test_one_line_that_does_not_hold_keeps_all_others_out(house: House) -> None:
    before = counted(house)
    content = book(人员=[PEOPLE, ["N-1", "甲", "nonglin"], ["N-2", "乙", "没有的单位"]])
    page = tried(house, content)
    assert "1 line cannot be taken over" in page
    assert "C3: there is no unit “没有的单位”" in page
    assert "/apply" not in page
    id = house.rows(select(takeover.c.id))[0].id
    answer = house.browser(ADMIN).post(f"/admin/takeover/{id}/apply", {})
    assert answer.status_code == 422
    assert "Some lines cannot be taken over" in answer.text
    assert counted(house) == before


def test_each_cell_that_does_not_hold_is_named_with_its_reason(small_house: House) -> None:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "人员"
    sheet.append(["二〇二六年名册"])
    sheet.append([])
    sheet.append(PEOPLE)
    sheet.append(["P-1", "甲", "nonglin", None, "中", "2026-02-30", "123", IDENTITY[:-1] + "1"])
    sheet.append(["P-2", "=A4", "nonglin", None, None, 45000, None, 110105194912310020])
    sheet.append(["P-1", "丙", "nonglin", "没有的组", None, datetime(1990, 1, 2), None, None])
    sheet.append([None, "丁", "nonglin"])
    sheet.append(["P-5", "戊" * 61, "nonglin"])
    sheet.append(["P-6", "己", "nonglin"])
    sheet.append(["P-7", "庚", None])
    sheet.merge_cells("C9:C10")
    hidden = made.create_sheet("旧")
    hidden.append(PEOPLE)
    hidden.sheet_state = "hidden"
    made.create_sheet("别的").append(["随便"])
    page = tried(small_house, saved(made))
    for words in (
        "E4: “中” is not one of those known",
        "F4: is not a day",
        "G4: Enter a mobile",
        "H4: ",
        "B5: is a formula",
        "F5: is a number, not a day",
        "H5: is a number and has lost its last digits",
        "A6: stands in row 4 already",
        "D6: there is no unit “没有的组”",
        "A7: is missing",
        "B8: is too long",
        "Cells C9:C10 are merged",
        "The sheet “旧” is hidden",
        "The sheet “别的” was left out",
    ):
        assert words in page, (words, re.findall(r"[A-H][0-9]+: [^<]*", page))
    chinese = small_house.browser(ADMIN, "zh").get(
        f"/admin/takeover/{small_house.rows(select(takeover.c.id))[0].id}"
    )
    assert "人员" in chinese.text


def test_full_width_digits_blanks_and_other_ways_to_write_a_day_are_understood(
    small_house: House,
) -> None:
    content = book(
        人员=[
            [*PEOPLE[:6], "入会日期"],
            ["Ｐ－１", "甲　", " nonglin ", None, None, "1990/1/2", "１９９１．２．３"],
            [20260001, "乙", "nonglin", None, None, datetime(1990, 1, 2), "1991-02-03 00:00:00"],
            [None, None, "  ", None, None, None, None],
        ]
    )
    page = tried(small_house, content)
    assert apply(small_house, page).status_code == 302  # type: ignore[attr-defined]
    found = small_house.rows(
        select(person.c.member_no, person.c.facts).where(
            person.c.member_no.in_(["P-1", "20260001"])
        )
    )
    assert {one.member_no for one in found} == {"P-1", "20260001"}
    for one in found:
        assert (one.facts["birth_date"], one.facts["join_date"]) == ("1990-01-02", "1991-02-03")


def test_a_csv_is_taken_in_either_encoding(small_house: House) -> None:
    text = "会员编号,姓名,单位\r\nC-1,甲,nonglin\r\n"
    for encoding in ("utf-8-sig", "gb18030"):
        page = tried(small_house, text.encode(encoding), "名册.csv")
        assert "甲 C-1" in page


def hostile(text: bytes, *, name: str = "xl/workbook.xml") -> bytes:
    """A spreadsheet one of whose parts was replaced."""
    made, file = BytesIO(a_small_house()), BytesIO()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, text if part.filename == name else old.read(part))
    return file.getvalue()


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">&b;</workbook>'
)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "旧.xls", "old .xls file"),
        (b"PK\x03\x04 torn", "a.xlsx", "cannot be read as a spreadsheet"),
        (b"plain text", "a.docx", "cannot be read as a spreadsheet"),
        (b"", "a.xlsx", "The file is empty"),
        (hostile(LAUGHS), "a.xlsx", "instructions that no spreadsheet needs"),
        (hostile(LAUGHS.decode().encode("utf-16")), "a.xlsx", "instructions that no spreadsheet"),
        (hostile(b" " * (package.MOST_UNPACKED + 1)), "a.xlsx", "far larger than a list"),
        (book(x=[["a", "b"]]), "a.xlsx", "Nothing in this file is known here"),
    ],
    ids=["xls", "torn", "text", "empty", "entities", "utf-16", "bomb", "unknown"],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(
    small_house: House, content: bytes, name: str, words: str
) -> None:
    answer = send(small_house.browser(ADMIN), content, name)
    assert answer.status_code == 422
    assert words in answer.text, answer.text


def test_a_file_larger_than_any_list_is_not_looked_into() -> None:
    with pytest.raises(ChangeRefused) as refused:
        read_book(b"a" * (package.MOST_BYTES + 1), "a.csv")
    assert refused.value.parts["why"] == "book_too_large"


def test_who_changed_the_organisation_in_between_is_not_overruled(house: House) -> None:
    page = tried(house, a_small_house())
    tried(house, a_small_house())
    second = house.browser(ADMIN).get(
        f"/admin/takeover/{house.rows(select(takeover.c.id).order_by(takeover.c.id.desc()))[0].id}"
    )
    assert apply(house, second.text).status_code == 302  # type: ignore[attr-defined]
    answer = apply(house, page)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "has changed since this file was tried" in answer.text  # type: ignore[attr-defined]
    assert 'tag-off">unchanged' in answer.text  # type: ignore[attr-defined]


def test_a_second_click_takes_nothing_over_twice(house: House) -> None:
    page = tried(house, a_small_house())
    assert [apply(house, page).status_code for _ in range(2)] == [302, 302]  # type: ignore[attr-defined]
    assert len(house.rows(select(person.c.id).where(person.c.member_no == "A01-0001"))) == 1


def test_what_a_file_held_is_forgotten_after_an_hour(house: House) -> None:
    page = tried(house, a_small_house())
    house.clock.advance(timedelta(hours=1, minutes=1))
    answer = apply(house, page)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "more than an hour ago" in answer.text  # type: ignore[attr-defined]
    with house.engine.command(SYSTEM) as uow:
        forget_takeovers(uow)
        uow.commit()
    assert house.rows(select(takeover.c.content))[0].content is None
    id = house.rows(select(takeover.c.id))[0].id
    assert "forgotten by now" in house.browser(ADMIN).get(f"/admin/takeover/{id}").text


def test_nothing_that_a_file_held_lies_in_the_clear(house: House) -> None:
    tried(house, a_small_house())
    row = house.rows(select(takeover))[0]
    for part in (row.content, row.report):
        assert part.startswith("gs1.")
    assert IDENTITY not in str(row)
    assert "李" not in str(row)


def test_template_and_report_can_be_saved_and_the_template_can_be_filled_in(
    small_house: House,
) -> None:
    browser = small_house.browser(ADMIN, "zh")
    made = load_workbook(BytesIO(browser.get("/admin/takeover/template.xlsx").data))
    assert made.sheetnames == ["填写说明", "单位", "人员", "职务与角色", "历史台账"]
    sheet = made["人员"]
    sheet.append(["T-1", "王五", "nonglin"])
    page = page_of(small_house, ADMIN, send(browser, saved(made)))
    assert "王五 T-1" in page
    id = small_house.rows(select(takeover.c.id))[0].id
    report = load_workbook(BytesIO(browser.get(f"/admin/takeover/{id}/report.xlsx").data)).active
    assert report is not None
    assert [one.value for one in report[2]][:5] == ["人员", "人员", 2, "新", "王五 T-1"]


def test_a_member_cannot_take_anything_over(small_house: House) -> None:
    tried(small_house, a_small_house())
    id = small_house.rows(select(takeover.c.id))[0].id
    other = small_house.browser("chen_jing")
    assert send(other, a_small_house()).status_code == 403
    for path in ("", f"/{id}", f"/{id}/report.xlsx", "/template.xlsx"):
        assert other.get(f"/admin/takeover{path}").status_code == 403
    for verb in ("apply", "drop"):
        assert other.post(f"/admin/takeover/{id}/{verb}").status_code == 403
    assert small_house.browser(ADMIN).post(f"/admin/takeover/{id}/drop").status_code == 302
    assert small_house.rows(select(takeover.c.id)) == []


def test_units_of_a_file_are_renamed_and_moved(house: House) -> None:
    apply(house, tried(house, a_small_house()))
    page = tried(house, book(单位=[UNITS, ["A01", "省水务厅工会", "单位", "root", "2001-05-02"]]))
    for words in ("省水利厅工会 → 省水务厅工会", "unit above it", "2001-05-01 → 2001-05-02"):
        assert words in page, page
    apply(house, page)
    with house.engine.database.read() as connection:
        assert units_on(connection, date(2026, 3, 1))["A01"].name == "省水利厅工会"
        assert units_on(connection, date(2026, 3, 2))["A01"].parent_id == "root"
