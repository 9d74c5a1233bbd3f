"""Which sheets a spreadsheet may have, and the columns of each; docs/organisation.md says the same."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from webapp.language import Gettext, gettext_in

UNITS, PEOPLE, POSTS, EARLIER = "units", "people", "posts", "earlier"
#: In this order they are taken over: what a line names may stand in a sheet before it.
KINDS = (UNITS, PEOPLE, POSTS, EARLIER)


#: What lists that were made elsewhere call some columns.
_ALSO = {
    "name": ("姓名", "名称"),
    "unit": ("单位", "所属单位", "所在单位"),
    "mobile": ("手机", "手机号", "手机号码", "移动电话"),
    "id_card_no": ("身份证", "身份证号", "身份证号码", "公民身份号码"),
    "subject": ("身份证", "身份证号", "身份证号码", "公民身份号码"),
    "bank_account": ("银行账号", "银行卡号", "卡号"),
    "account": ("银行账号", "银行卡号", "卡号"),
    "email": ("邮箱", "电子邮箱", "电子邮件"),
    "year": ("年度", "年份"),
    "amount": ("金额",),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key, its heading, what stands in it, an example, and whether each line needs it."""

    key: str
    title: str
    help: str
    example: str
    required: bool = False


def sheet_title(kind: str, _: Gettext) -> str:
    """What the sheet of a kind is called."""
    return {
        UNITS: _("Units"),
        PEOPLE: _("People"),
        POSTS: _("Posts and roles"),
        EARLIER: _("Earlier register lines"),
    }[kind]


def columns(kind: str, _: Gettext) -> list[Column]:
    """The columns of a sheet, in their order."""
    return {UNITS: _units, PEOPLE: _people, POSTS: _posts, EARLIER: _earlier}[kind](_)


def headings(kind: str) -> dict[str, str]:
    """Every heading that is understood, in both languages, as it is compared → the column's key."""
    return {
        plain(text): one.key
        for language in ("zh", "en")
        for one in columns(kind, gettext_in(language))
        for text in (one.title, one.key, *_ALSO.get(one.key, ()))
    }


def plain(text: str) -> str:
    """A heading or a choice as it is compared: without blanks, stars, remarks in brackets, and case."""
    found = unicodedata.normalize("NFKC", text).partition("(")[0]
    return "".join(found.replace("*", "").split()).casefold()


def unit_kinds(_: Gettext) -> dict[str, str]:
    """What a kind of place is called → the kind."""
    return {
        _("top union"): "root",
        _("activity area"): "cluster",
        _("unit"): "unit",
        _("group"): "group",
    }


def genders(_: Gettext) -> dict[str, str]:
    """What stands in the column → the fact that is kept."""
    return {_("female"): "female", _("male"): "male"}


def _units(_: Gettext) -> list[Column]:
    return [
        Column(
            "code",
            _("Unit code"),
            _(
                "Short and lasting, e.g. letters and digits. Later lines and sheets name the unit by it."
            ),
            "A01",
            True,
        ),
        Column("name", _("Unit name"), _("At most 120 characters."), _("Finance office"), True),
        Column("kind", _("Kind"), _("top union, activity area, unit or group"), _("unit"), True),
        Column(
            "parent",
            _("Unit above it"),
            _("Its code, or its name where only one has it. Empty only for the top."),
            "A00",
        ),
        Column(
            "founded_on", _("First day"), _("A day, e.g. 2024-03-01; may be empty."), "2024-03-01"
        ),
    ]


def _people(_: Gettext) -> list[Column]:
    return [
        Column(
            "member_no",
            _("Membership number"),
            _("Says who is meant: who has this number already is changed, not added again."),
            "A01-0001",
            True,
        ),
        Column("name", _("Full name"), _("At most 60 characters."), _("Li Hua"), True),
        Column(
            "unit", _("Unit"), _("The unit's code, or its name where only one has it."), "A01", True
        ),
        Column("group", _("Group"), _("The group's name within the unit, or its code."), ""),
        Column("gender", _("Gender"), _("female or male"), _("female")),
        Column("birth_date", _("Birth date"), _("A day."), "1985-06-12"),
        Column("join_date", _("Joined on"), _("A day."), "2010-09-01"),
        Column("mobile", _("Mobile number"), _("11 digits. Kept sealed."), "13900000000"),
        Column(
            "id_card_no",
            _("Identity number"),
            _("18 characters, its check character is tested. The cell must be text. Kept sealed."),
            "",
        ),
        Column(
            "bank_account",
            _("Account number"),
            _("13 to 19 digits, tested. The cell must be text. Kept sealed."),
            "",
        ),
        Column("email", _("E-mail address"), _("Where messages are mailed to."), ""),
        Column(
            "username",
            _("User name"),
            _(
                "Opens an account without a password; an administrator makes one on the person's page."
            ),
            "",
        ),
    ]


def _posts(_: Gettext) -> list[Column]:
    return [
        Column(
            "member_no",
            _("Membership number"),
            _("Of who holds the post; in the sheet of people or known already."),
            "A01-0001",
            True,
        ),
        Column("name", _("Full name"), _("May be empty; if given it must be that person's."), ""),
        Column("role", _("Role"), _("The role's title as the pages show it, or its id."), "", True),
        Column(
            "unit", _("Unit"), _("The unit's code, or its name where only one has it."), "A01", True
        ),
        Column("since", _("Since"), _("The first day."), "2024-03-01", True),
        Column("until", _("First day without it"), _("Empty: no end is known."), ""),
        Column("title", _("Post"), _("What the post is called, with its term; may be empty."), ""),
        Column("basis", _("Basis"), _("The paper it rests on; may be empty."), ""),
    ]


def _earlier(_: Gettext) -> list[Column]:
    return [
        Column(
            "register",
            _("Register"),
            _("The title of the process that reads it, or its id."),
            "",
            True,
        ),
        Column(
            "subject",
            _("Identity number"),
            _("Of who received it. Kept as a keyed hash only: it is compared, never read."),
            "",
            True,
        ),
        Column("year", _("Year"), _("The year it counts for."), "2025", True),
        Column("amount", _("Amount in yuan"), _("At most two decimals."), "3000.00", True),
        Column(
            "entered_on",
            _("Entered on"),
            _("The day of the decision or payment."),
            "2025-09-01",
            True,
        ),
        Column(
            "account",
            _("Account number"),
            _(
                "Where it was paid to; tells when several people share one. Kept as a keyed hash only."
            ),
            "",
        ),
        Column(
            "reference",
            _("Reference"),
            _("The line's own number in the old list: by it a line is known again."),
            "",
        ),
        Column("note", _("Note"), _("Nothing sensitive: it can be read."), ""),
    ]
