"""The shape of a reason for which a warning about a package is accepted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import RAISE, Schema, fields, post_load, validate

LONGEST = 500


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one warning is no obstacle. It is meant for exactly one element; without a file, in any."""

    rule: str
    element: str
    file: str
    why: str


class ReasonSchema(Schema):
    """A reason in process.toml, with a proposal and on the wire."""

    class Meta:
        unknown = RAISE

    rule = fields.Str(required=True, validate=validate.Regexp(r"^[a-z][a-z0-9_.]*$"))
    element = fields.Str(load_default="", validate=validate.Length(max=100))
    file = fields.Str(load_default="", validate=validate.Length(max=200))
    why = fields.Str(
        required=True,
        validate=validate.And(
            validate.Length(max=LONGEST),
            validate.Regexp(r"\s*\S", error="Say why."),
        ),
    )

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> Reason:
        return Reason(**{**data, "why": data["why"].strip()})


__all__ = ["LONGEST", "Reason", "ReasonSchema"]
