"""What each rule of the check says, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping


def rule_sentence(rule: str, parts: Mapping[str, str]) -> str:
    """The sentence of a rule with what it is about; empty for a rule that has none."""
    text = _sentences().get(rule, "")
    try:
        return text.format_map(parts)
    except (KeyError, IndexError, ValueError):
        return ""


def _sentences() -> dict[str, str]:
    return {}
