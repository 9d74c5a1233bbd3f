"""The shape of a scenario: a story that must come out as written (docs/package-format.md)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

_TEXT = validate.Length(min=1, max=500)
_STATES = validate.OneOf(["active", "completed", "withdrawn", "terminated"])


class _Shape(Schema):
    class Meta:
        unknown = RAISE


class _Instant(fields.Field[Any]):
    """A day or a time; YAML reads some of them as dates and leaves others text."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> Any:
        if isinstance(value, str):
            try:
                return datetime.fromisoformat(value)
            except ValueError:
                raise ValidationError("Use YYYY-MM-DD or YYYY-MM-DDThh:mm.") from None
        if not isinstance(value, date):
            raise ValidationError("Use YYYY-MM-DD or YYYY-MM-DDThh:mm.")
        return value


def _mapping(**facts: Any) -> fields.Dict:
    return fields.Dict(keys=fields.Str(), **facts)


class Setup(_Shape):
    """What is there before the story begins."""

    funds = _mapping(values=fields.Int(strict=True, validate=validate.Range(min=0)))
    working_days = fields.Dict()
    register = fields.List(fields.Dict())


class Start(_Shape):
    """The starter hands in the start form."""

    start = fields.Dict(required=True, allow_none=True)


class _Proposal(_Shape):
    name = fields.Str(required=True, validate=_TEXT)
    why = fields.Str(required=True, validate=_TEXT)
    edited_by = fields.List(fields.Str(validate=_TEXT))


class Propose(_Shape):
    """The starter proposes a draft of a small new process: that begins the case."""

    propose = fields.Nested(_Proposal, required=True)


class _Deployment(_Shape):
    name = fields.Str(required=True, validate=_TEXT)
    title = fields.Str(required=True, validate=_TEXT)


class Deployed(_Shape):
    """An operator puts another version of that process in use."""

    deployed = fields.Nested(_Deployment, required=True)


class Complete(_Shape):
    """A person finishes the open task of an element."""

    task = fields.Str(required=True, validate=_TEXT)
    person = fields.Str(required=True, validate=_TEXT, data_key="as")
    outcome = fields.Str(validate=_TEXT)
    opinion = fields.Str(allow_none=True)
    form = fields.Dict(allow_none=True)
    run = fields.Int(strict=True, validate=validate.Range(min=0))


class Wait(_Shape):
    """Time passes."""

    wait = fields.Str(
        required=True,
        validate=validate.Regexp(
            r"^(\d+ (working )?days?|\d+ hours?|P\d+D)$",
            error="Say `10 working days`, `3 days`, `2 hours` or `P3D`.",
        ),
    )


class Until(_Shape):
    """Time passes until a day or a time."""

    until = _Instant(required=True)


class Bank(_Shape):
    """The bank answers the payments that were sent."""

    bank = fields.Str(required=True, validate=validate.OneOf(["paid", "returned"]))
    reason = fields.Str()


class _Objection(_Shape):
    person = fields.Str(required=True, validate=_TEXT, data_key="as")
    content = fields.Str(required=True, validate=_TEXT)
    real_name = fields.Str()
    contact = fields.Str()


class Objection(_Shape):
    """Somebody objects to the case's notice."""

    objection = fields.Nested(_Objection, required=True, data_key="object")


class _Withdrawal(_Shape):
    person = fields.Str(validate=_TEXT, data_key="as")
    reason = fields.Str()


class Withdraw(_Shape):
    """The applicant takes the case back."""

    withdraw = fields.Nested(_Withdrawal, required=True)


class _SendingBack(_Shape):
    task = fields.Str(required=True, validate=_TEXT)
    person = fields.Str(required=True, validate=_TEXT, data_key="as")
    target = fields.Str(validate=_TEXT)
    reason = fields.Str(required=True, validate=_TEXT)
    then = fields.Str(validate=validate.OneOf(["walk", "jump"]))
    whole_block = fields.Bool()
    run = fields.Int(strict=True, validate=validate.Range(min=0))


class SendBack(_Shape):
    """Somebody sends the case back from an open task."""

    send_back = fields.Nested(_SendingBack, required=True)


class _TakingBack(_Shape):
    task = fields.Str(required=True, validate=_TEXT)
    person = fields.Str(required=True, validate=_TEXT, data_key="as")
    reason = fields.Str()


class TakeBack(_Shape):
    """Somebody takes back what they decided last at an element."""

    take_back = fields.Nested(_TakingBack, required=True)


class Revise(_Shape):
    """The applicant takes the case back to change it."""

    revise = fields.Nested(_Withdrawal, required=True)


class _Delivery(_Shape):
    message = fields.Str(required=True, validate=_TEXT)
    person = fields.Str(required=True, validate=_TEXT, data_key="as")
    # Not `fields`, which every schema has.
    values = fields.Dict(keys=fields.Str(), allow_none=True, data_key="fields")


class Deliver(_Shape):
    """Somebody delivers a message that the case waits for."""

    deliver = fields.Nested(_Delivery, required=True)


class _Expected(_Shape):
    open = fields.List(fields.Str())
    state = fields.Str(validate=_STATES)
    document = _mapping()
    #: person → kinds of what they have been told so far, in order
    told = _mapping(values=fields.List(fields.Str()))


class Expect(_Shape):
    """How the case stands now."""

    expect = fields.Nested(_Expected, required=True)


class Refused(_Shape):
    """The step inside must be refused with this problem."""

    refused = fields.Dict(required=True)

    @validates_schema
    def _attempt(self, data: Mapping[str, Any], **_: Any) -> None:
        attempt = dict(data["refused"])
        if not isinstance(attempt.pop("problem", None), str):
            raise ValidationError("Name the problem.", "refused")
        check_step(attempt)


#: The word that says what kind of step it is → its shape.
STEPS: dict[str, type[_Shape]] = {
    "start": Start,
    "propose": Propose,
    "deployed": Deployed,
    "task": Complete,
    "refused": Refused,
    "wait": Wait,
    "until": Until,
    "bank": Bank,
    "object": Objection,
    "withdraw": Withdraw,
    "send_back": SendBack,
    "take_back": TakeBack,
    "revise": Revise,
    "deliver": Deliver,
    "expect": Expect,
}


def check_step(step: Any) -> Any:
    """Raise `ValidationError` unless this is a step."""
    words = [word for word in STEPS if isinstance(step, dict) and word in step]
    if len(words) != 1:
        raise ValidationError(f"A step says exactly one of {', '.join(STEPS)}.")
    _shape_of(words[0]).load(step)
    return step


@cache
def _shape_of(word: str) -> _Shape:
    # Made once: making one costs more than reading a step with it.
    return STEPS[word]()


class _Step(fields.Field[Any]):
    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> Any:
        return check_step(value)


class Ends(_Shape):
    """How the story must end."""

    state = fields.Str(required=True, validate=_STATES)
    at = fields.Str()
    document = _mapping()
    funds = _mapping(values=_mapping(values=fields.Int(strict=True)))
    letters = fields.List(fields.Str())
    notices = fields.List(fields.Str())


class ScenarioSchema(_Shape):
    """A whole scenario file."""

    says = fields.Str(required=True, validate=_TEXT)
    at = _Instant(required=True)
    starter = fields.Str(required=True, validate=_TEXT)
    setup = fields.Nested(Setup, allow_none=True)
    steps = fields.List(_Step(), required=True, validate=validate.Length(min=1))
    ends = fields.Nested(Ends, required=True)


__all__ = ["STEPS", "ScenarioSchema", "check_step"]
