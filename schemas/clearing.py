"""Bodies of decisions that are held: until when they can be taken back."""

from __future__ import annotations

from marshmallow import fields

from schemas.wire import Body


class HeldOut(Body):
    """A decision that can be taken back until `counts_at`; then it counts."""

    task = fields.Str(required=True)
    instance = fields.Str(required=True)
    outcome = fields.Str(required=True)
    held_at = fields.AwareDateTime(required=True)
    counts_at = fields.AwareDateTime(required=True)
