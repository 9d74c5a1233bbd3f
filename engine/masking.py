"""How a sensitive value is shown to somebody who need not read it, and a name on a notice.

A mask is for people's eyes only: it is never compared, stored as a key or parsed. What a kind does
not recognise is hidden whole, so a value typed into the wrong field does not show either.
"""

from __future__ import annotations

import re
from enum import StrEnum

#: What stands for a value that is hidden whole; its length says nothing about the value's.
HIDDEN = "●●●"

_ID_CARD = re.compile(r"[0-9]{17}[0-9Xx]|[0-9]{15}")
_DIGITS = re.compile(r"[0-9]{8,32}")
_MOBILE = re.compile(r"1[0-9]{10}")
# The two-character surnames in common use; 欧** for 欧阳 would be another family.
# fmt: off
_LONG_SURNAMES = frozenset(
    {
        "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙",
        "慕容", "令狐", "长孙", "宇文", "司徒", "夏侯", "端木", "百里",
        "南宫", "呼延", "轩辕", "独孤", "赫连", "澹台", "公冶", "宗政",
        "濮阳", "淳于", "单于", "太叔", "申屠", "仲孙", "钟离", "闻人",
        "闾丘", "鲜于", "司空", "第五", "拓跋",
    }
)
# fmt: on


class NameStyle(StrEnum):
    """How a person's name is shortened."""

    #: 王**: the surname and two stars, however long the name is.
    SURNAME = "surname"
    #: 王*明: first and last character; a name of two characters keeps its first: 王*.
    MIDDLE = "middle"


def mask(kind: str, value: str | None) -> str:
    """The masked form of `value`, by kind: id_card, bank_account, mobile, health, name, text.

    id_card and bank_account show the last four characters, mobile the first three and last four,
    name the surname; everything else, unknown kinds included, is hidden whole. Empty stays empty.
    """
    if value is None or not value.strip():
        return ""
    bare = re.sub(r"[\s-]", "", value)
    if kind == "id_card" and _ID_CARD.fullmatch(bare):
        return "*" * (len(bare) - 4) + bare[-4:].upper()
    if kind == "bank_account" and _DIGITS.fullmatch(bare):
        # A fixed number of stars: the length of an account number names its bank.
        return "**** " + bare[-4:]
    if kind == "mobile" and _MOBILE.fullmatch(bare):
        return f"{bare[:3]}****{bare[-4:]}"
    if kind == "name":
        return mask_name(value)
    return HIDDEN


def mask_name(name: str, style: NameStyle | str = NameStyle.SURNAME) -> str:
    """A person's name as a notice may print it: 王** or, in style `middle`, 王*明."""
    name = name.strip()
    if not name:
        return ""
    surname = name[:2] if name[:2] in _LONG_SURNAMES and len(name) > 2 else name[0]
    if NameStyle(style) is NameStyle.SURNAME:
        return surname + "**"
    if len(name) <= len(surname) + 1:
        return surname + "*"
    return surname + "*" * (len(name) - len(surname) - 1) + name[-1]
