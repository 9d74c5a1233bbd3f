"""The shape of `process.toml`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from marshmallow import (
    RAISE,
    Schema,
    ValidationError,
    fields,
    post_load,
    validate,
    validates_schema,
)

from schemas.policy import Policy, PolicySchema
from schemas.reason import Reason, ReasonSchema

_NAME = validate.Regexp(r"^[a-z][a-z0-9_]{0,63}$", error="Use snake_case, at most 64 characters.")
#: How long an urger waits before urging again, unless the package says otherwise.
URGE_EVERY = timedelta(hours=4)
#: How many working days something may lie with somebody before it counts as stuck, unless the package says.
STUCK_AFTER = 5
_SPAN = re.compile(r"P(?=.)(?:(\d{1,3})D)?(?:T(?=.)(?:(\d{1,4})H)?(?:(\d{1,5})M)?)?")


def read_span(text: str) -> timedelta:
    """A span of days, hours and minutes such as `PT4H` or `P1DT12H`; raise `ValidationError`."""
    found = _SPAN.fullmatch(text)
    days, hours, minutes = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    span = timedelta(days=days, hours=hours, minutes=minutes)
    if not span:
        raise ValidationError("Write a span of days, hours and minutes such as PT4H.")
    return span


@dataclass(frozen=True, slots=True)
class SeparationRule:
    """No person acts in two of `groups`; each group is a set of element ids."""

    id: str
    why: str
    groups: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a package says of itself."""

    id: str
    title: str
    owner: str
    work_point: str = ""
    summary: str = ""
    #: What people may call it when they look for it in the catalogue.
    words: tuple[str, ...] = ()
    #: FEEL over the case document; absent: the package's title.
    case_title: str = ""
    #: Field of the case document shown as the case's amount, in 分.
    amount: str = ""
    use_dmn: tuple[str, ...] = ()
    start_roles: frozenset[str] = frozenset()
    #: Elements after whose entry the applicant can no longer withdraw; None: never could.
    withdraw_until: frozenset[str] | None = None
    #: True: the applicant may also take the case back to revise it and hand it in again.
    revisable: bool = True
    applicant_may: frozenset[str] = frozenset()
    separation: tuple[SeparationRule, ...] = ()
    #: `role @ place`, comma-separated: who may read every case of this process without acting in it.
    readers: str = ""
    #: Candidates who get a copy of the case when it starts, and when it has ended.
    cc_started: str = ""
    cc_ended: str = ""
    #: How long somebody who has urged a task waits before urging it again.
    urge_every: timedelta = URGE_EVERY
    #: After how many working days in one step a case counts as stuck.
    stuck_after: int = STUCK_AFTER
    #: Facts of the case document by which cases are compared; empty: the latest are taken.
    comparable: tuple[str, ...] = ()
    retention: dict[str, Any] = field(default_factory=dict)
    #: What must hold on every way a case can take.
    policies: tuple[Policy, ...] = ()
    #: Why warnings about the package are no obstacle.
    accepted: tuple[Reason, ...] = ()

    def separates(self, element: str) -> bool:
        """True when a rule of separation names the element."""
        return any(element in group for rule in self.separation for group in rule.groups)

    def policy_of(self, element: str) -> str:
        """The id of a policy by which an element has to be passed; empty where there is none."""
        return next((one.id for one in self.policies if element in one.named), "")


class _Start(Schema):
    class Meta:
        unknown = RAISE

    roles = fields.List(fields.Str(validate=_NAME), required=True, validate=validate.Length(min=1))


class _Withdraw(Schema):
    class Meta:
        unknown = RAISE

    until = fields.List(fields.Str(), required=True)
    revise = fields.Bool(load_default=True)


class _Copies(Schema):
    class Meta:
        unknown = RAISE

    started = fields.Str(load_default="")
    ended = fields.Str(load_default="")


class _Urge(Schema):
    class Meta:
        unknown = RAISE

    every = fields.Str(required=True, validate=read_span)


class _Stuck(Schema):
    class Meta:
        unknown = RAISE

    after = fields.Int(required=True, strict=True, validate=validate.Range(min=1, max=250))


class _Rule(Schema):
    class Meta:
        unknown = RAISE

    id = fields.Str(required=True)
    why = fields.Str(required=True)
    groups = fields.List(
        fields.List(fields.Str(), validate=validate.Length(min=1)),
        validate=validate.Length(min=2),
    )
    #: Every one by another person: short for a group of each.
    different = fields.List(fields.Str(), validate=validate.Length(min=2))

    @validates_schema
    def _one_of_both(self, data: dict[str, Any], **_: Any) -> None:
        if ("groups" in data) == ("different" in data):
            raise ValidationError("A rule has either groups or different.", "groups")


class _Separation(Schema):
    class Meta:
        unknown = RAISE

    applicant_may = fields.List(fields.Str(), load_default=list)
    rule = fields.List(fields.Nested(_Rule), load_default=list)


class _Comparable(Schema):
    class Meta:
        unknown = RAISE

    # A schema's own `fields` are its fields, so this one is named through data_key.
    facts = fields.List(
        fields.Str(validate=validate.Regexp(r"^[^.\s]+(\.[^.\s]+)*$")),
        required=True,
        data_key="fields",
        validate=validate.Length(min=1, max=8),
    )


class _Retention(Schema):
    class Meta:
        unknown = RAISE

    period = fields.Str(
        required=True,
        validate=validate.Regexp(
            r"P(?=\d)(\d+Y)?(\d+M)?(\d+D)?$", error="Write a period such as P30Y."
        ),
    )
    # `from` is a Python keyword, so the field is named through data_key.
    begins = fields.Str(required=True, data_key="from", validate=validate.OneOf(["start", "end"]))
    basis = fields.Str(load_default="")


class ManifestSchema(Schema):
    """Loads a parsed `process.toml` into a `Manifest`; unknown keys are errors."""

    class Meta:
        unknown = RAISE

    id = fields.Str(required=True, validate=_NAME)
    title = fields.Str(required=True, validate=validate.Length(min=1, max=200))
    owner = fields.Str(required=True, validate=_NAME)
    work_point = fields.Str(load_default="")
    summary = fields.Str(load_default="")
    words = fields.List(fields.Str(validate=validate.Length(min=1, max=40)), load_default=list)
    case_title = fields.Str(load_default="")
    amount = fields.Str(load_default="")
    use_dmn = fields.List(fields.Str(validate=_NAME), load_default=list)
    readers = fields.Str(load_default="")
    start = fields.Nested(_Start, required=True)
    withdraw = fields.Nested(_Withdraw, load_default=None, allow_none=True)
    separation = fields.Nested(_Separation, load_default=dict)
    cc = fields.Nested(_Copies, load_default=dict)
    urge = fields.Nested(_Urge, load_default=None, allow_none=True)
    stuck = fields.Nested(_Stuck, load_default=None, allow_none=True)
    comparable = fields.Nested(_Comparable, load_default=dict)
    retention = fields.Nested(_Retention, load_default=dict)
    policy = fields.List(fields.Nested(PolicySchema), load_default=list)
    accepted = fields.List(fields.Nested(ReasonSchema), load_default=list)

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> Manifest:
        separation = data["separation"]
        withdraw = data["withdraw"]
        return Manifest(
            id=data["id"],
            title=data["title"],
            owner=data["owner"],
            work_point=data["work_point"],
            summary=data["summary"],
            words=tuple(data["words"]),
            case_title=data["case_title"],
            amount=data["amount"],
            use_dmn=tuple(data["use_dmn"]),
            readers=data["readers"],
            cc_started=data["cc"].get("started", ""),
            cc_ended=data["cc"].get("ended", ""),
            urge_every=read_span(data["urge"]["every"]) if data["urge"] else URGE_EVERY,
            stuck_after=data["stuck"]["after"] if data["stuck"] else STUCK_AFTER,
            start_roles=frozenset(data["start"]["roles"]),
            withdraw_until=None if withdraw is None else frozenset(withdraw["until"]),
            revisable=withdraw is not None and withdraw["revise"],
            applicant_may=frozenset(separation.get("applicant_may", ())),
            separation=tuple(
                SeparationRule(rule["id"], rule["why"], _groups(rule))
                for rule in separation.get("rule", ())
            ),
            comparable=tuple(data["comparable"].get("facts", ())),
            retention=dict(data["retention"]),
            policies=tuple(data["policy"]),
            accepted=tuple(data["accepted"]),
        )


def _groups(rule: dict[str, Any]) -> tuple[frozenset[str], ...]:
    groups = rule.get("groups") or [[name] for name in rule["different"]]
    return tuple(frozenset(group) for group in groups)


__all__ = ["Manifest", "ManifestSchema", "SeparationRule"]
