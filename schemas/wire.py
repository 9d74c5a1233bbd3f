"""Bodies of the JSON API. Unknown members are errors; money is whole 分; times carry their offset."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields, validate

#: How long an id may be.
ID = validate.Length(min=1, max=64)


class Body(Schema):
    """A body that names only what it knows."""

    class Meta:
        unknown = RAISE
        ordered = True


class ProcessOut(Body):
    """A process the caller may start."""

    key = fields.Str(required=True)
    title = fields.Str(required=True)
    summary = fields.Str(required=True)
    work_point = fields.Str(required=True)
    version = fields.Int(required=True)
    definition = fields.Str(required=True)


class ProcessList(Body):
    """Processes."""

    items = fields.List(fields.Nested(ProcessOut), required=True)
    next = fields.Str(allow_none=True)


class StartIn(Body):
    """Start a case."""

    form = fields.Dict(load_default=None, allow_none=True)


class CompleteIn(Body):
    """Finish the caller's part of a task."""

    outcome = fields.Str(load_default=None, allow_none=True, validate=ID)
    form = fields.Dict(load_default=None, allow_none=True)
    opinion = fields.Str(load_default="", validate=validate.Length(max=2000))
    version = fields.Int(load_default=None, allow_none=True)


class EmptyIn(Body):
    """A verb without arguments."""


class WithdrawIn(Body):
    """Withdraw the own case."""

    reason = fields.Str(load_default="", validate=validate.Length(max=500))


class DeliverIn(Body):
    """Deliver a message that a case waits for."""

    message = fields.Str(required=True, validate=validate.Length(min=1, max=200))
    # Not `fields`, which every schema has.
    values = fields.Dict(keys=fields.Str(), load_default=None, allow_none=True, data_key="fields")


class RevealIn(Body):
    """Look at a sensitive field."""

    field = fields.Str(required=True, validate=validate.Length(min=1, max=200))


class RevealOut(Body):
    """The value in the clear; the look is on the record."""

    value = fields.Str(required=True)


#: What a batch can do with each of its items; `read` takes a case's id, the others a task's.
BATCH_VERBS = ("complete", "claim", "release", "urge", "read", "send_back")


class BatchItem(Body):
    """One entry of a batch; what it leaves out is taken from the batch."""

    id = fields.Str(required=True, validate=ID)
    verb = fields.Str(required=True, validate=validate.OneOf(BATCH_VERBS))
    outcome = fields.Str(load_default=None, allow_none=True, validate=ID)
    form = fields.Dict(load_default=None, allow_none=True)
    opinion = fields.Str(load_default=None, allow_none=True, validate=validate.Length(max=2000))
    version = fields.Int(load_default=None, allow_none=True)
    target = fields.Str(
        load_default=None,
        allow_none=True,
        validate=ID,
        metadata={"description": "send_back: where to; null: the step before"},
    )
    then = fields.Str(load_default="walk", validate=validate.OneOf(("walk", "jump")))
    note = fields.Str(load_default="", validate=validate.Length(max=200))
    confirm = fields.Bool(
        load_default=False,
        metadata={"description": "true: what follows an irreversible step is wanted"},
    )


class BatchIn(Body):
    """Many tasks, one transaction each, in order; `outcome` and `opinion` are for all that name none."""

    items = fields.List(
        fields.Nested(BatchItem), required=True, validate=validate.Length(min=1, max=200)
    )
    outcome = fields.Str(load_default=None, allow_none=True, validate=ID)
    opinion = fields.Str(load_default="", validate=validate.Length(max=2000))


class PersonOut(Body):
    """A person, as others may know of them."""

    id = fields.Str(required=True)
    name = fields.Str(required=True)
    unit = fields.Str(required=True)


class CopyOut(Body):
    """A copy of the case, and since when it has been read."""

    person = fields.Nested(PersonOut, required=True)
    by = fields.Str(required=True, metadata={"description": "person id, or `system`"})
    note = fields.Str(required=True)
    at = fields.AwareDateTime(required=True)
    read_at = fields.AwareDateTime(allow_none=True)


class InstanceRef(Body):
    """A case and its state."""

    id = fields.Str(required=True)
    state = fields.Str(required=True)


class TaskRef(Body):
    """A task and its state."""

    id = fields.Str(required=True)
    state = fields.Str(required=True)


class NextTask(Body):
    """A task that has just opened."""

    task = fields.Str(required=True)
    name = fields.Str(required=True)
    element = fields.Str(required=True)
    candidates = fields.List(fields.Str(), required=True)


class ActedOut(Body):
    """What a verb led to."""

    task = fields.Nested(TaskRef, allow_none=True)
    instance = fields.Nested(InstanceRef, required=True)
    next = fields.List(fields.Nested(NextTask), required=True)


class BatchResult(Body):
    """One result of a batch."""

    id = fields.Str(required=True)
    status = fields.Int(required=True)
    problem = fields.Dict(allow_none=True)


class BatchOut(Body):
    """Results in the order of the items."""

    results = fields.List(fields.Nested(BatchResult), required=True)


class StuckQuery(Body):
    """From where."""

    limit = fields.Int(load_default=50, validate=validate.Range(min=1, max=200))
    after = fields.Str(load_default=None, validate=validate.Length(max=200))


class StuckItemOut(Body):
    """Something that waits and that nobody can do; `why` is one of a fixed list."""

    why = fields.Str(
        required=True,
        validate=validate.OneOf(
            [
                "nobody_holds_it",
                "all_barred",
                "no_signer",
                "holder_gone",
                "incident",
                "nothing_open",
            ]
        ),
    )
    instance = fields.Str(required=True)
    task = fields.Str(allow_none=True)
    element = fields.Str(allow_none=True)
    title = fields.Str(required=True)
    number = fields.Str(allow_none=True)
    keys = fields.List(fields.Str(), required=True)
    since = fields.Str(required=True)


class StuckOut(Body):
    """A page of what nobody can do, oldest first; `count` is all of it."""

    items = fields.List(fields.Nested(StuckItemOut), required=True)
    next = fields.Str(allow_none=True)
    count = fields.Int(required=True)


class InboxItemOut(Body):
    """One line of a box."""

    id = fields.Str(
        allow_none=True, metadata={"description": "task id; null in `started` and `cc`"}
    )
    instance = fields.Str(required=True)
    process = fields.Str(required=True)
    name = fields.Str(allow_none=True)
    title = fields.Str(required=True)
    number = fields.Str(allow_none=True)
    amount_fen = fields.Int(allow_none=True)
    state = fields.Str(required=True)
    outcome = fields.Str(allow_none=True)
    at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(allow_none=True)
    claimed_by = fields.Str(allow_none=True)
    urges = fields.Int(required=True, metadata={"description": "how often it was urged"})
    unread = fields.Bool(
        required=True, metadata={"description": "in `cc`: true until the caller opened the case"}
    )
    acts_for = fields.Str(
        data_key="for",
        allow_none=True,
        metadata={"description": "the owner the caller stands in for"},
    )
    advice = fields.Bool(metadata={"description": "advice is asked, not a decision"})
    held_by = fields.Str(
        allow_none=True, metadata={"description": "who has decided it; it does not count yet"}
    )


class InboxOut(Body):
    """A page of a box; `counts` are exact to 999, that of `cc` is of the unread."""

    items = fields.List(fields.Nested(InboxItemOut), required=True)
    next = fields.Str(allow_none=True)
    counts = fields.Dict(keys=fields.Str(), values=fields.Str(), required=True)


class OutcomeOut(Body):
    """One way a task can end."""

    id = fields.Str(required=True)
    label = fields.Str(required=True)
    kind = fields.Str(required=True)
    opinion_required = fields.Bool(required=True)
    final = fields.Bool(
        required=True,
        metadata={"description": "what follows cannot be undone: it is completed, never held"},
    )


class AdviceOut(Body):
    """A question about a task, and what came back."""

    owner = fields.Str(required=True)
    adviser = fields.Str(required=True)
    adviser_name = fields.Str(required=True)
    question = fields.Str(required=True)
    state = fields.Str(
        required=True, metadata={"description": "open, answered, recalled or dropped"}
    )
    advice = fields.Str(allow_none=True)
    asked_at = fields.AwareDateTime(required=True)
    closed_at = fields.AwareDateTime(allow_none=True)


class SignerOut(Body):
    """One person's part in a sign-off."""

    person = fields.Str(required=True)
    name = fields.Str(required=True)
    state = fields.Str(required=True)
    outcome = fields.Str(allow_none=True)
    at = fields.AwareDateTime(allow_none=True)
    voted_by = fields.Str(allow_none=True, metadata={"description": "who voted in their stead"})
    #: person, proxy or repeated
    decided_how = fields.Str(allow_none=True)
    after = fields.Str(allow_none=True, metadata={"description": "whose vote opens it to this one"})
    added_by = fields.Str(allow_none=True)
    lead = fields.Bool(
        required=True, metadata={"description": "whose outcome names a widened decision"}
    )
    removable = fields.Bool(required=True, metadata={"description": "by the caller, now"})


class TaskOut(Body):
    """A task as its reader may see it."""

    id = fields.Str(required=True)
    instance = fields.Str(required=True)
    element = fields.Str(required=True)
    run = fields.Int(allow_none=True)
    name = fields.Str(required=True)
    title = fields.Str(required=True)
    state = fields.Str(required=True)
    rule = fields.Str(required=True)
    created_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(allow_none=True)
    due_provisional = fields.Bool(required=True)
    claimed_by = fields.Str(allow_none=True)
    completed_by = fields.Str(allow_none=True)
    #: Whom the one who completed it stood in for.
    completed_for = fields.Str(allow_none=True)
    #: person, proxy, timeout or repeated
    decided_how = fields.Str(allow_none=True)
    outcomes = fields.List(fields.Nested(OutcomeOut), required=True)
    verbs = fields.List(fields.Str(), required=True)
    form = fields.Dict(allow_none=True)
    data = fields.Dict(required=True)
    document = fields.Dict(required=True)
    signers = fields.List(fields.Nested(SignerOut), required=True)
    tally = fields.Dict(
        keys=fields.Str(),
        values=fields.Int(),
        allow_none=True,
        metadata={"description": "the votes so far; null where one person decides"},
    )
    ways_to_add = fields.List(
        fields.Str(), required=True, metadata={"description": "what `how` may be in add_signers"}
    )
    urges = fields.Int(required=True)
    advice = fields.List(fields.Nested(AdviceOut), required=True)
    acts_for = fields.Str(
        data_key="for",
        allow_none=True,
        metadata={"description": "the owner whose verbs these are"},
    )
    version = fields.Int(required=True)


class InstanceOut(Body):
    """A case as its reader may see it; sensitive values are masked."""

    id = fields.Str(required=True)
    process = fields.Str(required=True)
    definition = fields.Str(required=True)
    version = fields.Int(required=True)
    title = fields.Str(required=True)
    number = fields.Str(allow_none=True)
    amount_fen = fields.Int(allow_none=True)
    state = fields.Str(required=True)
    starter = fields.Str(required=True)
    started_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(allow_none=True)
    end_event = fields.Str(allow_none=True)
    document = fields.Dict(required=True)
    tasks = fields.List(fields.Dict(), required=True)
    jobs = fields.List(fields.Dict(), required=True)
    copies = fields.List(fields.Nested(CopyOut), required=True)
    verbs = fields.List(fields.Str(), required=True)


class PreviewStartIn(Body):
    """What the start form holds so far."""

    form = fields.Dict(load_default=None, allow_none=True)


class PreviewTaskIn(Body):
    """What the caller might do with a task: an outcome (default: the first that agrees), the form so far."""

    outcome = fields.Str(load_default=None, allow_none=True, validate=ID)
    form = fields.Dict(load_default=None, allow_none=True)


class AheadOut(Body):
    """A step that lies ahead, and whom it would be for."""

    element = fields.Str(required=True)
    name = fields.Str(required=True)
    #: Names, or a role's title where many hold it.
    who = fields.List(fields.Str(), required=True)
    #: Names of the flows that lead there.
    because = fields.List(fields.Str(), required=True)
    #: False: if all goes well.
    certain = fields.Bool(required=True)
    #: Nobody was found, so it falls to others.
    fallback = fields.Bool(required=True)
    #: An earlier agreement would stand for it.
    repeated = fields.Bool(required=True)
    #: The case would end here.
    ends = fields.Bool(required=True)


class PreviewOut(Body):
    """What would follow; nothing was done."""

    items = fields.List(fields.Nested(AheadOut), required=True)
