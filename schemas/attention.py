"""Bodies of what people tell each other about a case: copies, remarks, files, urging."""

from __future__ import annotations

from marshmallow import fields, validate

from schemas.wire import Body, PersonOut
from schemas.wire_files import FileOut

_ID = validate.Length(min=1, max=64)


class UrgeIn(Body):
    """Ask those who may act to hurry."""

    note = fields.Str(load_default="", validate=validate.Length(max=200))


class UrgeOut(Body):
    """The urge that was counted, who was asked, and from when the caller may urge this task again."""

    task = fields.Str(required=True)
    count = fields.Int(required=True)
    asked = fields.List(fields.Nested(PersonOut), required=True)
    heads = fields.List(
        fields.Nested(PersonOut),
        required=True,
        metadata={"description": "from the third urge on: whose heads were told, too"},
    )
    again_at = fields.AwareDateTime(required=True)


class CopyIn(Body):
    """Give people a copy of the case: they may read it, not act in it."""

    people = fields.List(
        fields.Str(validate=_ID), required=True, validate=validate.Length(min=1, max=50)
    )
    note = fields.Str(load_default="", validate=validate.Length(max=200))


class CopiesOut(Body):
    """Those who got a copy now; who had one keeps it."""

    instance = fields.Str(required=True)
    people = fields.List(fields.Nested(PersonOut), required=True)


class CommentIn(Body):
    """Say something about the case; people named in it are told."""

    text = fields.Str(required=True, validate=validate.Length(min=1, max=2000))
    mentions = fields.List(
        fields.Str(validate=_ID), load_default=list, validate=validate.Length(max=50)
    )
    files = fields.List(
        fields.Str(validate=_ID), load_default=list, validate=validate.Length(max=10)
    )
    copy = fields.Bool(
        load_default=False,
        metadata={"description": "true: who is named and may not read the case gets a copy"},
    )


class AttachIn(Body):
    """Add uploaded files to a running case."""

    files = fields.List(
        fields.Str(validate=_ID), required=True, validate=validate.Length(min=1, max=10)
    )
    note = fields.Str(load_default="", validate=validate.Length(max=200))


class SaidOut(Body):
    """A remark that was made, and who got a copy of the case by it."""

    id = fields.Str(required=True)
    instance = fields.Str(required=True)
    mentions = fields.List(fields.Nested(PersonOut), required=True)
    copied = fields.List(fields.Nested(PersonOut), required=True)


class CasePeopleQuery(Body):
    """Part of a name."""

    q = fields.Str(load_default="", validate=validate.Length(max=40))
    limit = fields.Int(load_default=20, validate=validate.Range(min=1, max=50))


class CasePersonOut(PersonOut):
    """A person who may be named in a remark or given a copy."""

    reads = fields.Bool(
        required=True, metadata={"description": "false: may not read this case, so needs a copy"}
    )


class CasePeopleOut(Body):
    """People, those of the case first."""

    items = fields.List(fields.Nested(CasePersonOut), required=True)
    next = fields.Str(allow_none=True)


class ListQuery(Body):
    """From where, and how many."""

    limit = fields.Int(load_default=50, validate=validate.Range(min=1, max=200))
    after = fields.Str(load_default=None, validate=validate.Length(max=200))


class CommentOut(Body):
    """A remark on a case."""

    id = fields.Str(required=True)
    author = fields.Nested(PersonOut, required=True)
    text = fields.Str(required=True)
    mentions = fields.List(fields.Nested(PersonOut), required=True)
    files = fields.List(fields.Nested(FileOut), required=True)
    at = fields.AwareDateTime(required=True)


class CommentsOut(Body):
    """Remarks, newest first."""

    items = fields.List(fields.Nested(CommentOut), required=True)
    next = fields.Str(allow_none=True)
