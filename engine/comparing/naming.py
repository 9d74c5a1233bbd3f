"""What people call the things of two packages that are compared."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.catalog.package import Package
from engine.comparing.apart import taken_apart
from engine.comparing.bpmn_node import ELEMENTS
from engine.comparing.elements import REFERENCES
from engine.comparing.node import Node
from engine.comparing.words import value_word
from schemas.difference import PropertyChange

#: Names of people and places in a text of candidates, made readable by who knows them.
Readable = Callable[[str, str], str]


def as_written(text: str, _language: str) -> str:
    """Nothing is known of roles and places."""
    return text


@dataclass(frozen=True)
class Names:
    """What people call the things of two packages."""

    #: ids of elements → their names; those of the later package count
    elements: Mapping[str, str] = field(default_factory=dict)
    english: Mapping[str, str] = field(default_factory=dict)
    readable: Readable = as_written

    @classmethod
    def of(cls, before: Package, after: Package, readable: Readable = as_written) -> Names:
        """Read the names of both packages."""
        elements: dict[str, str] = {}
        english: dict[str, str] = {}
        for package in (before, after):
            diagram = _apart(package, "process.bpmn")
            for one in diagram.child(ELEMENTS).children.values():
                if name := str(one.values.get("@name", "")).strip():
                    elements[str(one.values.get("@id", ""))] = name
            texts = _apart(package, "i18n/en.json").values
            english.update({_plain(k): v for k, v in texts.items() if isinstance(v, str)})
        return cls(elements, english, readable)

    def text(self, chinese: str, language: str) -> str:
        """A text of the packages in the reader's language."""
        return self.english.get(chinese, chinese) if language == "en" else chinese

    def element(self, name: str, language: str) -> str:
        """What an element is called."""
        return self.text(self.elements.get(name, name), language)

    def value(self, change: PropertyChange, value: str, language: str) -> str:
        """A value of a property as people say it."""
        if value.startswith("[") and (listed := _list(value)) is not None:
            told = [self.value(change, one, language) for one in listed]
            return (", " if language == "en" else "、").join(told)
        if change.name in REFERENCES or change.name in _ELEMENTS:
            return self.element(value, language)
        if change.name in _PEOPLE:
            return self.readable(value, language)
        return self.text(value_word(change.name, value, language), language)


#: Facts that name elements of the diagram.
_ELEMENTS = (
    "form",
    "withdraw.until",
    "separation.applicant_may",
    "groups",
    "different",
)
_PEOPLE = (
    "start.roles",
    "candidates",
    "fallback",
    "senders",
    "cc",
    "rung.to",
    "sign_off.veto",
    "owner",
    "readers",
)


def _apart(package: Package, path: str) -> Node:
    content = package.files.get(path)
    return (taken_apart(path, content) if content is not None else None) or Node("")


def _list(value: str) -> list[str] | None:
    """The texts of a list; of a list of lists, each as one."""
    try:
        found = json.loads(value)
    except ValueError:
        return None
    if not isinstance(found, list):
        return None
    return [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in found]


def _plain(key: str) -> str:
    return key.replace("~1", "/").replace("~0", "~")
