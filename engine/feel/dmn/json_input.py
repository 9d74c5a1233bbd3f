"""Inputs from JSON: a text where the model wants a date becomes that date."""

from collections.abc import Callable, Mapping
from typing import Any

from engine.feel import iso
from engine.feel.dmn.item_types import ConstrainedType
from engine.feel.types import ContextType, FeelType, ListType

_READERS: Mapping[str, Callable[[str], Any]] = {
    "date": iso.read_date,
    "time": iso.read_time,
    "date and time": iso.read_date_time,
    "years and months duration": iso.read_duration,
    "days and time duration": iso.read_duration,
}


def shaped(value: Any, wanted: FeelType) -> Any:
    """The value with texts read as what their type says; what does not fit stays as it is."""
    if isinstance(wanted, ConstrainedType):
        return shaped(value, wanted.base)
    if isinstance(value, str):
        reader = _READERS.get(wanted.name)
        if reader is None:
            return value
        try:
            return reader(value)
        except ValueError:
            return value  # the type check that follows says so
    if isinstance(value, list):
        item = wanted.item if isinstance(wanted, ListType) else wanted
        return [shaped(each, item) for each in value]
    if isinstance(value, dict) and isinstance(wanted, ContextType):
        return {
            name: shaped(item, wanted.fields[name]) if name in wanted.fields else item
            for name, item in value.items()
        }
    return value
