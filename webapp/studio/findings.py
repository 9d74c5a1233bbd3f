"""Findings as people read them: in their language, each with the way to what it is about."""

from __future__ import annotations

from typing import Any

from flask import url_for

from schemas.finding import ERROR, Finding, FindingSchema
from webapp.language import gettext as _
from webapp.language import language
from webapp.studio.failures import failure_of, failure_said
from webapp.studio.rules import rule_sentence
from webapp.studio.steps import step_said


def said(finding: Finding) -> str:
    """What is wrong, in the reader's language."""
    if language() == "en":
        return finding.message
    if failure := failure_of(finding):
        return _("The story does not come out as written: %(why)s", why=failure_said(failure))
    return rule_sentence(finding.rule, finding.parts) or finding.message


def shown(draft: str, findings: list[Finding]) -> list[dict[str, Any]]:
    """Findings for a page or a script, errors first: as they are on the wire, with sentence and address."""
    ordered = sorted(findings, key=lambda one: (one.severity != ERROR, one.file, one.element))
    return [
        {
            **_dumped(one),
            "said": said(one),
            # What the sentence does not say by name stands in the message.
            "detail": one.message if language() != "en" and not one.parts else "",
            "url": place_of(draft, one),
        }
        for one in ordered
    ]


def without_address(findings: list[Finding]) -> list[dict[str, Any]]:
    """Findings of what cannot be changed any more."""
    return [
        {**_dumped(one), "said": said(one)}
        for one in sorted(findings, key=lambda one: (one.severity != ERROR, one.file, one.element))
    ]


def _dumped(finding: Finding) -> dict[str, Any]:
    found: dict[str, Any] = FindingSchema().dump(finding)
    for told, step in zip(found.get("steps", ()), finding.steps, strict=True):
        told["text"] = step_said(step)
    return found


def place_of(draft: str, finding: Finding) -> str:
    """Where it can be put right: the editor of its file, at the element."""
    address = editor_of(draft, finding.file)
    return f"{address}#{finding.element}" if finding.element else address


def editor_of(draft: str, path: str) -> str:
    """The editor of a file."""
    folder, _slash, name = path.rpartition("/")
    if path == "process.bpmn":
        return url_for("pages.studio_diagram", id=draft)
    if path == "process.toml":
        return url_for("pages.studio_facts", id=draft)
    if path.endswith(".dmn") and folder == "":
        return url_for("pages.studio_table", id=draft, name=name.removesuffix(".dmn"))
    if folder == "forms" and name.endswith(".json"):
        return url_for("pages.studio_form", id=draft, name=name.removesuffix(".json"))
    if folder == "letters":
        return url_for("pages.studio_letter", id=draft, name=name)
    if folder == "scenarios" and name.endswith(".yaml"):
        return url_for("pages.studio_story", id=draft, name=name.removesuffix(".yaml"))
    if path == "i18n/en.json":
        return url_for("pages.studio_english", id=draft)
    if path in ("scenarios", ""):
        return url_for("pages.studio_draft", id=draft)
    return url_for("pages.studio_source", id=draft, path=path)
