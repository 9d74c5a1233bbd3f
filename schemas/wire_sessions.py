"""What the HTTP interface takes and gives about signing in."""

from __future__ import annotations

from marshmallow import fields, validate

from schemas.wire import Body


class SessionIn(Body):
    """Who signs in."""

    username = fields.Str(required=True, validate=validate.Length(min=1, max=64))
    password = fields.Str(required=True, validate=validate.Length(min=1, max=256), load_only=True)
    #: Of the second step, where the account has one: the device's six digits, or a recovery code.
    code = fields.Str(validate=validate.Length(max=20), load_only=True)


class SessionOut(Body):
    """The token for `Authorization: Bearer`, and until when it holds."""

    token = fields.Str(required=True)
    expires = fields.AwareDateTime(required=True)


class RunningSession(Body):
    """Where the caller is signed in."""

    id = fields.Str(required=True)
    device = fields.Str(required=True)
    address = fields.Str(required=True)
    how = fields.Str(required=True)
    since = fields.AwareDateTime(required=True)
    seen = fields.AwareDateTime(required=True)
    expires = fields.AwareDateTime(required=True)
    current = fields.Bool(required=True)


class SessionList(Body):
    """Running sign-ins."""

    items = fields.List(fields.Nested(RunningSession), required=True)
    next = fields.Str(allow_none=True)
