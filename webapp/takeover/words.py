"""What kinds of lines, what becomes of them, and what was left out, in words."""

from __future__ import annotations

from webapp.language import gettext as _
from webapp.takeover.columns import sheet_title


def kind_text(kind: str) -> str:
    """What a kind of line is called."""
    return sheet_title(kind, _)


def state_text(state: str) -> str:
    """What becomes of a line."""
    return {
        "created": _("new"),
        "changed": _("changed"),
        "unchanged": _("unchanged"),
        "refused": _("refused"),
    }[state]


def remark_text(code: str, name: str) -> str:
    """Why a sheet was left out."""
    if code == "hidden":
        return _("The sheet “%(name)s” is hidden and was left out.", name=name)
    return _("The sheet “%(name)s” was left out: its headings are not known here.", name=name)
