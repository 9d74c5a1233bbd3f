"""Every Chinese text of a package has its English, and no English is left over."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

PROCESSES = Path(__file__).parents[2] / "processes"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
QUOTED = re.compile(r'"([^"]*)"')
#: Attributes of BPMN and DMN elements that people read.
READ_ATTRIBUTES = ("name", "label")
#: Elements whose content people read.
READ_ELEMENTS = ("documentation", "description", "question")
#: Members of a form's component that people read.
READ_MEMBERS = ("label", "dateLabel", "description", "text", "checkMessage")


def chinese_texts(package: Path) -> set[str]:
    """Everything a person reads in a package, with the shared tables it uses."""
    facts = tomllib.loads((package / "process.toml").read_text(encoding="utf-8"))
    found = set(_facts(facts))
    tables = [*package.glob("*.dmn")]
    tables += [PROCESSES / "_shared" / f"{name}.dmn" for name in facts.get("use_dmn", ())]
    for path in [package / "process.bpmn", *tables]:
        found.update(_xml(etree.parse(path).getroot()))
    for path in (package / "forms").glob("*.json"):
        found.update(_form(json.loads(path.read_text(encoding="utf-8"))["components"]))
    return {text for text in found if CHINESE.search(text)}


def _facts(facts: dict[str, Any]) -> Iterator[str]:
    yield from (facts["title"], facts.get("summary", ""))
    yield from QUOTED.findall(facts.get("case_title", ""))
    yield facts.get("retention", {}).get("basis", "")
    for rule in facts.get("separation", {}).get("rule", ()):
        yield rule["why"]
    for said in (*facts.get("policy", ()), *facts.get("accepted", ())):
        yield said["why"]


def _xml(root: Any) -> Iterator[str]:
    for element in root.iter(etree.Element):
        kind = etree.QName(element).localname
        for name in READ_ATTRIBUTES:
            if kind != "property":
                yield element.get(name) or ""
        if kind in READ_ELEMENTS:
            yield (element.text or "").strip()
        elif kind == "text":
            yield from QUOTED.findall(element.text or "")
        elif kind == "property":
            yield from QUOTED.findall(element.get("value") or "")


def _form(components: list[dict[str, Any]]) -> Iterator[str]:
    for component in components:
        properties = component.get("properties", {})
        for name in READ_MEMBERS:
            yield component.get(name) or properties.get(name) or ""
        for option in component.get("values", ()):
            yield option["label"]
        yield from _form(component.get("components", []))


def test_english_is_complete(package: Any) -> None:
    english = json.loads((package.path / "i18n" / "en.json").read_text(encoding="utf-8"))
    texts = chinese_texts(package.path)
    assert texts - english.keys() == set(), "without English"
    assert english.keys() - texts == set(), "no longer in the package"


def test_english_is_english(package: Any) -> None:
    english = json.loads((package.path / "i18n" / "en.json").read_text(encoding="utf-8"))
    assert [text for text in english.values() if CHINESE.search(text) or not text.strip()] == []


TEMPLATE = PROCESSES.parent / "engine" / "studio" / "template"


def test_no_chinese_text_is_overlooked(package: Any) -> None:
    """Whatever attribute or member it stands in: a new kind of text is found, not forgotten."""
    known = chinese_texts(package.path)
    assert [text for text in _every_text(package.path) if _quoted(text) - known] == []


def test_a_new_process_begins_with_complete_english() -> None:
    english = json.loads((TEMPLATE / "i18n" / "en.json").read_text(encoding="utf-8"))
    assert english.keys() == chinese_texts(TEMPLATE)


def test_every_role_has_a_name_in_both_languages() -> None:
    roles = tomllib.loads((PROCESSES / "_shared" / "roles.toml").read_text(encoding="utf-8"))
    assert len(roles) > 10
    for role in roles.values():
        assert CHINESE.search(role["zh"])
        assert role["en"].strip()
        assert not CHINESE.search(role["en"])


def _every_text(package: Path) -> Iterator[str]:
    for path in (package / "forms").glob("*.json"):
        yield from _strings(json.loads(path.read_text(encoding="utf-8")))
    for path in [package / "process.bpmn", *package.glob("*.dmn")]:
        for element in etree.parse(path).getroot().iter(etree.Element):
            yield from [(element.text or "").strip(), *element.attrib.values()]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, str):
        yield value


def _quoted(text: str) -> set[str]:
    """The Chinese of a text: what stands in quotation marks in an expression, else all of it."""
    found = set(QUOTED.findall(text)) or {text}
    return {one for one in found if CHINESE.search(one)}
