"""Bodies for moving running cases to another version of their process."""

from __future__ import annotations

from marshmallow import fields, validate

from schemas.wire import Body

_ID = validate.Length(min=1, max=64)
_MAPPING = fields.Dict(
    keys=fields.Str(validate=_ID),
    values=fields.Str(allow_none=True, validate=validate.Length(max=64)),
    load_default=dict,
    metadata={
        "description": "element of the old version → of the new one, or null; the rest by itself"
    },
)


class LookIn(Body):
    """Which version to look at, with which mapping."""

    to = fields.Str(required=True, validate=_ID, metadata={"description": "id of a definition"})
    mapping = _MAPPING
    instances = fields.List(
        fields.Str(validate=_ID),
        load_default=None,
        allow_none=True,
        metadata={"description": "default: every running case of the version"},
    )


class MigrationIn(LookIn):
    """Move them."""

    reason = fields.Str(load_default="", validate=validate.Length(max=500))


class MigrateIn(Body):
    """Move one case."""

    to = fields.Str(required=True, validate=_ID, metadata={"description": "id of a definition"})
    mapping = _MAPPING
    reason = fields.Str(load_default="", validate=validate.Length(max=500))


class MappedOut(Body):
    """What an element has become, and how that was found: same, alike, chosen or gone."""

    old = fields.Str(required=True)
    new = fields.Str(allow_none=True)
    how = fields.Str(required=True)


class ForeseenOut(Body):
    """What would become of one case; without reasons it can move."""

    instance = fields.Str(required=True)
    title = fields.Str(required=True)
    number = fields.Str(allow_none=True)
    reasons = fields.List(fields.Dict(), required=True)
    notes = fields.List(fields.Dict(), required=True)


class LookOut(Body):
    """The preview of a migration."""

    mapping = fields.List(fields.Nested(MappedOut), required=True)
    total = fields.Int(required=True)
    possible = fields.Int(required=True)
    items = fields.List(fields.Nested(ForeseenOut), required=True)


class MigrationOut(Body):
    """A migration and how far it is: state of a case in it → how many."""

    id = fields.Str(required=True)
    process = fields.Str(required=True)
    from_ = fields.Str(required=True, data_key="from")
    to = fields.Str(required=True)
    reason = fields.Str(required=True)
    by = fields.Str(required=True)
    at = fields.AwareDateTime(required=True)
    running = fields.Bool(required=True)
    counts = fields.Dict(keys=fields.Str(), values=fields.Int(), required=True)
