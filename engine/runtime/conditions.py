"""Conditions and loop data: asked of the caller, who speaks FEEL; never of Python.

SpiffWorkflow's own script engine (`eval`, `exec`) is not even loaded: a test looks.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from engine.errors import EngineError
from engine.runtime.diagram import Element, Flow, Loop
from engine.runtime.errors import ConditionFailed, LoopFailed

#: More instances than this of one activity at once are a mistake, or a case that nobody could read.
MOST_INSTANCES = 1_000


def holds(flow: Flow, evaluate: Callable[[str], object]) -> bool:
    """Whether a flow may be taken. Null, a number or an error is never silently false."""
    if not flow.condition:
        return True
    facts = {"flow": flow.id, "element": flow.source, "condition": flow.condition}
    return _truth(flow.condition, evaluate, facts)


def is_enough(element: Element, loop: Loop, evaluate: Callable[[str], object]) -> bool:
    """Whether a multi-instance activity needs its other instances no longer."""
    if not loop.until:
        return False
    return _truth(loop.until, evaluate, {"element": element.id, "condition": loop.until})


def instances(element: Element, loop: Loop, evaluate: Callable[[str], object]) -> int:
    """How many instances a multi-instance activity has; zero, but never by mistake."""
    text = loop.collection or loop.cardinality
    facts = {"element": element.id, "expression": text}
    try:
        value = evaluate(text)
    except Exception as error:
        raise LoopFailed(**facts, reason=_reason(error)) from error
    if loop.collection:
        count = len(value) if isinstance(value, list) else -1
    else:
        is_number = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
        count = int(value) if is_number and value == int(value) else -1  # type: ignore[call-overload]
    if count < 0:
        wanted = "a list" if loop.collection else "a whole number"
        raise LoopFailed(**facts, wanted=wanted, result=_kind(value))
    if count > MOST_INSTANCES:
        raise LoopFailed(**facts, most=MOST_INSTANCES, result=count)
    return count


def _truth(text: str, evaluate: Callable[[str], object], facts: dict[str, str]) -> bool:
    try:
        value = evaluate(text)
    except Exception as error:
        # Whatever the language raises, somebody must learn where it was.
        raise ConditionFailed(**facts, reason=_reason(error)) from error
    if value is True or value is False:
        return value
    raise ConditionFailed(**facts, result=_kind(value))


def _reason(error: Exception) -> str:
    # Only our own errors are known to hold nothing personal.
    return str(error) if isinstance(error, EngineError) else type(error).__name__


def _kind(value: object) -> str:
    # The value itself may be personal and stays out of logs.
    return "null" if value is None else type(value).__name__
