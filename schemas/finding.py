"""The shape of what `process check --json` says about a package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import RAISE, Schema, fields, post_load, validate

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a package, and where."""

    #: stable word; docs/checks.md lists them
    rule: str
    #: `error`: the package cannot be deployed; `warning`: somebody should look
    severity: str
    #: the element of the diagram or the field of the form; empty where it is the whole file
    element: str
    #: path inside the package
    file: str
    message: str
    #: how one gets there, for findings that have a story
    trace: tuple[str, ...] = ()


class FindingSchema(Schema):
    """A finding on the wire."""

    class Meta:
        unknown = RAISE

    rule = fields.Str(required=True, validate=validate.Regexp(r"^[a-z][a-z0-9_.]*$"))
    severity = fields.Str(required=True, validate=validate.OneOf([ERROR, WARNING]))
    element = fields.Str(required=True)
    file = fields.Str(required=True)
    message = fields.Str(required=True, validate=validate.Length(min=1))
    trace = fields.List(fields.Str(), required=True)

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> Finding:
        return Finding(**{**data, "trace": tuple(data["trace"])})


__all__ = ["ERROR", "WARNING", "Finding", "FindingSchema"]
