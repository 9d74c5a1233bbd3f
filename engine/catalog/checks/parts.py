"""A package taken apart as far as it can be read; what cannot is a finding, and the rest is still checked."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from engine.catalog.bpmn import PEOPLE, Diagram, Element, check, read_diagram
from engine.catalog.package import Package
from engine.catalog.steps import Step, read_candidates, read_messages, read_steps
from engine.errors import InvalidPackage
from engine.feel import DmnError, DmnModel, load_dmn
from engine.sign_off import SignOff
from schemas.finding import ERROR, WARNING, Finding
from schemas.manifest import Manifest

BPMN_FILE, FACTS_FILE, ENGLISH_FILE = "process.bpmn", "process.toml", "i18n/en.json"


def error(rule: str, element: str, file: str, message: str, *trace: str, **parts: str) -> Finding:
    """A finding that forbids deploying the package; `parts` fill the rule's sentence in other languages."""
    return Finding(rule, ERROR, element, file, message, trace, parts=parts)


def warning(rule: str, element: str, file: str, message: str, *trace: str, **parts: str) -> Finding:
    """A finding that somebody should look at."""
    return Finding(rule, WARNING, element, file, message, trace, parts=parts)


@dataclass
class Parts:
    """What could be read of a package."""

    package: Package
    manifest: Manifest
    diagram: Diagram
    #: The folder it came from; None for a package from the database.
    folder: Path | None
    #: Where roles, areas and cast lie; None where nobody says.
    shared: Path | None = None
    #: form name → JSON as it lies in the file
    schemas: dict[str, Any] = field(default_factory=dict)
    #: path → model
    models: dict[str, DmnModel] = field(default_factory=dict)
    #: user tasks whose attributes can be read
    steps: dict[str, Step] = field(default_factory=dict)
    #: deliveries of messages whose senders can be read
    messages: dict[str, Step] = field(default_factory=dict)
    english: Mapping[str, str] | None = None
    #: Role ids that exist; None where nobody says.
    roles: frozenset[str] | None = None
    #: Work points that an area has; None where nobody says.
    points: frozenset[str] | None = None
    findings: list[Finding] = field(default_factory=list)

    @classmethod
    def read(cls, package: Package, folder: Path | None, shared: Path | None = None) -> Parts:
        """Take a package apart; raise `InvalidPackage` where its facts cannot be read at all."""
        if shared is None and folder is not None:
            shared = folder.parent / "_shared"
        parts = cls(package, package.manifest, Diagram("", "", {}, {}), folder, shared)
        parts._read_diagram()
        parts.schemas = dict(parts._json_files("forms"))
        parts._read_models()
        parts._read_steps()
        parts._read_english()
        parts._read_shared()
        return parts

    def people_tasks(self) -> Iterator[Element]:
        """Every task that people do."""
        return (one for one in self.diagram.elements.values() if one.kind in PEOPLE)

    def of_kind(self, kind: str) -> Iterator[Element]:
        """Every element of a kind."""
        return (one for one in self.diagram.elements.values() if one.kind == kind)

    @property
    def start_event(self) -> str | None:
        """The top start event: its form opens a case."""
        found = (one.id for one in self.diagram.inside(None) if one.kind == "startEvent")
        return next(found, None)

    def _read_diagram(self) -> None:
        source = self.package.files.get(BPMN_FILE)
        if source is None:
            self.findings.append(error("no_diagram", "", BPMN_FILE, "there is no process.bpmn"))
            return
        found = check(source)
        refused = {one.element for one in found if one.rule == "not_supported"}
        self.findings += [
            Finding(
                one.rule, one.severity.value, one.element, BPMN_FILE, one.message, parts=one.parts
            )
            for one in found
            # What is refused altogether need not be told how to be connected, too.
            if one.rule not in ("no_way_in", "no_way_out") or one.element not in refused
        ]
        with suppress(InvalidPackage):  # said by `check` already
            self.diagram = read_diagram(source)

    def _json_files(self, folder: str) -> Iterator[tuple[str, Any]]:
        for name, content in self.package.names(folder, ".json").items():
            try:
                yield name, json.loads(content)
            except ValueError as reason:
                path = f"{folder}/{name}.json"
                self.findings.append(error("no_json", "", path, f"this is not JSON: {reason}"))

    def _read_models(self) -> None:
        for path, content in sorted(self.package.files.items()):
            if path.endswith(".dmn"):
                try:
                    self.models[path] = load_dmn(content)
                except DmnError as reason:
                    self.findings.append(error("dmn_unreadable", "", path, str(reason)))

    def _read_steps(self) -> None:
        for element in self.people_tasks():
            attributes = cast("Mapping[str, object]", element.extensions.get("signOff", {}))
            try:
                rule = "bad_sign_off"
                SignOff.parse(attributes, element.id)
                rule = "bad_candidates"
                read_candidates(element.properties.get("candidates", ""), element.id)
                self.steps |= read_steps(Diagram("", "", {element.id: element}, {}))
            except InvalidPackage as reason:
                self.findings.append(error(rule, element.id, BPMN_FILE, str(reason)))

        for element in self.diagram.elements.values():
            with suppress(InvalidPackage):  # said where senders are checked
                self.messages |= read_messages(Diagram("", "", {element.id: element}, {}))

    def _read_english(self) -> None:
        texts = dict(self._json_files("i18n")).get("en")
        if isinstance(texts, dict) and all(isinstance(text, str) for text in texts.values()):
            self.english = texts
        elif texts is not None:
            message = "it must map each text to its English"
            self.findings.append(error("no_json", "", ENGLISH_FILE, message))

    def _read_shared(self) -> None:
        """What the organisation says beside its packages."""
        roles = self._shared("roles.toml")
        if roles is not None:
            self.roles = frozenset(roles)
        areas = self._shared("areas.toml")
        if areas is not None:
            self.points = frozenset(
                point["no"] for area in areas["area"] for point in area["points"]
            )

    def _shared(self, name: str) -> dict[str, Any] | None:
        path = None if self.shared is None else self.shared / name
        if path is None or not path.is_file():
            return None
        return tomllib.loads(path.read_text(encoding="utf-8"))
