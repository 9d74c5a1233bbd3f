"""Scenarios: well-formed, told of people who exist, and, when played, true and complete."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import yaml
from marshmallow import ValidationError

from engine.catalog.checks.parts import Parts, error, warning
from engine.feel.suggest import did_you_mean
from engine.runtime.diagram import Diagram
from engine.yaml_text import read_yaml
from schemas.finding import Finding
from schemas.scenario import ScenarioSchema

if TYPE_CHECKING:
    from engine.testing.coverage import Coverage

#: The file beside the packages that says who the people of scenarios are.
CAST = "cast.yaml"


def problems(parts: Parts) -> Iterator[Finding]:
    """What is wrong with the files themselves."""
    people = _people(parts)
    for file, text in _texts(parts).items():
        try:
            content = read_yaml(text.decode("utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as reason:
            yield error("bad_scenario", "", file, f"this is not YAML: {reason}")
            continue
        if isinstance(content, dict) and content.get("steps") == []:
            yield error("empty_scenario", "", file, "the story has no steps yet")
            continue
        try:
            ScenarioSchema().load(content if isinstance(content, dict) else {})
        except ValidationError as reason:
            for place, message in _messages(reason.messages):
                yield error("bad_scenario", "", file, f"{place}: {message}" if place else message)
            continue
        if people is None:
            continue
        for person in sorted(_named(content) - people):
            message = f"nobody in the cast is called {person}{did_you_mean(person, people)}"
            yield error("unknown_person", "", file, message, name=person)


def played(parts: Parts) -> Iterator[Finding]:
    """What comes out when every scenario is played: those that fail, and flows that none takes."""
    # Late: playing needs the whole engine, which itself knows the catalog.
    from engine.testing.coverage import coverage

    assert parts.shared is not None
    cast = parts.shared / CAST
    if not cast.is_file():
        yield no_cast()
        return
    yield from told_by(coverage(parts.package, _texts(parts), cast), parts.diagram)


def no_cast() -> Finding:
    """Nobody says who the people are that scenarios are told of."""
    return warning(
        "no_cast", "", "scenarios", "no cast.yaml says who the people of the stories are"
    )


def told_by(covered: Coverage, diagram: Diagram) -> Iterator[Finding]:
    """The findings of stories that have been played."""
    if not covered.stories and not covered.failed:
        yield warning("no_scenarios", "", "scenarios", "no story tells how the process goes")
        return
    for name, failure in covered.failed.items():
        first, *rest = str(failure).splitlines()
        found = error("scenario_failed", "", f"scenarios/{name}.yaml", first, *rest)
        at = {"step": str(failure.step), "doing": failure.doing}
        yield replace(found, parts={**failure.parts, "kind": failure.kind, **at})
    if covered.failed:
        return  # a story that stopped halfway says nothing about the flows behind
    for name in covered.untaken:
        flow = diagram.flows[name]
        message = f"no scenario goes from {flow.source} to {flow.target}"
        yield warning("flow_untested", flow.id, "process.bpmn", message, flow.source, flow.target)


def _texts(parts: Parts) -> dict[str, bytes]:
    companions = parts.package.companions
    return {path: companions[path] for path in sorted(companions) if path.startswith("scenarios/")}


def _people(parts: Parts) -> set[str] | None:
    path = None if parts.shared is None else parts.shared / CAST
    if path is None or not path.is_file():
        return None
    cast = read_yaml(path.read_text(encoding="utf-8"))
    return {person["id"] for person in cast["people"]}


def _named(content: Any) -> set[str]:
    """Whom a scenario names as acting."""
    if isinstance(content, list):
        return {person for one in content for person in _named(one)}
    if not isinstance(content, dict):
        return set()
    found = {content[word] for word in ("starter", "as") if isinstance(content.get(word), str)}
    # What a form holds is data, whatever its fields are called.
    steps = [
        value for key, value in content.items() if key not in ("form", "fields", "start", "ends")
    ]
    return found | _named(steps)


def _messages(messages: Any, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _messages(inner, place if key == "_schema" else f"{place}.{key}".strip("."))
    elif isinstance(messages, list):
        for inner in messages:
            yield from _messages(inner, place)
    else:
        yield place, str(messages)
