"""A definition: one version of a package, compiled once and shared by every case on it.

Nothing in it changes after it has been built; a test compares it before and after every scenario.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from typing import Any

from engine.catalog.bpmn import Diagram, read_diagram
from engine.catalog.former import Former
from engine.catalog.package import Package
from engine.catalog.steps import Outcome, Step, application_step, read_messages, read_steps
from engine.errors import InvalidPackage, UnknownOutcome
from engine.feel import DmnModel, FeelError, load_dmn
from engine.forms import Form, compile_form
from engine.runtime import Specification, compile_process
from schemas.manifest import Manifest


@dataclass(frozen=True)
class Definition:
    """Everything a case needs to know of its process."""

    id: str
    key: str
    version: int
    manifest: Manifest
    diagram: Diagram
    specification: Specification
    steps: Mapping[str, Step]
    #: element id → the delivery of the message it waits for
    messages: Mapping[str, Step]
    forms: Mapping[str, Form]
    #: decision name → the model that holds it
    decisions: Mapping[str, DmnModel]
    #: 中文 → English, for everything a person reads in the package
    english: Mapping[str, str]
    package: Package

    @property
    def title(self) -> str:
        """The package's title, in Chinese."""
        return self.manifest.title

    @property
    def start_event(self) -> str:
        """The id of the top start event; its form is the start form."""
        return next(
            element.id for element in self.diagram.inside(None) if element.kind == "startEvent"
        )

    @property
    def start_form(self) -> Form | None:
        """The form that opens a case, if the package has one."""
        return self.forms.get(self.start_event)

    def outcome_given(self, element: str, name: str | None) -> Outcome:
        """An outcome that was given at an element, if need be in a version the case has come from."""
        step = self.steps[element]
        try:
            return step.outcome(name)
        except UnknownOutcome:
            found = self._outcome_elsewhere(element, name)
            if found is None:
                raise
            return found

    def _outcome_elsewhere(self, element: str, name: str | None) -> Outcome | None:
        steps = self.steps
        if not isinstance(steps, Former):
            return None
        others: Iterator[Step] = steps.elsewhere(element)
        return next((one for step in others for one in step.outcomes if one.id == name), None)

    def act_at(self, element: str) -> Step:
        """What a person does at an element: a task, or delivering a message."""
        return self.steps[element] if element in self.steps else self.messages[element]

    def message_of(self, element: str) -> str:
        """The name of the message an element waits for."""
        event = self.diagram.elements[element].event
        return event.message if event is not None else ""

    def form_of(self, step: Step) -> Form | None:
        """The form of a user task, if it has one."""
        return self.forms.get(step.form)

    def result_of(self, end_event: str | None) -> str:
        """What a case that came to an end event got: granted, refused, lapsed; empty where nothing is said."""
        element = self.diagram.elements.get(end_event or "")
        return element.properties.get("result", "") if element is not None else ""

    def text(self, chinese: str, language: str) -> str:
        """A text of the package in the reader's language; Chinese where no English was given."""
        return self.english.get(chinese, chinese) if language == "en" else chinese


def compile_definition(package: Package, *, version: int = 0) -> Definition:
    """Compile a package; raise `InvalidPackage` with the first reason it cannot run.

    The same files are compiled once: a draft is checked, played and looked at again and again.
    """
    files = _Files(package)
    return replace(_compiled(files), version=version, package=package)


class _Files:
    """What is compiled, known again by its bytes."""

    def __init__(self, package: Package) -> None:
        # What goes with a version is no part of it, and need not stay in memory.
        self.package = Package(package.files)
        self._digest = tuple(
            (path, sha256(content).digest()) for path, content in sorted(package.files.items())
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Files) and self._digest == other._digest

    def __hash__(self) -> int:
        return hash(self._digest)


@lru_cache(maxsize=24)
def _compiled(files: _Files) -> Definition:
    package = files.package
    manifest = package.manifest
    forms = {name: compile_form(_json(name, text)) for name, text in _forms(package).items()}
    source = package.files.get("process.bpmn")
    if source is None:
        raise InvalidPackage("the package has no process.bpmn")
    diagram = read_diagram(source)
    return Definition(
        id=package.hash,
        key=manifest.id,
        version=0,
        manifest=manifest,
        diagram=diagram,
        specification=compile_process(diagram),
        steps=read_steps(diagram) | _application(diagram, forms),
        messages=read_messages(diagram),
        forms=forms,
        decisions=_decisions(package),
        english=_english(package),
        package=package,
    )


def forget_compiled() -> None:
    """Let go of everything that was compiled: for whoever measures how long compiling takes."""
    _compiled.cache_clear()


def _application(diagram: Diagram, forms: Mapping[str, Form]) -> dict[str, Step]:
    """The applicant's step at the start event: where a case waits that was sent back to its beginning."""
    for element in diagram.inside(None):
        if element.kind == "startEvent" and element.id in forms:
            return {element.id: application_step(element)}
    return {}


def _forms(package: Package) -> dict[str, bytes]:
    return package.names("forms", ".json")


def _json(name: str, content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError as error:
        raise InvalidPackage(f"{name}: this is not JSON: {error}") from error


def _decisions(package: Package) -> dict[str, DmnModel]:
    decisions: dict[str, DmnModel] = {}
    for path, content in sorted(package.files.items()):
        if path.endswith(".dmn"):
            try:
                model = load_dmn(content)
            except FeelError as error:
                raise InvalidPackage(f"{path}: {error}") from error
            decisions.update({decision.name: model for decision in model.decisions})
    return decisions


def _english(package: Package) -> dict[str, str]:
    content = package.files.get("i18n/en.json")
    if content is None:
        return {}
    texts = _json("i18n/en.json", content)
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        raise InvalidPackage("i18n/en.json must map Chinese texts to English texts")
    return texts
