"""The case document as a reader sees it: sealed values masked by their kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.catalog.definition import Definition
from engine.masking import mask
from engine.sealing import Keyring, is_sealed
from engine.store.document import seal_context


def sensitive_kinds(definition: Definition) -> dict[str, str]:
    """Field key → kind of sensitive value, over all forms; a key with two kinds is hidden whole."""
    kinds: dict[str, str] = {}
    for form in definition.forms.values():
        for _, field in form.fields():
            if field.sensitive and kinds.setdefault(field.key, field.sensitive) != field.sensitive:
                kinds[field.key] = "text"
    return kinds


def masked(
    document: Mapping[str, Any], definition: Definition, keyring: Keyring, instance_id: str
) -> dict[str, Any]:
    """A copy in which every sealed value is replaced by its mask."""
    kinds = sensitive_kinds(definition)

    def shown(name: str, value: Any) -> Any:
        if is_sealed(value):
            opened = keyring.open_sealed(value, seal_context(instance_id, name))
            return mask(kinds.get(name, "text"), opened)
        if isinstance(value, dict):
            return {key: shown(key, item) for key, item in value.items()}
        if isinstance(value, list):
            return [shown(name, item) for item in value]
        return value

    return {name: shown(name, value) for name, value in document.items()}
