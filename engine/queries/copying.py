"""A new form from an earlier case: what can be taken over, and what cannot, with the reason.

Only from a case that the person started, and only what the present form asks. Never: files (they belong
to their case), sensitive values (a sealed value is bound to its case and field, and an account or an
illness may be another by now), what is computed or known of the person anyway, and declarations,
which are made each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from engine.actors import Actor
from engine.catalog.definition import Definition
from engine.catalog.steps import read_candidates
from engine.commands.access import holders_of, place_keys
from engine.engine import Engine
from engine.errors import NotFound
from engine.forms import Field, Form
from engine.forms.paths import find, put
from engine.queries.masked import sensitive_kinds
from engine.sealing import is_sealed
from engine.store.tables import case_document, instance

#: Why something was not taken over.
FILE, SENSITIVE, DECLARATION, GONE, REFUSED = "file", "sensitive", "declaration", "gone", "refused"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A field that has a value in the earlier case and none in the new form."""

    label: str
    why: str


@dataclass(frozen=True, slots=True)
class Copied:
    """The earlier case, what is taken over from it, and what is not."""

    id: str
    title: str
    number: str | None
    form: dict[str, Any]
    left_out: tuple[LeftOut, ...]


def copied(
    connection: Connection, house: Engine, actor: Actor, definition: Definition, instance_id: str
) -> Copied:
    """What a new case's form begins with; raise `NotFound` for a case that is not the actor's own."""
    row = connection.execute(
        select(
            instance.c.id,
            instance.c.key,
            instance.c.definition_id,
            instance.c.title,
            instance.c.number,
            instance.c.starter_id,
            case_document.c.content,
        )
        .join(case_document)
        .where(instance.c.id == instance_id)
    ).one_or_none()
    if row is None or row.starter_id != actor.id or row.key != definition.key:
        raise NotFound(instance=instance_id)
    form = definition.start_form
    if form is None:
        return Copied(row.id, row.title, row.number, {}, ())
    before = house.catalog.get(row.definition_id)
    taking = _Taking(frozenset(sensitive_kinds(before)) | frozenset(sensitive_kinds(definition)))
    taking.take(form.components, row.content)
    _refused(house, actor, form, taking)
    if before.start_form is not None:
        asked = {path for path, _ in form.fields()}
        for path, one in before.start_form.fields():
            if "[]" not in path and path not in asked and _has_value(find(row.content, one.path)):
                taking.leave(one, GONE)
    return Copied(row.id, row.title, row.number, taking.values, tuple(taking.left_out))


@dataclass
class _Taking:
    """What has been taken over so far."""

    #: Keys that are sensitive in the earlier form or in the present one.
    sensitive: frozenset[str]
    values: dict[str, Any] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)

    def leave(self, one: Field, why: str) -> None:
        """Say that a field is left out, once."""
        said = LeftOut(one.label, why)
        if one.label and said not in self.left_out:
            self.left_out.append(said)

    def take(
        self,
        fields: tuple[Field, ...],
        stored: Mapping[str, Any],
        into: dict[str, Any] | None = None,
    ) -> None:
        """Take over the fields of one level: of the form, or of a row of a list."""
        target = self.values if into is None else into
        for one in fields:
            if one.type == "group":
                self.take(one.children, stored, target)
                continue
            value = find(stored, one.path) if one.path else None
            if not _has_value(value):
                continue
            why = self._why_not(one, value)
            if why:
                self.leave(one, why)
            elif one.type == "dynamiclist":
                rows: list[dict[str, Any]] = []
                for row in value if isinstance(value, list) else ():
                    rows.append({})
                    self.take(one.children, row if isinstance(row, Mapping) else {}, rows[-1])
                put(target, one.path, rows)
            elif not (one.type == "expression" or one.readonly is True or one.prefill):
                put(target, one.path, value)

    def _why_not(self, one: Field, value: Any) -> str:
        if one.type == "attachments":
            return FILE
        if one.key in self.sensitive or _holds_sealed(value, lists=one.type != "dynamiclist"):
            return SENSITIVE
        return DECLARATION if one.type == "checkbox" and one.required else ""


@dataclass(frozen=True, slots=True)
class _Offered:
    """Who can be chosen now; no file and no stored value can be kept."""

    house: Engine
    places: Mapping[str, str]
    person: str

    def may_choose(self, person: str, candidates: str) -> bool:
        """Whether the person holds one of the roles today."""
        keys = [
            key
            for one in read_candidates(candidates, "candidates")
            for key in place_keys(self.house.directory, self.places, one)
        ]
        return person != self.person and person in holders_of(self.house.directory, keys)

    def attachment_kind(self, file: str) -> str | None:
        """No file of another case."""
        return None

    def attachment_size(self, file: str) -> int:
        """None of them has one."""
        return 0

    def may_keep(self, path: str, token: str) -> bool:
        """No value of another case."""
        return False


def _refused(house: Engine, actor: Actor, form: Form, taking: _Taking) -> None:
    """What the present form would not take any more: an option that is gone, a person who has left."""
    facts = {"applicant": house.directory.facts(actor.id)}
    cleaned = form.validate(
        taking.values,
        context=facts,
        known=_Offered(house, house.directory.places(actor.id), actor.id),
        now=house.clock.now().astimezone(house.zone),
        partial=True,
    )
    by_path = dict(form.fields())
    for error in cleaned.errors:
        path = error.path.partition("[")[0]
        one = by_path.get(path)
        if one is not None:
            put(taking.values, one.path, None)
            taking.leave(one, REFUSED)


def _has_value(value: Any) -> bool:
    return value is not None and value is not False and value not in ("", [], {})


def _holds_sealed(value: Any, *, lists: bool) -> bool:
    if isinstance(value, list):
        return lists and any(_holds_sealed(one, lists=True) for one in value)
    return is_sealed(value)
