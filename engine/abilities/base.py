"""The shape of an ability, and what it is called with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from sqlalchemy import Row, insert

from engine.ids import new_id
from engine.store.case import Case
from engine.store.tables import effect
from engine.store.unit_of_work import UnitOfWork


@dataclass(slots=True)
class Call:
    """One call of an ability by a service task, inside the job's transaction.

    `arguments` are FEEL values, sensitive ones in the clear: they must not be stored unsealed,
    logged or put into an error.
    """

    uow: UnitOfWork
    case: Case
    element: str
    job_id: str
    arguments: Mapping[str, Any]
    #: The visit of the element, so that what it did can be undone with it.
    token: str = ""
    effects: list[str] = field(default_factory=list)

    def leave_effect(self, ability: str, policy: str, reference: str) -> None:
        """Note what was done outside the case: reversed, void or irreversible when the case ends early."""
        self.uow.execute(
            insert(effect).values(
                id=new_id(),
                instance_id=self.case.id,
                element_id=self.element,
                token=self.token or None,
                ability=ability,
                policy=policy,
                reference=reference,
                state="standing",
                created_at=self.uow.now,
            )
        )


@dataclass(frozen=True, slots=True)
class Done:
    """The ability has finished; `result` goes into the case document (JSON values, dates as ISO text)."""

    result: Any = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """The ability waits for the outside world; `engine.jobs.abilities.finish` ends it later."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A business error that a boundary event may catch; `facts` go into the case document."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


Answer = Done | Waiting | Failed


class Ability(Protocol):
    """One ability. An exception means "try again later"; `Failed` is an answer."""

    #: True where its effect only sets something aside: it is given back even if effects are kept.
    sets_aside: bool

    def run(self, call: Call) -> Answer:
        """Do it, inside the job's transaction."""

    def undo(self, uow: UnitOfWork, case: Case, done: Row[Any]) -> None:
        """The case ends early: do the counter-entry, or mark void, for one effect row."""


@runtime_checkable
class Imaginable(Protocol):
    """An ability that can say, without doing anything, what it would answer; rehearsals ask it."""

    def imagine(self, call: Call, answered: Any) -> Any:
        """The answer as it would be; `answered` is what it was then, None where it was not called."""
