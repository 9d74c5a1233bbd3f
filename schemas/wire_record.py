"""Bodies of the JSON API: what the record of a case says, and its diagram."""

from __future__ import annotations

from marshmallow import fields

from schemas.wire import Body


class EventOut(Body):
    """One event of a case's stream."""

    seq = fields.Int(required=True)
    at = fields.AwareDateTime(required=True)
    type = fields.Str(required=True)
    actor = fields.Str(allow_none=True)
    subject = fields.Dict(required=True)
    payload = fields.Dict(allow_none=True)
    hash = fields.Str(required=True)


class HistoryOut(Body):
    """The stream of a case."""

    items = fields.List(fields.Nested(EventOut), required=True)
    next = fields.Str(allow_none=True)


class DiagramOut(Body):
    """The diagram with the way the case took."""

    xml = fields.Str(required=True)
    flows = fields.List(fields.Str(), required=True)
    done = fields.List(fields.Str(), required=True)
    current = fields.List(fields.Str(), required=True)
