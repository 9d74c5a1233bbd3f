"""Packages drawn as text: the lines of `drawing.draw`, and what each element says of itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lxml import etree

from engine.actors import SYSTEM
from engine.catalog.bpmn import PEOPLE, read_diagram
from engine.catalog.check import check
from engine.catalog.package import Package
from engine.catalog.versions import deploy
from tests.engine.abilities.workshop import House
from tests.engine.runtime.drawing import BPMN, SPIFF, draw

_PEOPLE_FIELD = {
    "type": "checklist",
    "key": "visitors",
    "label": "人",
    "values": [{"label": one, "value": one} for one in ("anna", "ben", "cora", "clerk", "payer")],
}
_START = [
    _PEOPLE_FIELD,
    {"type": "number", "key": "count", "label": "数"},
    {"type": "mobile", "key": "phone", "label": "电话", "properties": {"sensitive": "mobile"}},
]
_NOTE = [{"type": "textfield", "key": "note", "label": "说明"}]


def package(
    *lines: str,
    says: Mapping[str, Mapping[str, str]] | None = None,
    swap: Mapping[str, str] | None = None,
    extra: str = "",
) -> Package:
    """A package whose start form has a list of people and a number, its tasks a note.

    `says` are properties by element; `swap` exchanges texts of the drawing, which knows no spaces.
    """
    drawing = draw(*lines).decode()
    for old, new in (swap or {}).items():
        assert old in drawing, old
        drawing = drawing.replace(old, new)
    root = etree.fromstring(drawing)
    for element, properties in (says or {}).items():
        node = root.find(f".//*[@id='{element}']")
        assert node is not None, element
        _say(node, properties)
    bpmn = etree.tostring(root)
    forms = {
        one.properties.get("form", one.id): _NOTE
        for one in read_diagram(bpmn).elements.values()
        if one.kind in PEOPLE
    } | {"s": _START}
    manifest = f'id = "drawn"\ntitle = "画"\nowner = "clerk"\n[start]\nroles = ["member"]\n{extra}'
    files = {"process.toml": manifest.encode(), "process.bpmn": bpmn}
    for name, fields in forms.items():
        form = {"type": "default", "schemaVersion": 18, "id": name, "components": fields}
        files[f"forms/{name}.json"] = json.dumps(form).encode()
    return Package(files)


def _say(node: Any, properties: Mapping[str, str]) -> None:
    extensions = node.find(f"{{{BPMN}}}extensionElements")
    if extensions is None:
        extensions = etree.SubElement(node, f"{{{BPMN}}}extensionElements")
        node.insert(0, extensions)
    holder = extensions.find(f"{{{SPIFF}}}properties")
    if holder is None:
        holder = etree.SubElement(extensions, f"{{{SPIFF}}}properties")
    for name, value in properties.items():
        for old in [one for one in holder if one.get("name") == name]:
            holder.remove(old)
        etree.SubElement(holder, f"{{{SPIFF}}}property", name=name, value=value)


def deploy_drawn(house: House, *lines: str, **options: Any) -> None:
    """Make it what new cases of the house begin on."""
    with house.engine.command(SYSTEM) as uow:
        house.definition_id, _ = deploy(uow, package(*lines, **options))
        uow.commit()


def check_drawn(*lines: str, **options: Any) -> list[tuple[str, str]]:
    """The errors of a drawn package: rule and element."""
    found = check(package(*lines, **options))
    return [(one.rule, one.element) for one in found if one.severity == "error"]
