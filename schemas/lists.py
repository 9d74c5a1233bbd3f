"""Lists of work: which box, in which order, what of it; and the lists kept under a name."""

from __future__ import annotations

from marshmallow import fields, validate

from schemas.wire import Body, PersonOut

_BOX = validate.OneOf(["todo", "pool", "done", "started", "cc"])
_SORT = validate.OneOf(["age", "-age", "due", "-due", "amount", "-amount"])
_DUE = validate.OneOf(["overdue", "today", "week"])


class InboxQuery(Body):
    """Which box, in which order, what of it, and from where."""

    box = fields.Str(load_default="todo", validate=_BOX)
    sort = fields.Str(
        load_default=None,
        validate=_SORT,
        metadata={
            "description": "open work: oldest first unless named; a minus turns it round; lines without a"
            " deadline or amount come last. The other boxes come newest first (`-age`)"
        },
    )
    process = fields.Str(load_default=None, validate=validate.Length(min=1, max=64))
    due = fields.Str(
        load_default=None,
        validate=_DUE,
        metadata={"description": "open work only; sorted by deadline"},
    )
    q = fields.Str(
        load_default="",
        validate=validate.Length(max=100),
        metadata={
            "description": "words of applicant, unit, number and title, at least two characters;"
            " a single character finds nothing less"
        },
    )
    limit = fields.Int(load_default=50, validate=validate.Range(min=1, max=200))
    after = fields.Str(load_default=None, validate=validate.Length(max=200))


class ViewBody(Body):
    """A list of work as somebody looks at it."""

    box = fields.Str(load_default="todo", validate=_BOX)
    sort = fields.Str(validate=_SORT)
    process = fields.Str(validate=validate.Length(max=64))
    due = fields.Str(validate=_DUE)
    text = fields.Str(validate=validate.Length(max=100))


class FilterIn(Body):
    """Keep a list of work under a name."""

    name = fields.Str(required=True, validate=validate.Length(min=1, max=40))
    view = fields.Nested(ViewBody, required=True)
    role = fields.Str(
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=1, max=64),
        metadata={"description": "everybody who holds it sees the filter; one the caller holds"},
    )


class FilterChange(Body):
    """What becomes different; the rest stays."""

    name = fields.Str(validate=validate.Length(min=1, max=40))
    view = fields.Nested(ViewBody)
    role = fields.Str(allow_none=True, validate=validate.Length(min=1, max=64))


class FilterOut(Body):
    """A list of work under a name."""

    id = fields.Str(required=True)
    name = fields.Str(required=True)
    view = fields.Nested(ViewBody, required=True)
    role = fields.Str(allow_none=True)
    owner = fields.Nested(PersonOut, required=True)
    mine = fields.Bool(required=True)


class FilterList(Body):
    """What the caller sees: the own ones first."""

    items = fields.List(fields.Nested(FilterOut), required=True)
    next = fields.Str(allow_none=True)


class FilterRef(Body):
    """The filter that was meant."""

    id = fields.Str(required=True)
