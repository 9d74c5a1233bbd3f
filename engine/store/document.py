"""The case document: what a case knows, changed field by field.

Each top-level field remembers the document version at which it last changed, so that two branches
writing one field are told apart: the later writer gets a `FieldConflict` with both values.
Sensitive values lie in it sealed; `context` opens them for conditions, tables and letters only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine.errors import FieldConflict
from engine.sealing import Keyring, is_sealed

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(slots=True)
class Document:
    """One case's document while a command works on it."""

    instance_id: str
    content: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    version: int = 0
    #: Fields changed by this command: name → (old, new).
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    def write(self, values: Mapping[str, Any], *, seen: int | None = None) -> None:
        """Set fields. `seen` is the version the writer had read; a newer change is a conflict."""
        conflicts = {
            name: {"yours": value, "theirs": self.content.get(name)}
            for name, value in values.items()
            if seen is not None
            and self.versions.get(name, 0) > seen
            and self.content.get(name) != value
        }
        if conflicts:
            raise FieldConflict(fields=self._hide_sealed(conflicts))
        for name, value in values.items():
            old = self.content.get(name)
            if name in self.content and old == value:
                continue
            self.changes[name] = (self.changes[name][0] if name in self.changes else old, value)
            self.content[name] = value
            self.versions[name] = self.version + 1

    def write_entry(self, name: str, index: int, total: int, value: Any) -> None:
        """Set one entry of a list field of so many entries; the others, and their writers, are left alone."""
        held = self.content.get(name)
        whole = held if isinstance(held, list) and len(held) == total else [None] * total
        self.changes[f"{name}[{index}]"] = (whole[index], value)
        self.content[name] = [*whole[:index], value, *whole[index + 1 :]]
        self.versions[name] = self.version + 1

    @property
    def changed(self) -> bool:
        """True when this command changed a field."""
        return bool(self.changes)

    def _hide_sealed(self, value: Any) -> Any:
        if is_sealed(value):
            return None
        if isinstance(value, dict):
            return {key: self._hide_sealed(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._hide_sealed(item) for item in value]
        return value

    def audit_changes(self) -> dict[str, Any]:
        """The changes for the event's payload; a sealed value is named, never repeated."""
        return {
            name: {"old": _reference(old), "new": _reference(new)}
            for name, (old, new) in self.changes.items()
        }

    def context(self, keyring: Keyring) -> dict[str, Any]:
        """The fields as FEEL reads them: sealed values opened, ISO dates as dates."""
        return {name: self._read(name, value, keyring) for name, value in self.content.items()}

    def _read(self, name: str, value: Any, keyring: Keyring) -> Any:
        if isinstance(value, str):
            if is_sealed(value):
                value = keyring.open_sealed(value, seal_context(self.instance_id, name))
            if len(value) == 10 and _DATE.fullmatch(value):
                try:
                    return date.fromisoformat(value)
                except ValueError:
                    return value
            return value
        if isinstance(value, dict):
            return {key: self._read(key, item, keyring) for key, item in value.items()}
        if isinstance(value, list):
            return [self._read(name, item, keyring) for item in value]
        return value


def seal_context(instance_id: str, name: str) -> str:
    """What a ciphertext is bound to, so that it cannot be moved to another case or field."""
    return f"{instance_id}/{name}"


def _reference(value: Any) -> Any:
    if is_sealed(value):
        return {"sealed": True}
    if isinstance(value, dict):
        return {key: _reference(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_reference(item) for item in value]
    return value
