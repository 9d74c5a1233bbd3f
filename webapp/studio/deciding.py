"""A decision tried in the studio: what somebody typed, decided by the engine, and which rules were met."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from engine.catalog.checks.decisions import inputs_of
from engine.feel import (
    DecisionResult,
    DmnModel,
    FeelError,
    TableExplanation,
    evaluate_result,
    load_dmn,
    to_json,
)
from webapp.language import gettext as _

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS = {"true": True, "false": False, "是": True, "否": False, "yes": True, "no": False}
#: What dates, times and durations have: no parts of somebody's own.
_OF_TIME = frozenset(
    ("year", "month", "day", "weekday", "hour", "minute", "second", "years", "months", "days")
)
#: A longer text is no input of a decision.
_LONGEST = 10_000
_MOST = 200


def tried(
    files: Mapping[str, bytes],
    path: str,
    body: Mapping[str, Any],
    now: Callable[[], datetime],
) -> dict[str, Any]:
    """What a decision of the file `path`, with the text of `body`, makes of the typed inputs.

    The text is the editor's, saved or not; files beside it are at hand for imports.
    """
    answer: dict[str, Any] = {"inputs": [], "value": "", "tables": [], "problems": [], "fault": ""}
    typed = body.get("inputs")
    typed = dict(list(typed.items())[:_MOST]) if isinstance(typed, dict) else {}
    name = str(body.get("decision") or "")
    try:
        model = _model(files, path, str(body.get("text") or ""))
        answer["inputs"] = _inputs(model, name, str(body.get("text")))
        values: dict[str, Any] = {}
        for one in answer["inputs"]:
            text = str(typed.get(one["name"]) or "")[:_LONGEST]
            whole, _dot, part = one["name"].partition(".")
            value = _value(text, one["type"], now)
            if not part:
                values[whole] = value
            else:
                values.setdefault(whole, {})[part] = value
        result = model.decide(name, values, explain=True, now=now)
    except FeelError as error:
        answer["fault"] = _("This cannot be decided: %(reason)s", reason=str(error))
        return answer
    return answer | _told(result)


def _model(files: Mapping[str, bytes], path: str, text: str) -> DmnModel:
    others = []
    for other, content in sorted(files.items()):
        if other != path and other.endswith(".dmn"):
            try:
                others.append(load_dmn(content))
            except FeelError:
                continue  # a broken neighbour is not this table's affair
    return load_dmn(text.encode(), imports=others)


def _inputs(model: DmnModel, name: str, text: str) -> list[dict[str, str]]:
    types = {one.name: one.type_ref or "" for one in model.definitions.inputs}
    order = {known: place for place, known in enumerate(types)}
    found = []
    for needed in sorted(inputs_of(model, name), key=lambda one: (order.get(one, len(order)), one)):
        # Of something with parts, those the file speaks of are asked for one by one.
        used = re.findall(rf"(?<![\w.]){re.escape(needed)}\.([A-Za-z_]\w*)", text)
        parts = [part for part in dict.fromkeys(used) if part not in _OF_TIME]
        if parts:
            found += [(f"{needed}.{part}", "") for part in parts]
        else:
            found.append((needed, types.get(needed, "")))
    return [{"name": one, "type": kind, "hint": _hint(one, kind)} for one, kind in found]


def _hint(name: str, kind: str) -> str:
    if kind == "boolean":
        return _("true or false")
    if kind == "date":
        return "2026-11-20"
    if kind == "number" or name.endswith("_fen"):
        return _("e.g. 1200000 for 12,000 yuan") if name.endswith("_fen") else "0"
    return ""


def _value(text: str, kind: str, now: Callable[[], datetime]) -> Any:
    """What was typed, as a plain value; FEEL where it is written as such."""
    text = text.strip()
    if not text or text == "null":
        return None
    if kind == "string" and not text.startswith('"'):
        return text
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _DATE.fullmatch(text):
        text = f'date("{text}")'
    if text[0] in '"[{' or text.endswith(")"):
        return evaluate_result(text, {}, now=now).value
    return text


def _told(result: DecisionResult) -> dict[str, Any]:
    return {
        "value": shown(result.value),
        "tables": [_table(each) for each in result.explanations],
        "problems": list(dict.fromkeys(str(problem) for problem in result.problems))[:5],
    }


def _table(each: TableExplanation) -> dict[str, Any]:
    return {
        "id": each.table_id,
        "table": re.sub(r'^\w+ "(.*)"$', r"\1", each.table),
        "inputs": [{"text": text, "value": shown(value)} for text, value in each.inputs],
        "matched": [
            {
                "id": match.rule_id,
                "rule": match.rule,
                "outputs": [
                    {"name": name, "value": shown(value)} for name, value in match.outputs.items()
                ],
            }
            for match in each.matches
        ],
    }


def shown(value: Any) -> str:
    """A value of FEEL as people read it."""
    plain = to_json(value)
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)
