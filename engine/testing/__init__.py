"""Shipped, not hidden in tests: an organisation in memory, a throw-away engine, and scenarios played on it."""

from engine.testing.directory import CastDirectory
from engine.testing.house import temporary_engine
from engine.testing.play import Act, Story, play, play_text, scenarios_of
from engine.testing.refusals import ScenarioFailed

__all__ = [
    "Act",
    "CastDirectory",
    "ScenarioFailed",
    "Story",
    "play",
    "play_text",
    "scenarios_of",
    "temporary_engine",
]
