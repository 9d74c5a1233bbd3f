"""Bodies of the JSON API: files, and uploads that come in pieces."""

from __future__ import annotations

from marshmallow import fields, validate

from schemas.wire import Body


class FileOut(Body):
    """A file that was uploaded; forms name it by id."""

    id = fields.Str(required=True)
    name = fields.Str(required=True)
    media_type = fields.Str(required=True)
    size = fields.Int(required=True)
    digest = fields.Str(required=True)
    #: Where it can be read; after an upload in pieces.
    url = fields.Str()


class UploadIn(Body):
    """A file that will come in pieces."""

    name = fields.Str(required=True, validate=validate.Length(min=1, max=300))
    size = fields.Int(required=True, strict=True)
    #: SHA-256 of the whole, if the sender knows it: what arrives is held against it.
    digest = fields.Str(load_default="", validate=validate.Regexp(r"^([0-9a-f]{64})?$"))
    #: What tells the sender's file from another of the same name, e.g. when it was last changed.
    mark = fields.Str(load_default="", validate=validate.Length(max=100))


class UploadOut(Body):
    """How far it has come: the next piece begins at `offset` and is `piece` bytes long, or the rest."""

    id = fields.Str(required=True)
    offset = fields.Int(required=True)
    size = fields.Int(required=True)
    piece = fields.Int(required=True)
