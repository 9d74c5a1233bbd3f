"""Spreadsheets as people make them, for the tests that take them over."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook

from tests.builders import Browser, House

UNITS = ["单位编码", "单位名称", "类别", "上级单位", "成立日期"]
PEOPLE = ["会员编号*", "姓名", "单位", "小组", "性别", "出生日期", "手机号", "身份证号"]
POSTS = ["会员编号", "姓名", "角色", "单位", "自", "免去之日", "职务", "依据"]
EARLIER = ["台账", "身份证号", "年度", "金额（元）", "登记日期", "银行账号", "原编号", "备注"]
#: A number whose check character holds; nobody's.
IDENTITY = "11010519491231002X"
Rows = Sequence[Sequence[Any]]


def book(**sheets: Rows) -> bytes:
    """A spreadsheet: name of a sheet → its rows."""
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    return saved(made)


def saved(made: Workbook) -> bytes:
    """The bytes of a workbook."""
    file = BytesIO()
    made.save(file)
    return file.getvalue()


def a_small_house() -> bytes:
    """A unit with a group, two people, their posts, and what one of them received last year."""
    return book(
        单位=[
            UNITS,
            ["A01", "省水利厅工会", "单位", "pian_yi", "2001-05-01"],
            ["A01-1", "一组", "小组", "A01", None],
        ],
        人员=[
            PEOPLE,
            [
                "A01-0001",
                " 李　华 ",
                "省水利厅工会",
                "一组",
                "女",
                "1985年6月12日",
                13900000000,
                IDENTITY,
            ],
            ["A01-0002", "赵一", "A01", None, "男", None, None, None],
        ],
        职务与角色=[
            POSTS,
            [
                "A01-0001",
                "李华",
                "单位工会主席",
                "A01",
                "2024-01-01",
                None,
                "第三届主席",
                "〔2024〕1号",
            ],
        ],
        历史台账=[
            EARLIER,
            ["illness_aid", IDENTITY, 2025, "1,200.50", "2025-09-01", None, "旧-7", ""],
        ],
    )


def send(browser: Browser, content: bytes, name: str = "名册.xlsx") -> Any:
    """Try a file; the answer."""
    return browser.post("/admin/takeover", {"file": (BytesIO(content), name)})


def page_of(house: House, person: str, answer: Any) -> str:
    """The page that an answer leads to."""
    assert answer.status_code == 302, answer.text
    return str(house.browser(person).get(answer.headers["Location"]).text)
