"""One evaluation: its scopes, its budget, its clock and what it found wrong."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.feel.errors import NOWHERE, FeelLimitError, Place, Problem, ProblemKind
from engine.feel.values import Function


@dataclass(frozen=True, slots=True)
class Limits:
    """What one evaluation may use before it is stopped."""

    #: calls, loop rounds and list elements touched; one takes about a microsecond
    steps: int = 40_000
    #: functions calling functions
    call_depth: int = 100
    list_size: int = 50_000
    string_size: int = 1_000_000
    #: further problems are not kept
    problems: int = 100


DEFAULT_LIMITS = Limits()

#: Finding out what is wrong takes longer than most steps.
_STEPS_PER_PROBLEM = 3


@dataclass(slots=True)
class Run:
    """The state of one evaluation, shared by everything that takes part in it."""

    limits: Limits = DEFAULT_LIMITS
    clock: Callable[[], dt.datetime] | None = None
    functions: Mapping[str, Function] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    steps: int = 0
    depth: int = 0
    #: every name the caller offered, for "did you mean"
    offered: Iterable[str] = ()
    #: where decision tables leave their explanations
    trace: Any = None
    #: regular expressions this evaluation has paid for
    patterns: dict[tuple[str, str], Any] = field(default_factory=dict)
    _reported: set[tuple[ProblemKind, Place]] = field(default_factory=set)
    _now: dt.datetime | None = None

    def __post_init__(self) -> None:
        self.steps = self.limits.steps

    def report(
        self, kind: ProblemKind, message: str | Callable[[], str], place: Place = NOWHERE
    ) -> Any:
        """Note why a value is null. Returns None, so `return run.report(...)` reads well.

        A loop that fails in each round is told of once. A message that is work to write comes
        as a function.
        """
        self.steps -= _STEPS_PER_PROBLEM
        if len(self.problems) >= self.limits.problems:
            return None
        if place.text:
            if (kind, place) in self._reported:
                return None
            self._reported.add((kind, place))
        text = message if isinstance(message, str) else message()
        self.problems.append(Problem(kind, text, place))
        return None

    def spend(self, steps: int) -> None:
        """Take from the budget of steps."""
        self.steps -= steps
        if self.steps < 0:
            raise FeelLimitError(f"more than {self.limits.steps} steps")

    def sized(self, value: Any) -> Any:
        """A list or string that was just made, unless it is too large."""
        if isinstance(value, list):
            if len(value) > self.limits.list_size:
                raise FeelLimitError(f"a list of more than {self.limits.list_size} elements")
            self.spend(len(value) >> 4)
        elif isinstance(value, str):
            if len(value) > self.limits.string_size:
                raise FeelLimitError(f"a text of more than {self.limits.string_size} characters")
            self.spend(len(value) >> 6)
        return value

    def enter(self) -> None:
        """A function begins."""
        self.spend(1)
        self.depth += 1
        if self.depth > self.limits.call_depth:
            raise FeelLimitError(f"functions call each other {self.limits.call_depth} deep")

    def leave(self) -> None:
        """A function has ended."""
        self.depth -= 1

    def now(self) -> dt.datetime:
        """The moment of this evaluation: the same however often it is asked for."""
        if self._now is None:
            moment = self.clock() if self.clock else dt.datetime.now(dt.UTC)
            self._now = moment
        return self._now


class Env:
    """A scope: variables, the scope around it, and the run it belongs to."""

    __slots__ = ("parent", "run", "variables")

    def __init__(self, variables: dict[str, Any], parent: "Env | None", run: Run) -> None:
        self.variables = variables
        self.parent = parent
        self.run = run

    def find(self, name: str) -> tuple[bool, Any]:
        """Whether a scope has the name, and its value."""
        scope: Env | None = self
        while scope is not None:
            if name in scope.variables:
                return True, scope.variables[name]
            scope = scope.parent
        return False, None

    def names(self) -> set[str]:
        """Every variable in sight; for "did you mean"."""
        found: set[str] = set(self.run.offered)
        scope: Env | None = self
        while scope is not None:
            found.update(scope.variables)
            scope = scope.parent
        return found


#: What every part of an expression is compiled to.
Evaluator = Callable[[Env], Any]
