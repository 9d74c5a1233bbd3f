"""A case while a command works on it: the instance's row, its document and its place in the audit trail."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from engine.audit.events import Head
from engine.catalog.definition import Definition
from engine.errors import NotFound, OldVersion
from engine.scope import Scope
from engine.store.document import Document
from engine.store.tables import case_document, instance
from engine.store.unit_of_work import UnitOfWork

ACTIVE = "active"
#: In a separation rule: those who objected to a notice of the case.
OBJECTORS = "objectors"

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
    instance.c.audit_length,
    instance.c.audit_hash,
    case_document.c.version.label("document_version"),
    case_document.c.content,
    case_document.c.versions,
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
class Case:
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
    version: int = 0
    ended_at: datetime | None = None
    end_event: str | None = None
    new: bool = False

    @property
    def outcomes(self) -> dict[str, str]:
        """Latest outcome by element."""
        return {key: who["outcome"] for key, who in self.participants.items() if who.get("outcome")}

    def who_acted(self, element: str) -> list[str]:
        """Ids of those who acted at an element, in order."""
        people: list[str] = self.participants.get(element, {}).get("people", [])
        return people

    def note_objector(self, person: str) -> None:
        """Remember that a person objected, without saying who: readers of the case must not learn it."""
        entry = self.participants.setdefault(OBJECTORS, {"people": [], "marks": []})
        entry["marks"].append(objector_mark(self.id, person))

    def has_objected(self, person: str) -> bool:
        """True for a person who objected to a notice of this case."""
        return objector_mark(self.id, person) in self.participants.get(OBJECTORS, {}).get(
            "marks", ()
        )

    def note_actor(self, element: str, person: str) -> None:
        """Remember that a person acted at an element, for separation of duties."""
        entry = self.participants.setdefault(element, {"people": []})
        if person not in entry["people"]:
            entry["people"].append(person)

    def who_advised(self, element: str) -> list[str]:
        """Ids of those who gave advice at an element; separation rules bind them, too."""
        people: list[str] = self.participants.get(element, {}).get("advisers", [])
        return people

    def note_adviser(self, element: str, person: str) -> None:
        """Remember that a person gave advice at an element."""
        entry = self.participants.setdefault(element, {"people": []})
        advisers = entry.setdefault("advisers", [])
        if person not in advisers:
            advisers.append(person)

    def note_outcome(
        self, element: str, outcome: str, opinion: str, by: str, name: str, at: datetime
    ) -> None:
        """Remember an element's latest result; conditions read it as `outcomes.<element>`."""
        entry = self.participants.setdefault(element, {"people": []})
        entry.update(outcome=outcome, opinion=opinion, by=by, name=name, at=at.isoformat())

    def facts(self, uow: UnitOfWork) -> dict[str, Any]:
        """What expressions read: the document with the reserved names over it."""
        facts = self.document.context(uow.engine.keyring)
        facts["outcomes"] = self.outcomes
        facts["opinions"] = {
            key: {name: who.get(name) for name in ("opinion", "by", "name", "at")}
            for key, who in self.participants.items()
            if who.get("outcome")
        }
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
        return facts

    def scope(self, uow: UnitOfWork, extra: Mapping[str, Any] | None = None) -> Scope:
        """An evaluator over this case at the command's instant."""
        facts = self.facts(uow)
        if extra:
            facts.update(extra)
        return Scope(facts, now=uow.now, zone=uow.engine.zone, calendar=uow.engine.working_days)

    def record(
        self,
        uow: UnitOfWork,
        type: str,
        subject: dict[str, Any],
        payload: Mapping[str, Any],
    ) -> None:
        """Chain an event to this case's stream."""
        self.head = uow.record(self.head, type, subject, payload)


def objector_mark(instance_id: str, person: str) -> str:
    """What stands for an objector among a case's participants."""
    return hashlib.sha256(f"objector\n{instance_id}\n{person}".encode()).hexdigest()


def stream_of(instance_id: str) -> str:
    """The name of a case's event stream."""
    return f"instance:{instance_id}"


def lock(uow: UnitOfWork, instance_id: str) -> Case:
    """Load a case for changing it; raise `NotFound`."""
    row = uow.execute(_LOCK, {"which": instance_id}).one_or_none()
    if row is None:
        raise NotFound(instance=instance_id)
    return from_row(uow, row)


def columns() -> tuple[Any, ...]:
    """The columns `from_row` needs, for commands that load a task together with its case."""
    return _COLUMNS


def from_row(uow: UnitOfWork, row: Row[Any]) -> Case:
    """The case of a joined row."""
    fields = row._mapping
    state = _unpack(fields["snapshot"])
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
        version=fields["version"],
        started_at=fields["started_at"],
        head=Head(stream_of(fields["id"]), fields["audit_length"], fields["audit_hash"]),
        document=Document(
            fields["id"], fields["content"], fields["versions"], fields["document_version"]
        ),
    )


def save(uow: UnitOfWork, case: Case) -> None:
    """Write the case; a version that moved underneath is `OldVersion`."""
    document = case.document
    state = {
        "tokens": case.tokens,
        "open": {token: [i.kind, i.row, i.element] for token, i in case.open.items()},
        "entered": case.entered,
    }
    values = {
        "number": case.number,
        "title": case.title,
        "amount_fen": case.amount_fen,
        "state": case.state,
        "participants": case.participants,
        "snapshot": _pack(state),
        "version": case.version + 1,
        "ended_at": case.ended_at,
        "end_event": case.end_event,
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
    case.version += 1


#: Below this many bytes packing costs more time than it saves room.
_WORTH_PACKING = 2_000


def entered_elements(snapshot: bytes) -> list[str]:
    """The elements a stored case has entered so far, each once."""
    entered: list[str] = _unpack(snapshot)["entered"]
    return entered


def _pack(state: dict[str, Any]) -> bytes:
    text = json.dumps(state, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return text if len(text) < _WORTH_PACKING else zlib.compress(text, 1)


def _unpack(content: bytes) -> dict[str, Any]:
    # JSON begins with a brace, what zlib packs never does.
    text = content if content.startswith(b"{") else zlib.decompress(content)
    state: dict[str, Any] = json.loads(text)
    return state
