"""The shape of what `process check --json` says about a package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from marshmallow import RAISE, Schema, fields, post_load, validate

ERROR, WARNING = "error", "warning"


class Cell(NamedTuple):
    """One cell of a decision table."""

    row: int
    column: int


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
    #: cells of a decision table, rules and columns counted from 1; column 0 is the whole rule
    cells: tuple[Cell, ...] = ()
    #: why a warning is accepted; empty where nobody has said
    accepted: str = ""


class _CellSchema(Schema):
    class Meta:
        unknown = RAISE

    row = fields.Int(required=True, strict=True)
    column = fields.Int(required=True, strict=True)

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> Cell:
        return Cell(**data)


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
    cells = fields.List(fields.Nested(_CellSchema), load_default=list)
    accepted = fields.Str(load_default="")

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> Finding:
        lists = {"trace": tuple(data["trace"]), "cells": tuple(data["cells"])}
        return Finding(**{**data, **lists})


__all__ = ["ERROR", "WARNING", "Cell", "Finding", "FindingSchema"]
