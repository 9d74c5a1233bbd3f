"""Which values of a case an administrator may correct on its page, and how what they write is read.

Simple values of the forms that stand at the top of the document: text, numbers, amounts, dates, ticks.
What is sealed or reserved is left out here and refused by the command.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from engine.catalog.definition import Definition
from engine.errors import Invalid
from engine.forms.field import Field
from engine.forms.problems import RESERVED
from engine.queries.case import CaseView, read_case
from engine.sealing import is_sealed
from engine.store.unit_of_work import UnitOfWork
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages import filters

_SIMPLE = ("textfield", "textarea", "number", "money", "checkbox", "datetime")
_YES, _NO = ("yes", "true", "1", "是"), ("no", "false", "0", "否", "")
#: No number that JSON would not give back.
_LARGEST = 2**53
#: As much of a value as stands in the list.
_SHOWN = 30


def correctable(case: CaseView) -> list[dict[str, Any]]:
    """The values as options, each with what the case says now."""
    english = case.definition.english if language() == "en" else {}
    return [
        {
            "value": name,
            "label": english.get(field.label, field.label) or name,
            "note": _shown(field, case.document[name]),
        }
        for name, field in _fields(case.definition).items()
        if name in case.document and not is_sealed(case.document[name])
    ]


def _fields(definition: Definition) -> dict[str, Field]:
    """The simple fields at the top of the document, by name."""
    forms = [definition.start_form]
    forms += [definition.form_of(step) for step in definition.steps.values() if not step.into]
    return {
        name: field
        for form in forms
        if form is not None
        for name, field in form.fields()
        if field.type in _SIMPLE
        and not field.sensitive
        and name not in RESERVED
        and "." not in name
        and "[" not in name
    }


def _shown(field: Field, value: Any) -> str:
    if value in (None, ""):
        return _("empty")
    if field.type == "money" and isinstance(value, int):
        return filters.money(value)
    if field.type == "checkbox":
        return _("yes") if value else _("no")
    text = str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def read_value(uow: UnitOfWork, case_id: str, name: str, written: str) -> dict[str, Any]:
    """What the form sent, as the document keeps it; raise `Invalid`."""
    case = read_case(uow.connection, uow.engine, uow.actor, case_id)
    field = _fields(case.definition).get(name)
    if field is None:
        raise Invalid(fields=[name])
    written = written.strip()
    try:
        return {name: _read(field.type, written)}
    except ValueError:
        raise Invalid(fields=[name]) from None


def _read(type: str, written: str) -> Any:
    if type == "checkbox":
        if written.lower() in (*_YES, *_NO):
            return written.lower() in _YES
        raise ValueError(written)
    if type in ("textfield", "textarea"):
        return written
    if not written:
        return None
    if type == "datetime":
        return date.fromisoformat(written).isoformat()
    plain = written.replace(",", "").replace("¥", "").strip()
    if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,9})?", plain):
        raise ValueError(written)
    if type == "money":
        return _fen(plain)
    number = float(plain) if "." in plain else int(plain)
    if abs(number) > _LARGEST:
        raise ValueError(written)
    return number


def _fen(plain: str) -> int:
    """Yuan as fen, without a detour over binary fractions."""
    yuan, _point, cents = plain.partition(".")
    if len(cents) > 2 or len(yuan) > 13:
        raise ValueError(plain)
    sign = -1 if yuan.startswith("-") else 1
    return sign * (abs(int(yuan)) * 100 + int(cents.ljust(2, "0")))
