"""How a scenario says that the story did not come out as written."""

from __future__ import annotations


class ScenarioFailed(AssertionError):
    """A step or the end of a scenario is not what the file says."""
