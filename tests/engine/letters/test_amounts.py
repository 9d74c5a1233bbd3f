"""Capital amounts: the examples of 《正确填写票据和结算凭证的基本规定》 and the corners."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.letters import amount_in_words
from engine.letters.amounts import LIMIT_FEN


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (5, "伍分"),
        (10, "壹角整"),
        (11, "壹角壹分"),
        (100, "壹元整"),
        (101, "壹元零壹分"),
        (110, "壹元壹角整"),
        (1000, "壹拾元整"),
        (1005, "壹拾元零伍分"),
        (1100, "壹拾壹元整"),
        (10000, "壹佰元整"),
        (10100, "壹佰零壹元整"),
        (11000, "壹佰壹拾元整"),
        (140950, "壹仟肆佰零玖元伍角整"),  # the rule's example
        (600714, "陆仟零柒元壹角肆分"),  # the rule's example
        (168032, "壹仟陆佰捌拾元叁角贰分"),  # the rule's example
        (10700053, "壹拾万零柒仟元伍角叁分"),  # the rule's example
        (1640902, "壹万陆仟肆佰零玖元零贰分"),  # the rule's example
        (32504, "叁佰贰拾伍元零肆分"),  # the rule's example
        (500000, "伍仟元整"),
        (1000000, "壹万元整"),
        (1000100, "壹万零壹元整"),
        (1010000, "壹万零壹佰元整"),
        (10000000, "壹拾万元整"),
        (100000000, "壹佰万元整"),
        (100100000, "壹佰万零壹仟元整"),
        (10000000000, "壹亿元整"),
        (10000000100, "壹亿零壹元整"),
        (10001000000, "壹亿零壹万元整"),
        (10000000001, "壹亿元零壹分"),
        (10010001000, "壹亿零壹拾万零壹拾元整"),
        (1234567890123, "壹佰贰拾叁亿肆仟伍佰陆拾柒万捌仟玖佰零壹元贰角叁分"),
        (99999999999999, "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_an_amount_is_written_as_the_rule_says(fen, words):
    assert amount_in_words(fen) == "人民币" + words


@pytest.mark.parametrize("fen", [-1, LIMIT_FEN, 1.0, "100", True, None])
def test_what_is_no_amount_to_pay_is_refused(fen):
    with pytest.raises(ValueError, match="an amount"):
        amount_in_words(fen)


VALUES = dict(zip("零壹贰叁肆伍陆柒捌玖", range(10), strict=True))
UNITS = {"拾": 10, "佰": 100, "仟": 1000}


def read_back(words):
    """The amount that a person reads from the words."""
    total = group = digit = 0
    for character in words.removeprefix("人民币").removesuffix("整"):
        if character in VALUES:
            digit = VALUES[character]
            continue
        if character in UNITS:
            group += digit * UNITS[character]
        elif character in "万亿元":
            power = {"万": 10**6, "亿": 10**10, "元": 100}[character]
            total += (group + digit) * power
            group = 0
        else:
            total += digit * {"角": 10, "分": 1}[character]
        digit = 0
    return total


@given(st.integers(0, LIMIT_FEN - 1))
def test_the_words_say_the_amount_and_nothing_else(fen):
    words = amount_in_words(fen)
    assert read_back(words) == fen
    assert "零零" not in words
    assert words.endswith("整") == (fen % 10 == 0)
