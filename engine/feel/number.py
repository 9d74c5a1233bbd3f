"""The arithmetic of FEEL numbers: IEEE 754-2008 decimal128."""

from decimal import (
    ROUND_HALF_EVEN,
    Clamped,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)

#: Never changed; `Decimal` operators would use the caller's context instead, so use its methods.
NUMBERS = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
NUMBERS.traps[Clamped] = False

ZERO = Decimal(0)
ONE = Decimal(1)


def as_integer(value: Decimal) -> int | None:
    """The integer a number is, or None. Huge exponents are refused, not expanded."""
    if value.adjusted() > 40:
        return None
    return int(value) if value == value.to_integral_value() else None


def number_text(value: Decimal) -> str:
    """Digits as people write them: no exponent, no trailing zeros."""
    if not value:
        return "0"
    if not -40 < value.adjusted() < 40:
        return str(value.normalize(NUMBERS))
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
