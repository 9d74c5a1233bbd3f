"""Who would be next (路径预览): before a case starts, and before somebody acts.

The very runtime moves a copy of the case's tokens over its facts as they would be, and the very rules
say whom the next steps would be for; nothing is written. What lies behind the next step nobody knows
yet: it is named as likely, with whom it would be for today.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection

from engine.actors import Actor, person_key
from engine.catalog.definition import Definition
from engine.catalog.steps import Outcome, Step
from engine.commands.advance import Callbacks, Moved, note_repeated
from engine.commands.filled import typed_so_far
from engine.commands.repeats import Repeated
from engine.commands.start import may_start, new_case
from engine.commands.straight_back import straight_way
from engine.commands.task_rows import NewRows, OpenedTask, open_task
from engine.commands.votes import VOTES, outcomes_offered
from engine.commands.who import ask
from engine.engine import Engine
from engine.errors import EngineError, NotAllowed, NotFound
from engine.queries.case import TaskView, case_of_task, read_case
from engine.queries.likely import likely_steps
from engine.queries.signing import rules_of
from engine.queries.verbs import verbs_on, whose_part
from engine.runtime import Execution, Passed, elements_of
from engine.sign_off import Tally, Verdict, verdict
from engine.store.case import Case, peek
from engine.store.unit_of_work import UnitOfWork

#: How many steps behind the next are named.
_MOST = 4


@dataclass(frozen=True, slots=True)
class Ahead:
    """One step that lies ahead."""

    element: str
    #: The step's name, in Chinese.
    name: str
    #: Whom it would be for; in a sign-off one key for each signer.
    keys: tuple[str, ...] = ()
    #: Names of the flows that lead there, as the diagram has them.
    because: tuple[str, ...] = ()
    #: True: so it would be now. False: so it would be if all goes well.
    certain: bool = True
    #: True: nobody was found, so it falls to others.
    fallback: bool = False
    #: True: an earlier agreement would stand for it.
    repeated: bool = False
    #: True: the case would end here.
    ends: bool = False


def preview_start(
    engine: Engine, connection: Connection, actor: Actor, definition: Definition, form: object
) -> list[Ahead]:
    """What would follow if the actor sent the start form as it is; `NotFound` for who may not start."""
    uow = UnitOfWork(engine, connection, actor)
    if not may_start(uow, definition):
        raise NotFound(process=definition.key)
    case = new_case(uow, definition)
    typed = typed_so_far(uow, case, definition.start_form, form, case.scope(uow), {})
    case.document.write(typed)
    look = _Look(uow, case)
    return look.run(
        lambda: Execution.start(
            definition.specification, look.asked.evaluate, look.asked.decide, look.asked.begin
        ),
        definition.start_event,
    )


def preview_task(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    task_id: str,
    outcome: str | None,
    form: object,
) -> list[Ahead]:
    """What would follow if the actor finished a task with an outcome (default: the first positive one).

    Raise `NotFound` for what the actor may not know of, `NotAllowed` for who could not finish it.
    """
    view = read_case(connection, engine, actor, case_of_task(connection, task_id))
    found = view.task(task_id)
    if "complete" not in verbs_on(view, found, actor):
        raise NotAllowed(instance=view.id, task=task_id)
    uow = UnitOfWork(engine, connection, actor)
    case = peek(uow, view.id)
    step = case.definition.steps[found.element]
    case.look_from(found.token)
    # A deputy acts for somebody; both are bound by it.
    person = (whose_part(view, found, actor) or actor).id
    chosen = _chosen(step, found, person, outcome)
    _write(uow, case, step, form)
    look = _Look(uow, case)
    case.note_actor(step.id, actor.id)
    case.note_actor(step.id, person)
    chosen, others = _decided(step, found, chosen, person)
    if others:
        look.found.append(Ahead(step.id, step.name, tuple(person_key(one) for one in others)))
        look.certain = False
    case.note_outcome(step.id, chosen.id, "", actor.id, "", uow.now)
    if chosen.kind == "positive" and person == actor.id:
        look.repeats.note(step.id, [actor.id])
    straight = straight_way(case, found.token, look.asked)
    if straight is not None:
        look.repeats.anew = frozenset(elements_of(straight.enter))

    def move() -> Execution:
        assert case.tokens is not None
        execution = Execution.restore(
            case.definition.specification,
            case.tokens,
            look.asked.evaluate,
            look.asked.decide,
            look.asked.begin,
        )
        if straight is not None:
            execution.move(straight.kill, straight.enter)
        else:
            execution.complete(found.token)
        return execution

    return look.run(move, step.id, done={one.element for one in view.tasks})


def _chosen(step: Step, found: TaskView, person: str, outcome: str | None) -> Outcome:
    if outcome is not None:
        return step.outcome(outcome)
    offered = outcomes_offered(step, signing=found.tally is not None, leads=found.led_by(person))
    return next((one for one in offered if one.kind == "positive"), offered[0])


def _write(uow: UnitOfWork, case: Case, step: Step, form: object) -> None:
    if step.sign_off.form_each:
        return
    stored = case.stored(step.into) if step.into else case.document.content
    typed = typed_so_far(
        uow,
        case,
        case.definition.form_of(step),
        form,
        case.scope(uow),
        stored if isinstance(stored, dict) else {},
    )
    if typed and step.into:
        case.put(step.into, typed)
    elif typed:
        case.document.write(typed)


def _decided(
    step: Step, found: TaskView, chosen: Outcome, person: str
) -> tuple[Outcome, list[str]]:
    """The outcome the task would have, and who would still have to sign before."""
    if found.tally is None or chosen.kind not in VOTES:
        return chosen, []
    rules = rules_of(step)
    reached = verdict(rules, Tally(**found.tally).vote(chosen.kind))
    if reached is None:
        waiting = [
            one.person_id
            for one in found.signers
            if one.state in ("open", "waiting") and one.person_id != person
        ]
        return step.first("positive"), waiting
    if reached is Verdict.NO_QUORUM:
        name = rules.no_quorum
        return (step.outcome(name) if name else step.first("negative")), []
    if found.led_by(person) and chosen.kind == reached.value:
        return chosen, []
    return step.first(reached.value), []


@dataclass
class _Look:
    """A run of the tokens that leaves nothing."""

    uow: UnitOfWork
    case: Case
    certain: bool = True
    found: list[Ahead] = field(default_factory=list)
    repeats: Repeated = field(default_factory=Repeated)
    #: Conditions and tables, over the facts as they would be.
    asked: Callbacks = field(init=False)

    def __post_init__(self) -> None:
        self.asked = Callbacks(self.uow, self.case, Moved())

    def run(
        self, move: Callable[[], Execution], start: str, done: Iterable[str] = ()
    ) -> list[Ahead]:
        """Move, say what opens, and go on with what is likely."""
        before = set(self.case.open)
        at: list[str] = []
        try:
            execution = move()
            at = self._opened(execution, before)
        except EngineError:
            # The form is not far enough for the tables and conditions to say anything.
            at = [start]
        named = {one.element for one in self.found}
        ahead = likely_steps(self.case.definition, list(at), {*done, *named}, _MOST)
        return [*self.found, *(self._likely(one.id) for one in ahead)]

    def _opened(self, execution: Execution, before: set[str]) -> list[str]:
        """Note the tasks that would open; return the elements from which it goes on."""
        at: list[str] = []
        seen = set(before)
        while new := [one for one in execution.open_work() if one.token not in seen]:
            skipped = []
            for work in new:
                seen.add(work.token)
                if work.attached_to is not None:
                    continue
                at.append(work.element_id)
                if work.kind != "user":
                    continue
                step = self.case.definition.steps[work.element_id]
                with self.case.seen_from(work.runs):
                    opened = open_task(
                        self.uow, self.case, step, work.token, NewRows(), self.repeats
                    )
                self._note(step, execution, opened)
                if opened.outcome:
                    self.repeats.note(step.id, opened.repeated)
                    note_repeated(self.uow, self.case, opened)
                    self.asked.forget()
                    at.remove(work.element_id)
                    skipped.append(work.token)
            for token in skipped:
                execution.complete(token)
        if execution.finished and execution.end_events:
            self._end(execution)
        return at

    def _note(self, step: Step, execution: Execution, opened: OpenedTask) -> None:
        self.found.append(
            Ahead(
                step.id,
                step.name,
                tuple(opened.keys),
                because=self._because(execution.passed(), opened.token),
                certain=self.certain,
                fallback=bool(opened.fallback),
                repeated=bool(opened.outcome),
            )
        )

    def _end(self, execution: Execution) -> None:
        end = self.case.definition.diagram.elements[execution.end_events[-1]]
        self.found.append(Ahead(end.id, end.name or end.id, certain=self.certain, ends=True))

    def _because(self, passed: list[Passed], token: str) -> tuple[str, ...]:
        """The names of the flows on the way to a token, in order."""
        flows = {one.token: one for one in passed if one.kind == "flow"}
        names: list[str] = []
        at: str | None = token
        while at in flows:
            flow = flows[at]
            names.append(self.case.definition.diagram.flows[flow.id].name)
            at = flow.cause[0] if flow.cause else None
        return tuple(name for name in reversed(names) if name)

    def _likely(self, element: str) -> Ahead:
        step = self.case.definition.steps[element]
        try:
            asked = ask(self.uow, self.case, step)
        except EngineError:
            return Ahead(step.id, step.name, certain=False)
        return Ahead(
            step.id,
            step.name,
            tuple(asked.keys),
            certain=False,
            fallback=bool(asked.fallback),
        )


def certain_first(ahead: Iterable[Ahead]) -> list[Ahead]:
    """What would be next: all that is certain, else the first that is likely."""
    steps = list(ahead)
    return [one for one in steps if one.certain] or steps[:1]


__all__ = ["Ahead", "certain_first", "preview_start", "preview_task"]
