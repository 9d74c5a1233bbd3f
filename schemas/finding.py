"""The shape of what `process check --json` says about a package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from marshmallow import RAISE, Schema, fields, post_load, validate

ERROR, WARNING = "error", "warning"


class Cell(NamedTuple):
    """One cell of a decision table."""

    row: int
    column: int


@dataclass(frozen=True, slots=True)
class PlayedStep:
    """One step of a counterexample: who acts, which flows are taken, where tokens are afterwards."""

    #: the element somebody acts at
    element: str
    #: stable word: `start`, `complete`, `fire`, `receive`, `fail`; docs/proving.md lists them
    act: str
    #: the sequence flows taken because of it, in order
    flows: tuple[str, ...]
    #: ids of elements and flows that hold a token afterwards, each as often as it holds one
    tokens: tuple[str, ...]
    #: in English words; translations go by `act` and `parts`
    text: str
    parts: Mapping[str, str] = field(default_factory=dict, hash=False)


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
    #: the shortest way there, to be played on the diagram
    steps: tuple[PlayedStep, ...] = ()
    #: what is filled into the sentence of the rule; empty where there is only the message
    parts: Mapping[str, str] = field(default_factory=dict, hash=False)
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


class PlayedStepSchema(Schema):
    """A step of a counterexample on the wire."""

    class Meta:
        unknown = RAISE

    element = fields.Str(required=True)
    act = fields.Str(required=True)
    flows = fields.List(fields.Str(), required=True)
    tokens = fields.List(fields.Str(), required=True)
    text = fields.Str(required=True)
    parts = fields.Dict(keys=fields.Str(), values=fields.Str(), load_default=dict)

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> PlayedStep:
        lists = {name: tuple(data[name]) for name in ("flows", "tokens")}
        return PlayedStep(**{**data, **lists})


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
    steps = fields.List(fields.Nested(PlayedStepSchema), load_default=list)
    parts = fields.Dict(keys=fields.Str(), values=fields.Str(), load_default=dict)
    cells = fields.List(fields.Nested(_CellSchema), load_default=list)
    accepted = fields.Str(load_default="")

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> Finding:
        lists = {name: tuple(data[name]) for name in ("trace", "steps", "cells")}
        return Finding(**{**data, **lists})


__all__ = [
    "ERROR",
    "WARNING",
    "Cell",
    "Finding",
    "FindingSchema",
    "PlayedStep",
    "PlayedStepSchema",
]
