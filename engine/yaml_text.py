"""Reads YAML: plain data only, with the fast reader where the machine has one."""

from __future__ import annotations

from typing import Any

import yaml

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str | bytes) -> Any:
    """The content of a YAML text; raise `yaml.YAMLError` saying where it is none."""
    return yaml.load(text, Loader=_Loader)  # both are safe loaders
