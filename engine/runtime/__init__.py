"""Moves tokens: the only door to SpiffWorkflow, and our own snapshot format."""

from engine.runtime.execution import Execution, Held, Work
from engine.runtime.marking import Passed, Run
from engine.runtime.moving import Entry, elements_of
from engine.runtime.snapshot import runs_at
from engine.runtime.specification import Specification, compile_process

__all__ = [
    "Entry",
    "Execution",
    "Held",
    "Passed",
    "Run",
    "Specification",
    "Work",
    "compile_process",
    "elements_of",
    "runs_at",
]
