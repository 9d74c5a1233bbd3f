"""What can go wrong while tokens move. After any of these the execution must be thrown away."""

from __future__ import annotations

from engine.errors import Conflict, EngineError, InvalidPackage
from engine.runtime.diagram import Finding


class NotSupported(InvalidPackage):
    """The diagram has findings; it is refused, not run approximately."""

    problem = "not_supported"

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        first = findings[0]
        super().__init__(
            count=len(findings), rule=first.rule, element=first.element, first=first.message
        )


class NoSuchWork(Conflict):
    """No open work of that kind has this token."""

    problem = "no_such_work"


class ConditionFailed(EngineError):
    """The condition of a sequence flow is neither true nor false."""

    problem = "condition_failed"


class LoopFailed(EngineError):
    """How often a multi-instance activity is to be done cannot be told."""

    problem = "loop_failed"


class NoWayOut(EngineError):
    """No condition of a gateway holds, and it has no default flow."""

    problem = "no_way_out"


class NeverRests(EngineError):
    """The process runs in a circle in which nobody has to act."""

    problem = "never_rests"


class ImpossibleMove(EngineError):
    """Tokens cannot be placed like that."""

    problem = "impossible_move"


class BrokenExecution(EngineError):
    """An earlier error stopped this execution halfway; it cannot be used or saved."""

    problem = "broken_execution"


class BadSnapshot(EngineError):
    """The snapshot cannot be read with this program or this definition."""

    problem = "bad_snapshot"
