"""The field types that carry a value: how each is read, which rules it obeys, how it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.forms.field import Field
from engine.forms.limits import (
    Surroundings,
    obey_bank_account,
    obey_count,
    obey_date,
    obey_id_card,
    obey_mobile,
    obey_money,
    obey_nothing,
    obey_number,
    obey_text,
)
from engine.forms.values import (
    read_choice,
    read_choices,
    read_date,
    read_digits,
    read_ids,
    read_line,
    read_money,
    read_number,
    read_text,
    read_tick,
)

Read = Callable[[Field, Any], Any]
Obey = Callable[[Field, Any, Surroundings], None]


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
