"""Bodies of the API around notifications: what a person was told, choices, webhooks."""

from __future__ import annotations

from marshmallow import fields, validate

from schemas.wire import Body

_ID = validate.Length(min=1, max=64)
_WANTED = validate.OneOf(["now", "digest", "never"])


class NotificationsQuery(Body):
    """From where, and how many."""

    limit = fields.Int(load_default=50, validate=validate.Range(min=1, max=200))
    after = fields.Str(load_default=None, validate=validate.Length(max=200))


class NotificationOut(Body):
    """One thing the caller was told."""

    id = fields.Str(required=True)
    kind = fields.Str(required=True)
    text = fields.Str(required=True)
    step = fields.Str(allow_none=True)
    at = fields.AwareDateTime(required=True)
    read_at = fields.AwareDateTime(allow_none=True)
    instance = fields.Str(allow_none=True)
    task = fields.Str(allow_none=True)


class NotificationList(Body):
    """A page of notifications, newest first; `unread` is exact to 99."""

    items = fields.List(fields.Nested(NotificationOut), required=True)
    next = fields.Str(allow_none=True)
    unread = fields.Str(required=True)


class ReadIn(Body):
    """Which of the caller's notifications have been read."""

    ids = fields.List(
        fields.Str(validate=_ID), load_default=None, validate=validate.Length(max=500)
    )
    all = fields.Bool(load_default=False)


class ReadOut(Body):
    """How many were unread before."""

    read = fields.Int(required=True)


class ChoicesIn(Body):
    """What the caller wants; what is left out stays as it is."""

    choices = fields.Dict(
        keys=fields.Str(),
        values=fields.Dict(keys=fields.Str(), values=fields.Str(validate=_WANTED)),
        load_default=dict,
        metadata={"description": "kind → channel (app, mail, webhook) → now, digest or never"},
    )
    digest = fields.Str(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=16),
        metadata={"description": "`hourly`, or a time of day such as `08:30` of each working day"},
    )
    language = fields.Str(load_default=None, allow_none=True, validate=validate.OneOf(["zh", "en"]))


class ChoicesOut(Body):
    """What the caller wants of every kind."""

    choices = fields.Dict(required=True)
    digest = fields.Str(required=True)
    language = fields.Str(required=True)
    address = fields.Str(allow_none=True)


class WebhookIn(Body):
    """A new webhook."""

    name = fields.Str(required=True, validate=validate.Length(min=1, max=80))
    url = fields.Str(required=True, validate=validate.Length(min=1, max=2000))
    format = fields.Str(
        required=True, validate=validate.OneOf(["plain", "wecom", "dingtalk", "feishu"])
    )
    secret = fields.Str(load_default="", load_only=True, validate=validate.Length(max=200))
    kinds = fields.List(fields.Str(validate=_ID), load_default=None, allow_none=True)
    own = fields.Bool(
        load_default=False,
        metadata={"description": "the caller's own rather than the organisation's"},
    )


class WebhookOut(Body):
    """A webhook; its address holds the robot's key and is not shown again."""

    id = fields.Str(required=True)
    name = fields.Str(required=True)
    host = fields.Str(required=True)
    format = fields.Str(required=True)
    kinds = fields.List(fields.Str(), allow_none=True)
    own = fields.Bool(required=True)


class WebhookAdded(Body):
    """The new webhook's id, and the secret that signs its calls: shown this once."""

    id = fields.Str(required=True)
    secret = fields.Str(allow_none=True)


class WebhookList(Body):
    """Webhooks."""

    items = fields.List(fields.Nested(WebhookOut), required=True)
    next = fields.Str(allow_none=True)


class WebhookTested(Body):
    """Whether the other side took a test."""

    delivered = fields.Bool(required=True)
    error = fields.Str(allow_none=True)
