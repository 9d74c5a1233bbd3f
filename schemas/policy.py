"""The shape of a policy in `process.toml`: what must hold on every way a case can take."""

from __future__ import annotations

import re
from dataclasses import dataclass
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

_LASTS = re.compile(r"at least (\d{1,3}) working days?")
_PASSED = re.compile(r"[^\s:]+(:[^\s:]+)?")


@dataclass(frozen=True, slots=True)
class Passed:
    """A step that has to be passed: with the outcome named, or with any that is positive."""

    element: str
    outcome: str = ""

    def __str__(self) -> str:
        return f"{self.element}:{self.outcome}" if self.outcome else self.element


@dataclass(frozen=True, slots=True)
class Policy:
    """One rule about the ways of a process; exactly one of `passes`, `signed` and `lasts` says which."""

    id: str
    why: str
    #: The element that nothing may reach otherwise; of `lasts`, the one that lasts.
    element: str
    #: Of each group at least one has been passed, each by its latest result.
    passes: tuple[tuple[Passed, ...], ...] = ()
    #: Each group anew after the one before it.
    in_order: bool = False
    #: The field of the case that a person has signed since it was last computed or written.
    signed: str = ""
    #: Working days, at least.
    lasts: int = 0

    @property
    def named(self) -> frozenset[str]:
        """The elements that must have been passed."""
        return frozenset(one.element for group in self.passes for one in group)


class PolicySchema(Schema):
    """One `[[policy]]`."""

    class Meta:
        unknown = RAISE

    id = fields.Str(required=True, validate=validate.Regexp(r"^[a-z0-9][a-z0-9_-]{0,63}$"))
    why = fields.Str(required=True, validate=validate.Length(min=1, max=500))
    before = fields.Str(validate=validate.Length(min=1))
    passes = fields.List(
        fields.List(
            fields.Str(
                validate=validate.Regexp(_PASSED, error="Write element or element:outcome.")
            ),
            validate=validate.Length(min=1),
        ),
        validate=validate.Length(min=1),
    )
    in_order = fields.Bool()
    signed = fields.Str(validate=validate.Length(min=1))
    element = fields.Str(validate=validate.Length(min=1))
    lasts = fields.Str(
        validate=validate.Regexp(
            re.compile(_LASTS.pattern + "$"), error="Write at least N working days."
        )
    )

    @validates_schema
    def _one_of_three(self, data: dict[str, Any], **_: Any) -> None:
        said = {"passes", "signed", "lasts"} & data.keys()
        if len(said) != 1:
            raise ValidationError("A policy says passes, signed or lasts.", "passes")
        where, other = ("element", "before") if "lasts" in said else ("before", "element")
        if where not in data:
            raise ValidationError(f"Say {where}.", where)
        if other in data:
            raise ValidationError(f"It goes by {where}.", other)
        if "in_order" in data and "passes" not in said:
            raise ValidationError("Only what is passed has an order.", "in_order")

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> Policy:
        lasts = _LASTS.fullmatch(data.get("lasts", ""))
        return Policy(
            id=data["id"],
            why=data["why"],
            element=data.get("before") or data["element"],
            passes=tuple(
                tuple(Passed(*text.split(":")) for text in group)
                for group in data.get("passes", ())
            ),
            in_order=data.get("in_order", False),
            signed=data.get("signed", ""),
            lasts=int(lasts[1]) if lasts else 0,
        )


__all__ = ["Passed", "Policy", "PolicySchema"]
