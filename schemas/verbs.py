"""Bodies of the verbs that put a case back, and of those by which administrators repair one."""

from __future__ import annotations

import math
from typing import Any

from marshmallow import ValidationError, fields, validate

from schemas.wire import Body

_ID = validate.Length(min=1, max=64)
#: So deep may the values of a correction be nested, and so large their numbers.
_DEEPEST, _LARGEST = 20, 2**53


class SendBackIn(Body):
    """Send a case back from a task."""

    target = fields.Str(
        required=True,
        validate=_ID,
        metadata={"description": "an element that `targets` offers, `previous` or `applicant`"},
    )
    reason = fields.Str(load_default="", validate=validate.Length(max=2000))
    then = fields.Str(
        load_default="walk",
        validate=validate.OneOf(("walk", "jump")),
        metadata={"description": "jump: once handed in again, straight back to the caller"},
    )
    whole_block = fields.Bool(
        load_default=False,
        metadata={"description": "true: the branches beside the target are opened again as well"},
    )


class TargetOut(Body):
    """A place a case can be sent back to."""

    element = fields.Str(required=True)
    name = fields.Str(required=True)
    words = fields.List(fields.Str(), required=True)
    has_block = fields.Bool(required=True)
    may_jump = fields.Bool(required=True)


class TargetsOut(Body):
    """Where a case can be sent back to, the nearest first."""

    items = fields.List(fields.Nested(TargetOut), required=True)
    next = fields.Str(allow_none=True)


class ReasonIn(Body):
    """A verb whose reason others will read."""

    reason = fields.Str(load_default="", validate=validate.Length(max=500))


class TerminateIn(ReasonIn):
    """End a case early."""

    effects = fields.Str(load_default="undo", validate=validate.OneOf(("undo", "keep")))


class MoveIn(ReasonIn):
    """Take a task's token to another step."""

    target = fields.Str(required=True, validate=_ID)
    alone = fields.Bool(
        load_default=False, metadata={"description": "true: the branches beside it end"}
    )


class ReassignIn(ReasonIn):
    """Give a task to somebody else."""

    to = fields.Str(required=True, validate=_ID)


def _storable(values: Any, depth: int = 0) -> None:
    """Raise for numbers that JSON or a database would not give back, and for bottomless nesting."""
    if depth > _DEEPEST:
        raise ValidationError("Nested too deeply.")
    if isinstance(values, float) and not math.isfinite(values):
        raise ValidationError("Not a number.")
    if isinstance(values, int | float) and abs(values) > _LARGEST:
        raise ValidationError("Too large a number.")
    inner = values.values() if isinstance(values, dict) else values
    if isinstance(values, dict | list):
        for one in inner:
            _storable(one, depth + 1)


class CorrectIn(ReasonIn):
    """Correct fields of the case's data."""

    values = fields.Dict(keys=fields.Str(), required=True, validate=_storable)
    version = fields.Int(
        required=True,
        strict=True,
        validate=validate.Range(min=0, max=_LARGEST),
        metadata={"description": "the version of the document that was looked at"},
    )
