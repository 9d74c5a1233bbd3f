"""A line of the sheet of units: known by its code."""

from __future__ import annotations

import re

from sqlalchemy import select

from webapp.accounts.tables import unit
from webapp.accounts.units import LONGEST_NAME, add_unit, found_unit, move_unit, rename_unit
from webapp.language import gettext as _
from webapp.language import gettext_in
from webapp.takeover.cells import Fields
from webapp.takeover.columns import UNITS, plain, unit_kinds
from webapp.takeover.known import Known, Place
from webapp.takeover.outcome import CHANGED, CREATED, UNCHANGED, Outcome

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def take_unit(known: Known, fields: Fields, number: int) -> Outcome:
    """Add a unit, or rename and move the one with this code, from today."""
    code = fields.text("code", 64, required=True) or ""
    name = fields.text("name", LONGEST_NAME, required=True) or ""
    fields.what = f"{name} {code}".strip()
    kind = fields.choice("kind", _kinds(), required=True) or ""
    founded = fields.day("founded_on")
    if code and not _CODE.fullmatch(code):
        fields.fault("code", _("has signs that a code cannot have"))
    if code and (first := known.twice(UNITS, code, number)) is not None:
        fields.fault("code", _("stands in row %(row)s already", row=first))
    parent = _parent(known, fields, kind)
    fields.check()
    uow, there = known.uow, known.places.get(code)
    if there is None:
        add_unit(uow, name, kind, parent=parent, id=code, founded_on=founded)
        known.add_place(Place(code, name, kind, parent))
        return Outcome(CREATED, fields.what)
    if there.kind != kind:
        fields.fault("kind", _("a unit keeps its kind"))
        fields.check()
    words = []
    if there.name != name:
        rename_unit(uow, code, name)
        words.append(_("name: %(before)s → %(after)s", before=there.name, after=name))
    if there.parent_id != parent and parent is not None:
        move_unit(uow, code, parent)
        before = known.places[there.parent_id].name if there.parent_id else ""
        after = known.places[parent].name
        words.append(_("unit above it: %(before)s → %(after)s", before=before, after=after))
    if founded is not None:
        before_day = uow.execute(select(unit.c.founded_on).where(unit.c.id == code)).scalar()
        if before_day != founded:
            found_unit(uow, code, founded)
            words.append(
                _("first day: %(before)s → %(after)s", before=before_day or "–", after=founded)
            )
    if words:
        known.add_place(Place(code, name, kind, parent or there.parent_id))
    return Outcome(CHANGED if words else UNCHANGED, fields.what, words)


def _parent(known: Known, fields: Fields, kind: str) -> str | None:
    text = fields.text("parent", LONGEST_NAME)
    if text is None:
        if kind and kind != "root":
            fields.fault("parent", _("is missing"))
        return None
    return one_place(known, fields, "parent", text)


def one_place(
    known: Known, fields: Fields, key: str, text: str, *, below: str | None = None
) -> str | None:
    """The id of the place that a cell names; a fault where there is none, or more than one."""
    found = known.find(text, below=below)
    if len(found) == 1 and known.places[found[0]].stands:
        return found[0]
    if len(found) > 1:
        codes = ", ".join(sorted(found)[:5])
        fields.fault(
            key, _("“%(name)s” are several units; write a code: %(codes)s", name=text, codes=codes)
        )
    elif found:
        fields.fault(key, _("the unit “%(name)s” has ended", name=text))
    else:
        fields.fault(key, _("there is no unit “%(name)s”", name=text))
    return None


def _kinds() -> dict[str, str]:
    found = {plain(kind): kind for kind in ("root", "cluster", "unit", "group")}
    for language in ("en", "zh"):
        found |= {plain(word): kind for word, kind in unit_kinds(gettext_in(language)).items()}
    return found
