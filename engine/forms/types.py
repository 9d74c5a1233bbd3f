"""The field types: how a value of each is read, and which rules apply to it.

`read` refuses what is malformed and runs always; `obey` holds the form's rules and runs only when
a form is handed in for good. Both raise `Bad`.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import regex  # type: ignore[import-untyped]  # the package ships no types

from engine.forms.expression import Expression, Moment
from engine.forms.field import Bad, Field, KnownValues
from engine.forms.numbers import bank_account_fault, id_card_fault, mobile_fault

#: The largest whole number a browser can hold exactly (2^53 - 1).
MAX_NUMBER = 9_007_199_254_740_991
#: Characters a text may have when the form does not say.
MAX_LINE, MAX_TEXT = 1_000, 20_000
#: Entries a list may have when the form does not say.
MAX_ITEMS = 200
#: Characters of an opaque id.
MAX_ID = 64
#: A pattern that needs longer than this many seconds counts as not matched.
PATTERN_SECONDS = 0.05

# Control characters, halves of surrogate pairs (not storable), marks that reverse the reading
# direction (they make a text look like another one) and non-characters.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"
    "\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SEPARATORS = re.compile(r"[ \-]")
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


Read = Callable[[Field, Any], Any]
Obey = Callable[[Field, Any, Surroundings], None]


def read_line(field: Field, value: Any) -> str:
    """One line of text, without white space around it."""
    text = _text(value, MAX_LINE).strip()
    if "\n" in text or "\r" in text or "\x85" in text or "\u2028" in text or "\u2029" in text:
        raise Bad("one_line")
    return text


def read_text(field: Field, value: Any) -> str:
    """Text of several lines; line ends become `\\n`."""
    return _text(value, MAX_TEXT).replace("\r\n", "\n").replace("\r", "\n")


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


def read_number(field: Field, value: Any) -> int | float:
    """A number; whole ones become int, as JSON does not tell 1 from 1.0."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Bad("not_a_number")
    if isinstance(value, float) and not math.isfinite(value):
        raise Bad("not_a_number")
    if abs(value) > MAX_NUMBER:
        raise Bad("too_large")
    return int(value) if value == int(value) else value


def obey_number(field: Field, value: int | float, around: Surroundings) -> None:
    """Smallest, largest, decimal places."""
    digits = field.rules.get("decimalDigits")
    if digits is not None:
        exponent = Decimal(repr(value)).as_tuple().exponent
        if isinstance(exponent, int) and -exponent > digits:
            raise Bad("too_many_decimals", digits=digits)
    _between(field, Decimal(repr(value)), around, "below_min", "above_max", "")


def read_money(field: Field, value: Any) -> int:
    """An amount in whole 分, not negative."""
    number = read_number(field, value)
    if not isinstance(number, int):
        raise Bad("amount_not_whole_fen")
    if number < 0:
        raise Bad("amount_negative")
    return number


def obey_money(field: Field, value: int, around: Surroundings) -> None:
    """Smallest and largest amount, in 分."""
    _between(field, Decimal(value), around, "amount_below_min", "amount_above_max", "_fen")


def read_tick(field: Field, value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise Bad("wrong_type")
    return value


def read_choice(field: Field, value: Any) -> object:
    """One of the options; which ones there are is known later."""
    if isinstance(value, str):
        return _text(value, MAX_LINE)
    if isinstance(value, bool | int | float) and value == value:
        return value
    raise Bad("wrong_type")


def read_choices(field: Field, value: Any) -> list[object]:
    """Several of the options, each once."""
    chosen = [read_choice(field, item) for item in _list(value)]
    if len({(isinstance(item, bool), item) for item in chosen}) != len(chosen):
        raise Bad("duplicate")
    return chosen


def read_date(field: Field, value: Any) -> str:
    """A date `YYYY-MM-DD`."""
    if not isinstance(value, str):
        raise Bad("wrong_type")
    if len(value) != 10 or not _DATE.fullmatch(value):
        raise Bad("not_a_date")
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        raise Bad("not_a_date") from None
    return value


def obey_date(field: Field, value: str, around: Surroundings) -> None:
    """Not in the past, where the form says so."""
    if field.rules.get("disallowPassedDates") and value < around.moment.now.date().isoformat():
        raise Bad("date_in_past")


def read_digits(field: Field, value: Any) -> str:
    """A number written as text; the blanks and hyphens people type between groups go."""
    return _SEPARATORS.sub("", read_line(field, value)).upper()


def obey_id_card(field: Field, value: str, around: Surroundings) -> None:
    """GB 11643."""
    _refuse(id_card_fault(value, around.moment.now.date()))


def obey_bank_account(field: Field, value: str, around: Surroundings) -> None:
    """Length and Luhn's check digit."""
    _refuse(bank_account_fault(value))


def obey_mobile(field: Field, value: str, around: Surroundings) -> None:
    """Eleven digits of a mainland mobile number."""
    _refuse(mobile_fault(value))


def read_ids(field: Field, value: Any) -> list[str]:
    """A list of opaque ids, each once."""
    ids = _list(value)
    for item in ids:
        if not isinstance(item, str) or not item:
            raise Bad("wrong_type")
        if len(item) > MAX_ID:
            raise Bad("too_long", max=MAX_ID)
        _text(item, MAX_ID)
    if len(set(ids)) != len(ids):
        raise Bad("duplicate")
    return ids


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


@dataclass(frozen=True, slots=True)
class Type:
    """One field type. `kind` is how a value is shown in a dossier."""

    kind: str
    read: Read
    obey: Obey = obey_nothing
    #: What stands in the document when nothing was filled in.
    empty: object = None


#: Field types that carry a value read from a request.
TYPES: dict[str, Type] = {
    "textfield": Type("text", read_line, obey_text),
    "textarea": Type("long_text", read_text, obey_text),
    "number": Type("number", read_number, obey_number),
    "money": Type("money", read_money, obey_money),
    "select": Type("option", read_choice),
    "radio": Type("option", read_choice),
    "checkbox": Type("boolean", read_tick, empty=False),
    "checklist": Type("options", read_choices, obey_count, empty=()),
    "datetime": Type("date", read_date, obey_date),
    "idcard": Type("id_card", read_digits, obey_id_card),
    "bankaccount": Type("bank_account", read_digits, obey_bank_account),
    "mobile": Type("mobile", read_digits, obey_mobile),
    "persons": Type("persons", read_ids, obey_count, empty=()),
    "attachments": Type("attachments", read_ids, obey_count, empty=()),
}


def _refuse(fault: str | None) -> None:
    if fault is not None:
        raise Bad(fault)


def _text(value: Any, longest: int) -> str:
    if not isinstance(value, str):
        raise Bad("wrong_type")
    if len(value) > longest:
        raise Bad("too_long", max=longest)
    if _FORBIDDEN.search(value):
        raise Bad("forbidden_character")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Bad("wrong_type")
    if len(value) > MAX_ITEMS:
        raise Bad("too_many_items", max=MAX_ITEMS)
    return value


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


def compile_pattern(text: str) -> Any:
    """A form's pattern, digits and letters meaning ASCII as in a browser; raises `regex.error`."""
    # `$` of a browser is the very end; Python's would also match before a last line break.
    return regex.compile(re.sub(r"(?<!\\)\$$", r"\\Z", text), regex.ASCII)
