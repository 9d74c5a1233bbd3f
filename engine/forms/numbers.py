"""Numbers that carry their own check: identity cards, bank accounts, mobile phones."""

from __future__ import annotations

import datetime
import re

_ID_CARD = re.compile(r"[1-9][0-9]{16}[0-9X]")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK_CHARACTERS = "10X98765432"
_ACCOUNT = re.compile(r"[0-9]{13,19}")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
#: What each digit counts for when Luhn's rule doubles it.
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def id_card_fault(number: str, today: datetime.date) -> str | None:
    """What is wrong with a citizen identity number, as an error code; None when nothing is.

    GB 11643-1999: 6 digits of place, 8 of birth date, 3 of order, one check character
    (ISO 7064 MOD 11-2). The place is not looked up: codes of dissolved counties stay valid.
    """
    if not _ID_CARD.fullmatch(number):
        return "id_card_format"
    try:
        born = datetime.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "id_card_birth_date"
    if born.year < 1850 or born > today:
        return "id_card_birth_date"
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _ID_WEIGHTS, strict=True))
    if _ID_CHECK_CHARACTERS[total % 11] != number[17]:
        return "id_card_check_digit"
    return None


def bank_account_fault(number: str) -> str | None:
    """What is wrong with a bank card number, as an error code; None when nothing is.

    13 to 19 digits (JR/T 0008), the last a check digit by Luhn's rule (ISO/IEC 7812-1).
    """
    if not _ACCOUNT.fullmatch(number):
        return "bank_account_format"
    digits = [int(digit) for digit in reversed(number)]
    total = sum(digits[0::2]) + sum(_DOUBLED[digit] for digit in digits[1::2])
    return None if total % 10 == 0 and total else "bank_account_check_digit"


def mobile_fault(number: str) -> str | None:
    """What is wrong with a mobile number of the mainland (11 digits), as an error code."""
    return None if _MOBILE.fullmatch(number) else "mobile_format"
