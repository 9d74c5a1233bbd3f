"""Made-up data for a letter that is being written: every name its package knows has some value."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.catalog.checks.parts import Parts
from engine.catalog.package import Package
from engine.errors import InvalidPackage
from engine.how_decided import PERSON
from engine.letters import amount_in_words
from engine.studio.words import words_of

_AMOUNT_FEN = 300_000
_DAY = "2026-03-02"
_VALUES: dict[str, Any] = {"number": 3, "boolean": True, "date": _DAY, "list": []}
#: What abilities leave in the field that takes their result.
_RESULTS: dict[str, dict[str, Any]] = {
    "notice.publish": {"id": "example", "starts": _DAY, "ends": "2026-03-09", "provisional": False},
    "notice.close": {"objections": 0, "upheld": False, "result": "无异议"},
    "payment.pay": {"order": "P-2026-00001", "paid_on": "2026-03-12", "voucher": "V1"},
    "case.archive": {"on": "2026-03-20", "documents": 3},
}
_APPLICANT = {"name": "某某", "unit_name": "某单位", "group_name": "某组", "member_no": "00001"}
#: Names that are the engine's, not fields of the case.
_OURS = ("outcomes", "opinions", "decided", "people", "case")


def example_data(package: Package, title: str, at: datetime) -> dict[str, Any]:
    """What a letter would be given, as `engine.abilities.letter_data` gives it for a case."""
    document: dict[str, Any] = {}
    for one in words_of(package)["names"]:
        path = str(one["name"]).split(".")
        if path[0] not in _OURS:
            _put(document, path, _value(one))
    steps = _steps(package)
    for element in steps.diagram.elements.values() if steps else ():
        result = _RESULTS.get(element.properties.get("ability", ""))
        if result is not None and element.properties.get("into"):
            document[element.properties["into"]] = result
    opinions = _opinions(steps)
    return {
        "title": title,
        "document": document,
        "opinions": opinions,
        "signers": opinions,
        "results": opinions,
        "attachments": [],
        "case": {
            "id": "example",
            "number": "2026-00001",
            "process": "example",
            "title": title,
            "started": _DAY,
            "verification_code": "0a1b 2c3d 4e5f 6071",
        },
        "amounts_in_words": _in_words(document),
        "generated_at": at.isoformat(timespec="seconds"),
    }


def _value(name: dict[str, str]) -> Any:
    if name["name"].endswith("_fen"):
        return _AMOUNT_FEN
    first, _dot, rest = name["name"].partition(".")
    if first == "applicant" and rest in _APPLICANT:
        return _APPLICANT[rest]
    return _VALUES.get(name["type"], name["label"] or name["name"].rpartition(".")[2])


def _put(document: dict[str, Any], path: list[str], value: Any) -> None:
    at = document
    for part in path[:-1]:
        inner = at.setdefault(part, {})
        if not isinstance(inner, dict):
            return
        at = inner
    at.setdefault(path[-1], value)


def _in_words(value: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, one in value.items():
        if isinstance(one, dict):
            if inner := _in_words(one):
                found[key] = inner
        elif key.endswith("_fen") and isinstance(one, int):
            found[key] = amount_in_words(one)
    return found


def _steps(package: Package) -> Parts | None:
    try:
        return Parts.read(package, None)
    except InvalidPackage:
        return None


def _opinions(parts: Parts | None) -> list[dict[str, Any]]:
    return [
        {
            "step": step.id,
            "name": step.name,
            "outcome": step.outcomes[0].id,
            "label": step.outcomes[0].label,
            "opinion": step.outcomes[0].label,
            "by": step.name,
            "for": "",
            "at": f"{_DAY}T09:00:00+08:00",
            "how": PERSON,
            "how_text": "",
        }
        for step in (parts.steps.values() if parts else ())
    ]
