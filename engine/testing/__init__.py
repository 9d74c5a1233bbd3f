"""Shipped, not hidden in tests: an organisation in memory, a throw-away engine, and scenarios played on it."""

from engine.testing.coverage import Coverage, coverage
from engine.testing.directory import CastDirectory
from engine.testing.house import temporary_engine
from engine.testing.play import Act, Story, play, scenarios_of, telling
from engine.testing.refusals import ScenarioFailed

__all__ = [
    "Act",
    "CastDirectory",
    "Coverage",
    "ScenarioFailed",
    "Story",
    "coverage",
    "play",
    "scenarios_of",
    "telling",
    "temporary_engine",
]
