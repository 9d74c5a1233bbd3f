"""Made-up numbers that pass the checks and can belong to nobody.

Identity numbers carry a region code that was never given out, mobiles and accounts a block of zeros.
"""

from __future__ import annotations

from datetime import date

#: No region has this code.
REGION = "329900"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def identity_number(birth: date, order: int, *, female: bool) -> str:
    """An identity number with its check digit; the last of the three order digits tells the sex."""
    serial = order % 500 * 2 + (0 if female else 1)
    digits = f"{REGION}{birth:%Y%m%d}{serial:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return digits + _CHECK[total % 11]


def mobile_number(order: int) -> str:
    """A mobile number of a block of zeros."""
    return f"1390000{order % 10000:04d}"


def account_number(order: int) -> str:
    """A bank account with its check digit (Luhn)."""
    digits = f"62999999{order:010d}"
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)
