"""A case while a command works on it: the instance's row, its document and its place in the audit trail."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from engine.audit.events import Head
from engine.catalog.definition import Definition
from engine.errors import NotFound, OldVersion
from engine.how_decided import PERSON
from engine.organisation import Organisation
from engine.runs import names_seen, path_of, result_seen
from engine.runtime import Run, runs_at
from engine.scope import Scope
from engine.store.candidates import change_amount
from engine.store.document import Document
from engine.store.packed import pack, unpack
from engine.store.participants import LASTING, OBJECTORS, WhoActed, objector_mark
from engine.store.recusals import barred_from, somebody_is_barred
from engine.store.tables import case_document, copy, instance
from engine.store.unit_of_work import UnitOfWork
from engine.store.words import keep_grams, words_of_case
from engine.working_days import WorkingDays

ACTIVE = "active"
SUSPENDED = "suspended"

_COLUMNS = (
    instance.c.id,
    instance.c.definition_id,
    instance.c.number,
    instance.c.title,
    instance.c.amount_fen,
    instance.c.state,
    instance.c.starter_id,
    instance.c.places,
    instance.c.participants,
    instance.c.snapshot,
    instance.c.version,
    instance.c.started_at,
    instance.c.suspended_at,
    instance.c.words,
    instance.c.audit_length,
    instance.c.audit_hash,
    case_document.c.version.label("document_version"),
    case_document.c.content,
    case_document.c.versions,
    somebody_is_barred,
)


# Built once: building a statement costs more than running it.
_LOCK = (
    select(*_COLUMNS)
    .select_from(instance.join(case_document))
    .where(instance.c.id == bindparam("which"))
    .with_for_update()
)
_INSERT = insert(instance)
_INSERT_DOCUMENT = insert(case_document)
_CHANGE = update(instance).where(
    instance.c.id == bindparam("which"), instance.c.version == bindparam("seen")
)
_CHANGE_DOCUMENT = update(case_document).where(case_document.c.instance_id == bindparam("which"))


@dataclass(slots=True)
class OpenItem:
    """A token that waits, and the row that waits with it."""

    kind: str
    row: str
    element: str


@dataclass(slots=True)
class Case(WhoActed):
    """One instance, loaded under its lock. `save` writes what changed."""

    id: str
    definition: Definition
    title: str
    starter_id: str
    places: dict[str, str]
    started_at: datetime
    document: Document
    head: Head
    state: str = ACTIVE
    number: str | None = None
    amount_fen: int | None = None
    participants: dict[str, Any] = field(default_factory=dict)
    #: The runtime's own snapshot; None until the first step.
    tokens: dict[str, Any] | None = None
    #: token → what waits for it.
    open: dict[str, OpenItem] = field(default_factory=dict)
    #: element ids entered so far; withdrawing and the done path ask.
    entered: list[str] = field(default_factory=list)
    #: token → how the case goes straight back once its task is done; see `commands/straight_back.py`.
    returns: dict[str, Any] = field(default_factory=dict)
    version: int = 0
    ended_at: datetime | None = None
    end_event: str | None = None
    #: Since when the case stands still.
    suspended_at: datetime | None = None
    new: bool = False
    #: What the next event has to tell of tasks and of parts in sign-offs, beside what opened or closed.
    _tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    _signers: dict[str, dict[str, str]] = field(default_factory=dict)
    #: The instances of multi-instance activities from inside which the case is looked at; see `seen_from`.
    runs: tuple[Run, ...] = ()
    #: What the row says: what it is found by, and the amount that lists are sorted by.
    words: str = ""
    listed_amount: int | None = None
    #: Copies to be written with the case: to whom, from whom, with which note.
    copies: list[dict[str, Any]] = field(default_factory=list)
    #: Those who have declared that they are not impartial here; they act on no task of the case.
    barred: frozenset[str] = frozenset()

    @property
    def outcomes(self) -> dict[str, str]:
        """Latest outcome by element."""
        return {key: who["outcome"] for key, who in self._results()}

    @property
    def run(self) -> int | None:
        """Which instance of the innermost multi-instance activity this is, from 0."""
        return self.runs[-1].index if self.runs else None

    @contextmanager
    def seen_from(self, runs: tuple[Run, ...]) -> Iterator[None]:
        """Look at the case from inside an instance: expressions know its item, `put` its place."""
        before, self.runs = self.runs, runs
        try:
            yield
        finally:
            self.runs = before

    def look_from(self, token: str) -> None:
        """From now on, look at the case from where a token is."""
        self.runs = runs_at(self.tokens, token) if self.tokens else ()

    def stored(self, name: str) -> Any:
        """What lies in a field; inside a multi-instance activity, in the instance's entry of it."""
        held = self.document.content.get(name)
        if not self.runs:
            return held
        index = self.runs[-1].index
        return held[index] if isinstance(held, list) and index < len(held) else None

    def put(self, name: str, value: Any, *, seen: int | None = None) -> None:
        """Write a field; inside a multi-instance activity, only the instance's entry of it."""
        if self.runs:
            self.document.write_entry(name, self.runs[-1].index, self.runs[-1].total, value)
        else:
            self.document.write({name: value}, seen=seen)

    def make_room(self, element: str, total: int, around: tuple[Run, ...]) -> None:
        """A multi-instance activity begins: what its instances will write has as many entries, all empty."""
        begins = path_of(around) + ("/" if around else "") + f"{element}:"
        for who in self.participants.values():
            for path in [path for path in who.get("runs", ()) if path.startswith(begins)]:
                del who["runs"][path]
        diagram = self.definition.diagram
        for inner in diagram.elements.values():
            into = inner.properties.get("into")
            if into and diagram.loops_around(inner.id)[-1:] == [element]:
                self.document.write({into: [None] * total})

    def _results(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for key, who in self.participants.items():
            result = result_seen(who, self.runs)
            if result.get("outcome"):
                yield key, result

    def note_objector(self, person: str) -> None:
        """Remember that a person objected, without saying who: readers of the case must not learn it."""
        entry = self.participants.setdefault(OBJECTORS, {"people": [], "marks": []})
        entry["marks"].append(objector_mark(self.id, person))

    def note_actor(self, element: str, person: str) -> None:
        """Remember that a person acted at an element, for separation of duties."""
        entry = self.participants.setdefault(element, {"people": []})
        if person not in entry["people"]:
            entry["people"].append(person)

    def note_adviser(self, element: str, person: str) -> None:
        """Remember that a person gave advice at an element."""
        entry = self.participants.setdefault(element, {"people": []})
        advisers = entry.setdefault("advisers", [])
        if person not in advisers:
            advisers.append(person)

    def note_outcome(
        self,
        element: str,
        outcome: str,
        opinion: str,
        by: str,
        name: str,
        at: datetime,
        *,
        how: str = PERSON,
        stands_for: str | None = None,
    ) -> None:
        """Remember an element's latest result; conditions read it as `outcomes.<element>`."""
        entry = self.participants.setdefault(element, {"people": []})
        result = {
            "outcome": outcome,
            "opinion": opinion,
            "by": by,
            "name": name,
            "at": at.isoformat(),
            "how": how,
        }
        entry.pop("for", None)
        if stands_for:
            result["for"] = stands_for
        entry.update(result)
        if self.runs:
            entry.setdefault("runs", {})[path_of(self.runs)] = result

    def forget_outcome(self, element: str, ats: Collection[str] = ()) -> dict[str, Any]:
        """The element's latest result counts no more; return it. Who acted there stays known.

        `ats`: when the results were given that count no more; those of other instances of a
        multi-instance activity stay.
        """
        entry = self.participants.get(element, {})
        lost = {name: entry.pop(name) for name in list(entry) if name not in LASTING}
        kept = {path: one for path, one in lost.get("runs", {}).items() if one["at"] not in ats}
        if ats and kept:
            entry["runs"] = kept
        return lost

    def facts(self, uow: UnitOfWork) -> dict[str, Any]:
        """What expressions read: the document with the reserved names over it."""
        facts = self.document.context(uow.engine.keyring)
        facts["outcomes"] = self.outcomes
        facts["opinions"] = {
            key: {
                **{name: who.get(name) for name in ("opinion", "by", "name", "at", "for")},
                "how": who.get("how", PERSON),
            }
            for key, who in self._results()
        }
        facts["decided"] = {key: said["how"] for key, said in facts["opinions"].items()}
        facts["people"] = {
            key: who["people"] for key, who in self.participants.items() if key != OBJECTORS
        }
        facts["case"] = {
            "id": self.id,
            "number": self.number,
            "process": self.definition.key,
            "title": self.title,
            "started on": self.started_at.astimezone(uow.engine.zone).date(),
            "starter": self.starter_id,
        }
        if self.runs:
            facts |= names_seen(
                self.definition.diagram,
                self.runs,
                facts,
                lambda known, text: self.scope_over(uow, known).evaluate(text),
            )
        return facts

    def scope(self, uow: UnitOfWork, extra: Mapping[str, Any] | None = None) -> Scope:
        """An evaluator over this case at the command's instant."""
        facts = self.facts(uow)
        if extra:
            facts.update(extra)
        return self.scope_over(uow, facts)

    def scope_over(
        self,
        uow: UnitOfWork,
        facts: Mapping[str, Any],
        *,
        now: datetime | None = None,
        calendar: WorkingDays | None = None,
    ) -> Scope:
        """An evaluator over these facts; at another instant, with another calendar, where given."""
        return Scope(
            facts,
            now=now or uow.now,
            zone=uow.engine.zone,
            calendar=calendar or uow.engine.working_days,
            organisation=Organisation(uow.engine.directory, self.places, self.starter_id),
        )

    def record(
        self,
        uow: UnitOfWork,
        type: str,
        subject: dict[str, Any],
        payload: Mapping[str, Any],
    ) -> None:
        """Chain an event to this case's stream, with what was noted of tasks and signers since."""
        if self._tasks:
            payload = {**payload, "tasks": self._tasks}
        if self._signers:
            payload = {**payload, "signers": self._signers}
        self._tasks, self._signers = {}, {}
        self.head = uow.record(self.head, type, subject, payload)

    def note_task(self, task: str, **changes: Any) -> None:
        """The next event says how a task's row changes: state, claimed_by, keys."""
        self._tasks.setdefault(task, {}).update(changes)

    def note_signer(self, task: str, person: str, state: str) -> None:
        """The next event says how a person's part in a sign-off changes."""
        self._signers.setdefault(task, {})[person] = state


def nearest(places: Mapping[str, str]) -> str:
    """The place a case is counted at: the applicant's group, else the unit."""
    return places.get("applicant.group") or places.get("applicant.unit") or ""


def stream_of(instance_id: str) -> str:
    """The name of a case's event stream."""
    return f"instance:{instance_id}"


def lock(uow: UnitOfWork, instance_id: str) -> Case:
    """Load a case for changing it; raise `NotFound`."""
    row = uow.execute(_LOCK, {"which": instance_id}).one_or_none()
    if row is None:
        raise NotFound(instance=instance_id)
    return from_row(uow, row)


def peek(uow: UnitOfWork, instance_id: str) -> Case:
    """A case for looking at, without its lock: nothing that is done to it may be saved."""
    statement = select(*_COLUMNS).select_from(instance.join(case_document))
    row = uow.execute(statement.where(instance.c.id == instance_id)).one_or_none()
    if row is None:
        raise NotFound(instance=instance_id)
    return from_row(uow, row)


def columns() -> tuple[Any, ...]:
    """The columns `from_row` needs, for commands that load a task together with its case."""
    return _COLUMNS


def from_row(uow: UnitOfWork, row: Row[Any]) -> Case:
    """The case of a joined row."""
    fields = row._mapping
    state = unpack(fields["snapshot"])
    return Case(
        id=fields["id"],
        definition=uow.engine.catalog.get(fields["definition_id"]),
        number=fields["number"],
        title=fields["title"],
        amount_fen=fields["amount_fen"],
        state=fields["state"],
        starter_id=fields["starter_id"],
        places=fields["places"],
        participants=fields["participants"],
        tokens=state["tokens"],
        open={token: OpenItem(*item) for token, item in state["open"].items()},
        entered=state["entered"],
        returns=state.get("returns", {}),
        suspended_at=fields["suspended_at"],
        words=fields["words"],
        listed_amount=fields["amount_fen"],
        version=fields["version"],
        started_at=fields["started_at"],
        head=Head(stream_of(fields["id"]), fields["audit_length"], fields["audit_hash"]),
        document=Document(
            fields["id"], fields["content"], fields["versions"], fields["document_version"]
        ),
        # Almost no case has any, and then the row says so: no second statement is needed.
        barred=barred_from(uow.connection, fields["id"], fields["starter_id"])
        if fields["somebody_is_barred"]
        else frozenset(),
    )


def save(uow: UnitOfWork, case: Case) -> None:
    """Write the case; a version that moved underneath is `OldVersion`."""
    document = case.document
    words = words_of_case(document.content.get("applicant"), case.number, case.title)
    state = {
        "tokens": case.tokens,
        "open": {token: [i.kind, i.row, i.element] for token, i in case.open.items()},
        "entered": case.entered,
    }
    if case.returns:
        state["returns"] = case.returns
    values = {
        "number": case.number,
        "title": case.title,
        "amount_fen": case.amount_fen,
        "state": case.state,
        "participants": case.participants,
        "snapshot": pack(state),
        "version": case.version + 1,
        "ended_at": case.ended_at,
        "end_event": case.end_event,
        "suspended_at": case.suspended_at,
        "words": words,
        "audit_length": case.head.length,
        "audit_hash": case.head.hash,
    }
    if case.new:
        uow.execute(
            _INSERT,
            {
                "id": case.id,
                "definition_id": case.definition.id,
                "key": case.definition.key,
                "starter_id": case.starter_id,
                "places": case.places,
                "place": nearest(case.places),
                "started_at": case.started_at,
                **values,
            },
        )
        uow.execute(
            _INSERT_DOCUMENT,
            {
                "instance_id": case.id,
                "version": 1,
                "content": document.content,
                "versions": document.versions,
            },
        )
        case.new = False
    else:
        changed = uow.execute(_CHANGE, {"which": case.id, "seen": case.version, **values})
        if changed.rowcount != 1:
            raise OldVersion(instance=case.id)
        if document.changed:
            uow.execute(
                _CHANGE_DOCUMENT,
                {
                    "which": case.id,
                    "version": document.version + 1,
                    "content": document.content,
                    "versions": document.versions,
                },
            )
        if case.amount_fen != case.listed_amount:
            change_amount(uow, case.id, case.amount_fen)
    keep_grams(uow, case.id, case.words, words)
    case.words, case.listed_amount = words, case.amount_fen
    case.version += 1
    if case.copies:
        make = insert_sqlite if uow.engine.database.is_sqlite else insert_postgresql
        uow.execute_many(make(copy).on_conflict_do_nothing(), case.copies)
        case.copies = []
