"""A past case told again under a version of its process: nothing is stored, nobody is asked, no effect leaves.

People do what they did, after as long as they had waited; tables, conditions and timers are worked out
anew. Where the version asks somebody who was not asked, the first positive outcome is assumed, and said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from engine.abilities.base import Call, Imaginable
from engine.audit.events import genesis
from engine.catalog.definition import Definition
from engine.commands.decisions import decide
from engine.engine import Engine
from engine.errors import EngineError
from engine.how_decided import PERSON
from engine.jobs.abilities import arguments_of
from engine.rehearsing.forms import form_errors
from engine.rehearsing.past import Act, Past, whole
from engine.runtime import Execution, Run, Work
from engine.scope import ExpressionFailed
from engine.store.case import Case, stream_of
from engine.store.document import Document

if TYPE_CHECKING:
    from engine.store.unit_of_work import UnitOfWork

#: Acts in one case before it is given up; a version may go round for ever.
MOST_ACTS = 1_000
#: How often an element is passed more than it was before the case is given up.
MOST_REPEATS = 3
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Kept:
    """What lies in the house of a case: what sensitive values are opened from."""

    id: str
    number: str | None
    starter_id: str
    places: dict[str, str]
    content: dict[str, Any]


@dataclass
class Walked:
    """How the case went, or would go."""

    way: list[str] = field(default_factory=list)
    end_event: str = ""
    #: Why it came to no end: a code, and the element.
    stopped: str = ""
    stopped_at: str = ""
    amount_fen: int | None = None
    took: timedelta = timedelta()
    #: Steps that ask somebody who was not asked; their outcome is assumed.
    asked_anew: list[str] = field(default_factory=list)
    #: What the forms of this version would not have taken: (element, label, code).
    not_taken: list[tuple[str, str, str, str]] = field(default_factory=list)
    #: Amounts that were signed as suggested, and would follow another suggestion.
    followed: list[str] = field(default_factory=list)
    #: element → what its table gave, each time
    decisions: dict[str, list[Any]] = field(default_factory=dict)


@dataclass
class _Moment:
    """What expressions ask of a unit of work: whose house, and when. It writes nothing."""

    engine: Engine
    now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(self.engine.zone).date()


class _Stopped(Exception):
    def __init__(self, code: str, element: str) -> None:
        super().__init__(code)
        self.code, self.element = code, element


def walk(
    engine: Engine,
    definition: Definition,
    past: Past,
    kept: Kept,
    *,
    before: Walked | None = None,
) -> Walked:
    """Tell the case again. `before` is how it goes under its own version, to compare suggestions with."""
    walker = _Walker(engine, definition, past, kept, before)
    try:
        walker.run()
    except _Stopped as reason:
        walker.walked.stopped, walker.walked.stopped_at = reason.code, reason.element
    except ExpressionFailed as reason:
        walker.walked.stopped = "expression"
        walker.walked.stopped_at = str(reason.parts.get("element") or walker.here)
    except EngineError as reason:
        walker.walked.stopped, walker.walked.stopped_at = reason.problem, walker.here
    walker.sum_up()
    return walker.walked


class _Walker:
    def __init__(
        self,
        engine: Engine,
        definition: Definition,
        past: Past,
        kept: Kept,
        before: Walked | None,
    ) -> None:
        self.walked = Walked()
        self.here = definition.start_event
        self._definition, self._past, self._kept, self._before = definition, past, kept, before
        self._moment = _Moment(engine, past.started_at)
        self._visits = past.visits
        #: element and instance → how often it was come to so far
        self._passed: dict[str, int] = {}
        #: token → when it is done, and how it was done then
        self._due: dict[str, tuple[datetime, Act | None]] = {}
        #: an amount suggested then → the one suggested now
        self._moved: dict[int, int] = {}
        self._case = Case(
            id=kept.id,
            definition=definition,
            title=definition.title,
            starter_id=kept.starter_id,
            places=kept.places,
            started_at=past.started_at,
            document=Document(kept.id),
            head=genesis(stream_of(kept.id)),
            number=kept.number,
        )

    @property
    def _uow(self) -> UnitOfWork:
        # What reads a case needs the house and the instant of a unit of work, and nothing else of it.
        return cast("UnitOfWork", self._moment)

    def run(self) -> None:
        # An application that was sent back and handed in again counts as it was in the end.
        given = dict(self._past.given)
        for act in self._visits.get(self._definition.start_event, ()):
            given |= act.fields if act is not None else {}
        self._write(given)
        self._look_at_form(self._definition.start_event)
        self._execution = Execution.start(
            self._definition.specification, self._evaluate, self._decide, self._begin
        )
        for _ in range(MOST_ACTS):
            if self._execution.finished:
                return
            self._act()
        raise _Stopped("goes_round", self.here)

    def sum_up(self) -> None:
        walked, content = self.walked, self._case.document.content
        execution = getattr(self, "_execution", None)
        if execution is not None:
            walked.way = [one.id for one in execution.passed()]
            if not walked.stopped and execution.end_events:
                walked.end_event = execution.end_events[-1]
        amount = content.get(self._definition.manifest.amount)
        walked.amount_fen = amount if isinstance(amount, int) else None
        walked.took = self._moment.now - self._past.started_at

    # One act after another, in the order of time.

    def _act(self) -> None:
        works = {work.token: work for work in self._execution.open_work()}
        for token, work in works.items():
            if token not in self._due:
                self._due[token] = self._when(work)
        # What ends at the same instant ends in the order of arrival.
        if not works:
            raise _Stopped("stands_still", self.here)
        token = min(works, key=lambda one: self._due[one][0])
        at, act = self._due.pop(token)
        work = works[token]
        self.here = work.element_id
        if at is not _NEVER:
            self._moment.now = max(at, self._moment.now)
        with self._case.seen_from(work.runs):
            self._do(work, act)

    def _when(self, work: Work) -> tuple[datetime, Act | None]:
        if work.kind == "timer":
            with self._case.seen_from(work.runs):
                return self._case.scope(self._uow).instant(work.expression, work.element_id), None
        visits = self._visits.get(work.element_id, [])
        if work.run is not None:
            visits = [one for one in visits if one is None or one.run in (None, work.run)] or visits
        if not visits:
            return self._moment.now, None
        act = visits[self._number_of(work, len(visits))]
        # Who did nothing then does nothing now, for as long as something else may happen.
        return (_NEVER, None) if act is None else (self._moment.now + act.waited, act)

    def _number_of(self, work: Work, visits: int) -> int:
        """Which of the visits of then this one repeats; the last one where there are more now."""
        key = f"{work.element_id}:{work.run}"
        number = self._passed.get(key, 0)
        self._passed[key] = number + 1
        if number >= visits + MOST_REPEATS:
            raise _Stopped("goes_round", work.element_id)
        return min(number, visits - 1)

    def _do(self, work: Work, act: Act | None) -> None:
        match work.kind:
            case "timer":
                self._execution.fire(work.token)
            case "message":
                self._take(work, act)
                self._execution.receive(work.token)
            case "service":
                self._take(work, act)
                self._imagine(work, act)
                if act is not None and act.error:
                    if not self._execution.fail(work.token, act.error):
                        raise _Stopped("uncaught_error", work.element_id)
                else:
                    self._execution.complete(work.token)
            case _:
                self._person(work, act)
                self._execution.complete(work.token)

    def _person(self, work: Work, act: Act | None) -> None:
        step = self._definition.steps[work.element_id]
        if act is None:
            self.walked.asked_anew.append(step.id)
            chosen = next(
                (one for one in step.outcomes if one.kind == "positive"), step.outcomes[0]
            )
            outcome, opinion, by, name, how = chosen.id, "", "", "", PERSON
        else:
            outcome, opinion, by, name = act.outcome, act.opinion, act.by, act.name
            how = act.how or PERSON
            if outcome not in {one.id for one in step.outcomes}:
                raise _Stopped("no_such_outcome", step.id)
            self._take(work, act)
            self._look_at_form(step.id, outcome)
        if by:
            self._case.note_actor(step.id, by)
        self._case.note_outcome(step.id, outcome, opinion, by, name, self._moment.now, how=how)

    def _take(self, work: Work, act: Act | None) -> None:
        """Write what was written then."""
        if act is not None:
            self._write({name: self._followed(name, value) for name, value in act.fields.items()})

    def _imagine(self, work: Work, act: Act | None) -> None:
        """What an ability would answer differently today, such as the last day of a notice."""
        properties = self._definition.diagram.elements[work.element_id].properties
        # Not every ability can be imagined, which its own type does not say.
        ability: object = self._moment.engine.abilities.get(properties.get("ability", ""))
        into = properties.get("into", "")
        if not isinstance(ability, Imaginable) or not into or (act is not None and act.error):
            return
        given = arguments_of(self._uow, self._case, properties)
        call = Call(self._uow, self._case, work.element_id, "", given, work.token)
        answered = self._case.stored(into) if act is not None else None
        self._case.put(into, ability.imagine(call, answered))

    def _write(self, values: Mapping[str, Any]) -> None:
        content = self._case.document.content
        for name, value in values.items():
            field_name, bracket, rest = name.partition("[")
            stored = self._kept.content.get(field_name)
            if not bracket:
                self._case.document.write({name: whole(value, stored)})
                continue
            index = int(rest.rstrip("]"))
            held = content.get(field_name)
            rows = stored if isinstance(stored, list) else []
            own = rows[index] if index < len(rows) else None
            total = len(held) if isinstance(held, list) else max(len(rows), index + 1)
            if index < total:
                self._case.document.write_entry(field_name, index, total, whole(value, own))

    # What is worked out anew.

    def _evaluate(self, expression: str, runs: tuple[Run, ...] = ()) -> object:
        with self._case.seen_from(runs):
            result = self._case.scope(self._uow).result(expression)
        if result.value is None:
            raise ExpressionFailed(instance=self._case.id, expression=expression)
        return result.value

    def _decide(self, element: str, runs: tuple[Run, ...] = ()) -> None:
        self.here = element
        into = self._definition.diagram.elements[element].properties.get("into", "")
        with self._case.seen_from(runs):
            decide(self._uow, self._case, element)
        value = self._case.document.content.get(into)
        given = self.walked.decisions.setdefault(element, [])
        given.append(value)
        before = self._before.decisions.get(element, []) if self._before is not None else []
        if len(given) <= len(before):
            self._moved |= _amounts_moved(before[len(given) - 1], value)

    def _begin(self, element: str, total: int, around: tuple[Run, ...]) -> None:
        self._case.make_room(element, total, around)

    def _followed(self, name: str, value: Any) -> Any:
        """A signed amount that was the suggested one follows the suggestion."""
        if isinstance(value, dict):
            return {key: self._followed(key, item) for key, item in value.items()}
        is_money = name.endswith("_fen") or name == self._definition.manifest.amount
        if is_money and isinstance(value, int) and value in self._moved:
            self.walked.followed.append(name)
            return self._moved[value]
        return value

    def _look_at_form(self, element: str, outcome: str = "") -> None:
        """Ask this version's form whether it would have taken what was handed in."""
        definition = self._definition
        form, into = definition.start_form, ""
        if element != definition.start_event:
            step = definition.steps[element]
            form, into = definition.form_of(step), step.into
            if step.sign_off.form_each or not step.outcome(outcome).validated:
                return
        if form is None:
            return
        scope = self._case.scope(self._uow)
        given = self._case.stored(into) if into else self._case.document.content
        now = self._moment.now.astimezone(self._moment.engine.zone)
        for error in form_errors(form, given, scope, now):
            self.walked.not_taken.append((element, *error))


def _amounts_moved(old: Any, new: Any) -> dict[int, int]:
    """Whole numbers at the same place of two results that differ."""
    if isinstance(old, dict) and isinstance(new, dict):
        found: dict[int, int] = {}
        for key in old.keys() & new.keys():
            found |= _amounts_moved(old[key], new[key])
        return found
    if isinstance(old, bool) or isinstance(new, bool):
        return {}
    return {old: new} if isinstance(old, int) and isinstance(new, int) and old != new else {}
