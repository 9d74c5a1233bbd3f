"""What the HTTP interface takes and gives about people: who signs, who has a task next, who stands in or aside."""

from __future__ import annotations

from marshmallow import fields, validate

from schemas.wire import ID, Body, PersonOut


class AddSignersIn(Body):
    """Have further people sign."""

    people = fields.List(fields.Str(validate=ID), required=True, validate=validate.Length(1, 50))
    how = fields.Str(load_default="after", validate=validate.OneOf(["before", "after", "parallel"]))
    note = fields.Str(load_default="", validate=validate.Length(max=500))


class RemoveSignerIn(Body):
    """Take somebody off the list of signers."""

    person = fields.Str(required=True, validate=ID)
    reason = fields.Str(load_default="", validate=validate.Length(max=500))


class ReorderSignersIn(Body):
    """Those who have not been asked yet, in their new order."""

    order = fields.List(fields.Str(validate=ID), required=True, validate=validate.Length(min=1))
    reason = fields.Str(load_default="", validate=validate.Length(max=500))


class TransferIn(Body):
    """Hand a task on to somebody else."""

    to = fields.Str(required=True, validate=ID)
    reason = fields.Str(load_default="", validate=validate.Length(max=200))


class DelegateIn(Body):
    """Ask somebody for advice on a task."""

    to = fields.Str(required=True, validate=ID)
    question = fields.Str(required=True, validate=validate.Length(min=1, max=2000))


class AdviseIn(Body):
    """Answer what one was asked."""

    advice = fields.Str(required=True, validate=validate.Length(min=1, max=2000))


class PeopleQuery(Body):
    """For which verb, and a part of the name."""

    purpose = fields.Str(
        data_key="for",
        load_default="transfer",
        validate=validate.OneOf(["transfer", "delegate", "signer"]),
    )
    q = fields.Str(load_default="", validate=validate.Length(max=60))


class PeopleOut(Body):
    """People."""

    items = fields.List(fields.Nested(PersonOut), required=True)
    next = fields.Str(allow_none=True)


class ProxyIn(Body):
    """Have somebody stand in; `processes` null: in all of them. `owner`: administrators only."""

    deputy = fields.Str(required=True, validate=ID)
    since = fields.AwareDateTime(required=True)
    until = fields.AwareDateTime(load_default=None, allow_none=True)
    processes = fields.List(
        fields.Str(validate=ID),
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=1, max=200),
    )
    reason = fields.Str(load_default="", validate=validate.Length(max=200))
    owner = fields.Str(load_default=None, allow_none=True, validate=ID)


class ProxyOut(Body):
    """One proxy: who stands in for whom, from when up to, not including, when."""

    id = fields.Str(required=True)
    owner = fields.Str(required=True)
    owner_name = fields.Str(required=True)
    deputy = fields.Str(required=True)
    deputy_name = fields.Str(required=True)
    since = fields.AwareDateTime(required=True)
    until = fields.AwareDateTime(allow_none=True)
    processes = fields.List(fields.Str(), allow_none=True)
    reason = fields.Str(required=True)
    state = fields.Str(required=True, metadata={"description": "ahead, active or over"})


class ProxyRef(Body):
    """A proxy by its id."""

    id = fields.Str(required=True)


class ProxyList(Body):
    """The proxies a person gave and was given, the latest first."""

    items = fields.List(fields.Nested(ProxyOut), required=True)
    next = fields.Str(allow_none=True)


class RecusalIn(Body):
    """Declare not to be impartial: about a person, or in one case; one of the two."""

    about = fields.Str(load_default=None, allow_none=True, validate=ID)
    instance = fields.Str(load_default=None, allow_none=True, validate=ID)
    reason = fields.Str(load_default="", validate=validate.Length(max=200))


class RecusalRef(Body):
    """A declaration that was made or taken back."""

    id = fields.Str(required=True)


class RecusalOut(Body):
    """A declaration of the caller's."""

    id = fields.Str(required=True)
    about = fields.Str(allow_none=True)
    about_name = fields.Str(allow_none=True)
    instance = fields.Str(allow_none=True)
    title = fields.Str(allow_none=True)
    reason = fields.Str(required=True)
    declared_at = fields.AwareDateTime(required=True)
    revoked_at = fields.AwareDateTime(allow_none=True)


class RecusalList(Body):
    """Declarations, those that stand first."""

    items = fields.List(fields.Nested(RecusalOut), required=True)
    next = fields.Str(allow_none=True)
