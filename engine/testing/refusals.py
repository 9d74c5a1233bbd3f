"""How a scenario says that the story did not come out as written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.testing.play import Story


class ScenarioFailed(AssertionError):
    """A step or the end of a scenario is not what the file says."""

    #: What had happened until then.
    story: Story | None = None
