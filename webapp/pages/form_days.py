"""Days that people type into the administrators' forms."""

from __future__ import annotations

from datetime import date

from flask import request

from engine.errors import ChangeRefused


def day_of(name: str) -> date | None:
    """The day in a field of the form; None where it is empty. Raise `ChangeRefused`."""
    return _read(request.form.get(name, "").strip())


def day_asked(name: str) -> date | None:
    """The day in the address; None where there is none or it is no day."""
    try:
        return _read(request.args.get(name, "").strip())
    except ChangeRefused:
        return None


def _read(text: str) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise ChangeRefused("no_day") from None
    if not 1900 <= found.year <= 2200:
        raise ChangeRefused("no_day")
    return found
