"""Which items a notice may show and how its results are called: data, read from notice.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.abilities import arguments
from engine.abilities.arguments import refuse
from engine.abilities.base import Call
from engine.abilities.disclosure import looks_sensitive, refuse_sealed
from engine.masking import NameStyle, mask_name

_FILE = Path(__file__).with_name("notice.toml")
_LONGEST_ITEM = 200
#: `names`: shown as given instead of masked.
_FULL = "full"


@dataclass(frozen=True, slots=True)
class NoticeRules:
    """The whitelist (key → name or text) and the four results."""

    items: Mapping[str, str]
    none: str
    under_review: str
    upheld: str
    dismissed: str

    @classmethod
    def load(cls, path: Path = _FILE) -> NoticeRules:
        """Read the file that is shipped, or an installation's own; `ValueError` if it is not one."""
        facts = tomllib.loads(path.read_text(encoding="utf-8"))
        unknown = set(facts["items"].values()) - {"name", "text"}
        if unknown:
            raise ValueError(f"{path.name}: items are shown as name or text, not {sorted(unknown)}")
        return cls(items=dict(facts["items"]), **facts["results"])


def published_items(call: Call, rules: NoticeRules) -> dict[str, str]:
    """The argument `items` as it may be published; names masked as `names` says.

    Raise `InvalidArgument` for a key that is not on the list, for anything but a short line of text
    or a number, and for what repeats or looks like a sensitive value. The error never shows it.
    """
    given = arguments.context(call, "items")
    style = arguments.optional_text(call, "names", 16) or NameStyle.MIDDLE.value
    if style != _FULL and style not in set(NameStyle):
        raise refuse(call, "names", f"{_FULL} or one of {', '.join(NameStyle)}")
    if not given or any(key not in rules.items for key in given):
        raise refuse(call, "items", f"a context with keys among {', '.join(rules.items)}")
    shown = {}
    for key, value in given.items():
        text = _line(call, key, value)
        if looks_sensitive(text):
            raise refuse(call, f"items.{key}", "nothing like an ID card, account or mobile number")
        masked = rules.items[key] == "name" and style != _FULL
        shown[key] = mask_name(text, style) if masked else text
    # The masked name may well be part of a sealed text; what is published must not repeat one.
    refuse_sealed(call, "items", shown)
    return shown


def _line(call: Call, key: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise refuse(call, f"items.{key}", "one line of text, or a number")
    text = str(value).strip()
    if not 1 <= len(text) <= _LONGEST_ITEM or not text.isprintable():
        raise refuse(call, f"items.{key}", f"one line of 1 to {_LONGEST_ITEM} characters")
    return text
