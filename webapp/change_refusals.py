"""Why a change of the organisation, its calendar, numbers, texts or funds is refused, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from webapp.language import gettext as _
from webapp.language import ngettext


def refusal(why: str, parts: Mapping[str, object]) -> str:
    """The sentence; what the change would break, with its numbers and days."""
    if why == "unit_in_use":
        return _in_use(parts)
    known = _sentences()
    text = known.get(why) or _("This change would break something. Nothing was changed.")
    values = {name: _shown(value) for name, value in parts.items()}
    return text % values if "%(" in text else text


def _shown(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return _("open end") if value is None else str(value)


def _in_use(parts: Mapping[str, object]) -> str:
    def count(name: str) -> int:
        found = parts.get(name, 0)
        return found if isinstance(found, int) else 0

    said = []
    if count("people"):
        said.append(ngettext("%(num)s person", "%(num)s people", count("people")))
    if count("roles"):
        said.append(ngettext("%(num)s role held", "%(num)s roles held", count("roles")))
    if count("below"):
        said.append(ngettext("%(num)s unit below it", "%(num)s units below it", count("below")))
    if count("cases"):
        said.append(ngettext("%(num)s running case", "%(num)s running cases", count("cases")))
    return _(
        "The unit cannot end yet, there is still: %(what)s. Move or end these first, or merge the unit.",
        what=_(", ").join(said),
    )


def _sentences() -> dict[str, str]:
    return {
        "overlaps": _(
            "This person already holds the role there from %(since)s to %(until)s. "
            "Two periods of one role may not overlap."
        ),
        "ends_already": _("This role already ends on %(until)s. An end is moved forward only."),
        "last_administrator": _(
            "Then nobody could administer any more. Give the role to somebody else first."
        ),
        "too_long": _("This text is too long: at most %(longest)s characters."),
        "unit_over": _("%(name)s has ended. Choose another unit, or open it again."),
        "root_stays": _("The top of the organisation stays where it is."),
        "wrong_order": _("A unit stands below one of a higher kind."),
        "ends_before": _("A unit cannot end before its first day."),
        "before_founded": _("The unit does not stand on that day."),
        "not_ended": _("Only a unit that has ended without merging can be opened again."),
    }
