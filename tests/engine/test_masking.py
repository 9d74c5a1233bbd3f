from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.masking import HIDDEN, NameStyle, mask, mask_name


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("id_card", "11010519491231002X", "**************002X"),
        ("id_card", "110105194912310 02x", "**************002X"),
        ("id_card", "110105491231002", "***********1002"),
        ("bank_account", "6222 0202 0000 1234 567", "**** 4567"),
        ("mobile", "13812341234", "138****1234"),
        ("mobile", "138-1234-1234", "138****1234"),
        ("health", "恶性肿瘤", HIDDEN),
        ("text", "anything", HIDDEN),
        ("name", "王小明", "王**"),
        ("no such kind", "value", HIDDEN),
    ],
)
def test_each_kind_shows_what_it_may(kind, value, shown):
    assert mask(kind, value) == shown


@pytest.mark.parametrize("kind", ["id_card", "bank_account", "mobile"])
@pytest.mark.parametrize("value", ["1234", "恶性肿瘤", "no number at all"])
def test_what_does_not_look_like_its_kind_is_hidden_whole(kind, value):
    assert mask(kind, value) == HIDDEN


@pytest.mark.parametrize("value", [None, "", "  "])
def test_nothing_is_shown_for_nothing(value):
    assert mask("id_card", value) == ""


@pytest.mark.parametrize(
    ("name", "surname", "middle"),
    [
        ("王小明", "王**", "王*明"),
        ("王明", "王**", "王*"),
        ("欧阳小明", "欧阳**", "欧阳*明"),
        ("欧阳明", "欧阳**", "欧阳*"),
        ("东方", "东**", "东*"),
        ("阿依古丽", "阿**", "阿**丽"),
        ("王", "王**", "王*"),
        ("", "", ""),
    ],
)
def test_a_name_on_a_notice_is_shortened_in_one_of_two_styles(name, surname, middle):
    assert mask_name(name) == surname
    assert mask_name(name, NameStyle.MIDDLE) == middle


@given(st.sampled_from(["id_card", "bank_account", "mobile", "health", "text", "?"]), st.text())
def test_no_mask_shows_more_than_seven_characters_of_a_value(kind, value):
    shown = mask(kind, value).replace("*", "").replace("●", "").strip()
    assert len(shown) <= 7
