"""A form's rules for values that could be read: lengths, limits, patterns, check digits.

Each `obey_…` raises `Bad` for the first rule that does not hold. A rule's own value may be FEEL.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import regex

from engine.forms.expression import Expression, Moment
from engine.forms.field import Bad, Field, KnownValues
from engine.forms.numbers import bank_account_fault, id_card_fault, mobile_fault

#: A pattern that needs longer than this many seconds counts as not matched.
PATTERN_SECONDS = 0.05
# The shape that browsers ask of <input type="email"> (HTML Standard), with a dot required.
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
)
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a rule may look at besides the value."""

    scope: Mapping[str, Any]
    moment: Moment
    known: KnownValues

    def value_of(self, rule: object) -> object:
        """A rule's value: as written, or evaluated."""
        if isinstance(rule, Expression):
            return rule.evaluate(self.scope, self.moment)
        return rule


def obey_text(field: Field, value: str, around: Surroundings) -> None:
    """Length, pattern and the ready-made formats of form-js."""
    rules = field.rules
    if not rules:
        return
    longest = _limit(rules.get("maxLength"), around)
    if longest is not None and len(value) > longest:
        raise Bad("too_long", max=longest)
    shortest = _limit(rules.get("minLength"), around)
    if shortest is not None and len(value) < shortest:
        raise Bad("too_short", min=shortest)
    kind = rules.get("validationType")
    if kind == "email" and not _EMAIL.fullmatch(value):
        raise Bad("email")
    if kind == "phone" and not _PHONE.fullmatch(value):
        raise Bad("phone")
    pattern = rules.get("pattern")
    if pattern is not None and not _matches(pattern, value):
        text = rules.get("patternErrorMessage")
        raise Bad("pattern_text", text=text) if text else Bad("pattern")


def obey_number(field: Field, value: int | float, around: Surroundings) -> None:
    """Smallest, largest, decimal places."""
    digits = _limit(field.rules.get("decimalDigits"), around)
    if digits is not None:
        exponent = Decimal(repr(value)).as_tuple().exponent
        if isinstance(exponent, int) and -exponent > digits:
            raise Bad("too_many_decimals", digits=digits)
    _between(field, Decimal(repr(value)), around, "below_min", "above_max", "")


def obey_money(field: Field, value: int, around: Surroundings) -> None:
    """Smallest and largest amount, in 分."""
    _between(field, Decimal(value), around, "amount_below_min", "amount_above_max", "_fen")


def obey_date(field: Field, value: str, around: Surroundings) -> None:
    """Not in the past, where the form says so."""
    if field.rules.get("disallowPassedDates") and value < around.moment.now.date().isoformat():
        raise Bad("date_in_past")


def obey_id_card(field: Field, value: str, around: Surroundings) -> None:
    """GB 11643."""
    _refuse(id_card_fault(value, around.moment.now.date()))


def obey_bank_account(field: Field, value: str, around: Surroundings) -> None:
    """Length and Luhn's check digit."""
    _refuse(bank_account_fault(value))


def obey_mobile(field: Field, value: str, around: Surroundings) -> None:
    """Eleven digits of a mainland mobile number."""
    _refuse(mobile_fault(value))


def obey_count(field: Field, value: list[Any], around: Surroundings) -> None:
    """Fewest and most entries."""
    fewest = _limit(field.rules.get("minItems"), around)
    if fewest is not None and len(value) < fewest:
        raise Bad("too_few_items", min=fewest)
    most = _limit(field.rules.get("maxItems"), around)
    if most is not None and len(value) > most:
        raise Bad("too_many_items", max=most)


def obey_nothing(field: Field, value: object, around: Surroundings) -> None:
    """No rules of its own."""


def compile_pattern(text: str) -> Any:
    """A form's pattern, digits and letters meaning ASCII as in a browser; raises `regex.error`."""
    # `$` of a browser is the very end; Python's would also match before a last line break.
    return regex.compile(re.sub(r"(?<!\\)\$$", r"\\Z", text), regex.ASCII)


def _refuse(fault: str | None) -> None:
    if fault is not None:
        raise Bad(fault)


def _limit(rule: object, around: Surroundings) -> int | None:
    """A length or count, which may be FEEL. One that cannot be computed refuses: fail closed."""
    if rule is None or type(rule) is int:
        return rule
    value = around.value_of(rule)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Bad("not_checkable")
    return int(value)


def _between(
    field: Field, value: Decimal, around: Surroundings, low: str, high: str, unit: str
) -> None:
    for name, code in (("min", low), ("max", high)):
        rule = field.rules.get(name)
        if rule is None:
            continue
        limit = around.value_of(rule)
        if isinstance(limit, bool) or not isinstance(limit, int | float | Decimal):
            raise Bad("not_checkable")
        exact = Decimal(str(limit))
        if value < exact if name == "min" else value > exact:
            shown = int(exact) if exact == exact.to_integral_value() else float(exact)
            raise Bad(code, **{name + unit: shown})


def _matches(pattern: Any, value: str) -> bool:
    """Like JavaScript's `test`: anywhere in the text, unless the pattern is anchored."""
    try:
        return pattern.search(value, timeout=PATTERN_SECONDS) is not None
    except TimeoutError:
        return False
