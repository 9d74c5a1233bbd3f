"""Conditions of sequence flows: asked of the caller, who speaks FEEL; never of Python.

SpiffWorkflow's own script engine (`eval`, `exec`) is not even loaded: a test looks.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.errors import EngineError
from engine.runtime.diagram import Flow
from engine.runtime.errors import ConditionFailed


def holds(flow: Flow, evaluate: Callable[[str], object]) -> bool:
    """Whether a flow may be taken. Null, a number or an error is never silently false."""
    if not flow.condition:
        return True
    facts = {"flow": flow.id, "element": flow.source, "condition": flow.condition}
    try:
        value = evaluate(flow.condition)
    except Exception as error:
        # Whatever the language raises, somebody must learn which flow it was. Only our own errors
        # are known to hold nothing personal.
        reason = str(error) if isinstance(error, EngineError) else type(error).__name__
        raise ConditionFailed(**facts, reason=reason) from error
    if value is True or value is False:
        return value
    # The value itself may be personal and stays out of logs.
    raise ConditionFailed(**facts, result="null" if value is None else type(value).__name__)
