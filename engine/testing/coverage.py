"""All scenarios of a package played: what came out, and how much of the diagram they went through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from engine.catalog.definition import compile_definition
from engine.catalog.package import Package
from engine.errors import EngineError
from engine.testing.play import Story, telling
from engine.testing.refusals import Failure, ScenarioFailed


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the stories of a package told, and how often they came to each element and flow."""

    stories: tuple[Story, ...]
    #: name of the scenario → why it did not come out as written
    failed: Mapping[str, Failure]
    #: every element and every flow of the diagram; 0 where no story comes
    elements: Mapping[str, int]
    flows: Mapping[str, int]
    #: element or flow → the scenarios that come there
    by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def untaken(self) -> list[str]:
        """The flows that no story takes."""
        return [flow for flow, times in self.flows.items() if not times]

    def to_data(self) -> dict[str, Any]:
        """The same as JSON takes it."""
        return {
            "elements": dict(self.elements),
            "flows": dict(self.flows),
            "by": {name: list(stories) for name, stories in self.by.items()},
        }


def coverage(package: Package, scenarios: Mapping[str, bytes], cast: Path) -> Coverage:
    """Play scenarios, by path or name, with the people of a cast; a story that fails covers nothing.

    Raise `InvalidPackage` for a package that cannot run.
    """
    diagram = compile_definition(package).diagram
    stories: list[Story] = []
    failed: dict[str, Failure] = {}
    for path, text in sorted(scenarios.items()):
        story = told_story(package, path, text, cast)
        if isinstance(story, Story):
            stories.append(story)
        else:
            failed[Path(path).stem] = story
    return counted(stories, failed, diagram.elements, diagram.flows)


def told_story(package: Package, path: str, text: bytes, cast: Path) -> Story | Failure:
    """A scenario played; where it does not come out as written, why."""
    try:
        with telling(package, Path(path).stem, text, cast) as (_engine, _instance, story):
            return story
    except ScenarioFailed as error:
        return error.failure
    except EngineError as error:
        return Failure("problem", {"problem": error.problem, "text": str(error)})
    except (yaml.YAMLError, LookupError, TypeError, ValueError, ArithmeticError) as error:
        return Failure("no_scenario", {"text": str(error)})


def counted(
    stories: list[Story],
    failed: Mapping[str, Failure],
    elements: Mapping[str, Any],
    flows: Mapping[str, Any],
) -> Coverage:
    """Add up what stories went through."""
    times: Counter[str] = Counter()
    by: dict[str, list[str]] = {}
    for story in stories:
        times.update(story.times)
        for name in story.times:
            by.setdefault(name, []).append(story.name)
    return Coverage(
        stories=tuple(stories),
        failed=dict(failed),
        elements={name: times[name] for name in elements},
        flows={name: times[name] for name in flows},
        by={name: tuple(names) for name, names in by.items()},
    )
