"""Amounts in capital Chinese numerals, as letters and vouchers must show them."""

from __future__ import annotations

#: Amounts from here on (一万亿元) are refused: no such payment is meant.
LIMIT_FEN = 10**14

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿")


def amount_in_words(fen: int) -> str:
    """An amount in 分 as `人民币…元整`; raises `ValueError` for what is no amount to pay.

    《支付结算办法》附件一《正确填写票据和结算凭证的基本规定》: zeros between figures are 零, once
    for several; 整 after 元 and 角, none after 分; 拾 is written 壹拾. Where the rule leaves a
    choice (元位为零而角位不为零) no 零 is written.
    """
    if isinstance(fen, bool) or not isinstance(fen, int):
        raise ValueError("an amount is a whole number of fen")
    if not 0 <= fen < LIMIT_FEN:
        raise ValueError("an amount is not negative and less than 10^12 yuan")
    yuan, rest = divmod(fen, 100)
    jiao, cents = divmod(rest, 10)
    words = "人民币"
    if yuan or not rest:
        words += (_whole(yuan) or "零") + "元"
    if jiao:
        words += _DIGITS[jiao] + "角"
    elif cents and yuan:
        words += "零"
    return words + (_DIGITS[cents] + "分" if cents else "整")


def _whole(number: int) -> str:
    words, pending = "", False
    digits = str(number) if number else ""
    for index, digit in enumerate(digits):
        place = len(digits) - 1 - index
        if digit == "0":
            pending = True
        else:
            words += ("零" if pending else "") + _DIGITS[int(digit)] + _PLACES[place % 4]
            pending = False
        group = digits[max(0, index - 3) : index + 1] if place % 4 == 0 else ""
        if place and group.strip("0"):
            words += _GROUPS[place // 4]
    return words
