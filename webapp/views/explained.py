"""What tables worked out in a case, in plain words: what went in, which rule held, and why not another."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from engine.commands.trail import MIGRATED, PUT_BACK
from engine.engine import Engine
from engine.feel.dmn.elements import DecisionTable, Input, Output
from engine.queries.case import CaseView
from engine.queries.explain import TableTold, Tried, explain
from engine.queries.history import Happening
from engine.queries.masked import masked
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages import filters

#: Rules that did not hold, of one table: more than these say no more.
_MOST_MISSED = 8
_RANGE = re.compile(r"([\[\]\(])\s*([^.\s]+)\s*\.\.\s*([^.\s]+)\s*([\[\]\)])")
_COMPARED = re.compile(r"(<=|>=|<|>|=)\s*(\S+)")
_QUOTED = re.compile(r'"([^"]*)"')
_IN_FEN = re.compile(r"\s*[（(](?:分|fen)[）)]\s*$")


def explained(engine: Engine, case: CaseView, happenings: list[Happening]) -> list[dict[str, Any]]:
    """The latest run of each decision in the case, newest first."""
    shown: dict[str, Any] | None = None
    found: list[dict[str, Any]] = []
    seen: set[str] = set()
    # What was decided before the case moved to another version was decided by the tables of the former one.
    definition = case.definition
    for one in reversed(happenings):
        if one.type in (MIGRATED, PUT_BACK):
            definition = engine.catalog.get(str(one.subject["from"]))
        for made in reversed((one.payload or {}).get("decisions", [])):
            if made["into"] in seen or case.document.get(made["into"]) is None:
                continue
            seen.add(made["into"])
            if shown is None:
                shown = masked(case.document, case.definition, engine.keyring, case.id)
            told = explain(definition, engine.keyring, case.id, made, shown, one.at)
            element = definition.diagram.elements[made["element"]]
            found.append(
                {
                    "into": made["into"],
                    "title": _text(case, element.name or element.id),
                    "at": one.at,
                    "lines": _result(case, made),
                    "tables": [_table(case, table) for table in told],
                }
            )
    return found


def _text(case: CaseView, chinese: str) -> str:
    return case.definition.text(chinese, language())


def _result(case: CaseView, made: Mapping[str, Any]) -> list[str]:
    """The reasons that the table itself gives."""
    value = case.document.get(made["into"])
    because = [text for table in made["rules"] for text in table.get("because", ())]
    if isinstance(value, dict) and isinstance(value.get("reason"), str):
        because.insert(0, value["reason"])
    return [_text(case, text) for text in dict.fromkeys(because)]


def _table(case: CaseView, told: TableTold) -> dict[str, Any]:
    decision, table = told.decision, told.table
    return {
        "question": _text(case, (decision.question or decision.name) if decision else ""),
        "source": _text(case, decision.description if decision else table.description),
        "inputs": [
            f"{_label(case, column)} {_given(case, column, value)}"
            for column, value in zip(table.inputs, told.inputs, strict=False)
        ],
        "gone_on": not told.inputs and bool(table.inputs),
        "matched": [_matched(case, table, one) for one in told.matched],
        "missed": [_missed(case, table, one, told.inputs) for one in told.missed[:_MOST_MISSED]],
        "more": max(0, len(told.missed) - _MOST_MISSED),
    }


def _matched(case: CaseView, table: DecisionTable, one: Tried) -> dict[str, Any]:
    columns = {column.name: column for column in table.outputs}
    if len(table.outputs) == 1:
        columns = dict.fromkeys(one.outputs, table.outputs[0])
    return {
        "number": one.number,
        "text": _rule_text(case, table, one),
        "gives": [
            f"{_label(case, columns[name])} {_made(case, columns[name], name, value)}"
            for name, value in one.outputs.items()
            if name in columns and _is_said(value)
        ],
    }


def _made(case: CaseView, column: Output, name: str, value: Any) -> str:
    return _text(case, value) if isinstance(value, str) else _value(value, _is_fen(column, name))


def _is_said(value: Any) -> bool:
    """False for what is meant for the process, not for people: a code, a structure."""
    if value is None or isinstance(value, (dict, list)):
        return False
    return not (isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9_]*", value))


def _missed(
    case: CaseView, table: DecisionTable, one: Tried, inputs: Sequence[Any]
) -> dict[str, Any]:
    why = []
    for place in one.failed:
        column = table.inputs[place]
        why.append(
            _(
                "%(what)s is %(value)s; this rule wants %(test)s",
                what=_label(case, column),
                value=_given(case, column, inputs[place]),
                test=_tested(case, column, one.rule.tests[place]),
            )
        )
    return {"number": one.number, "text": _rule_text(case, table, one), "why": why}


def _rule_text(case: CaseView, table: DecisionTable, one: Tried) -> str:
    """What the rule asks for, and its author's word on it."""
    tests = [
        f"{_label(case, column)} {_tested(case, column, text)}"
        for column, text in zip(table.inputs, one.rule.tests, strict=False)
        if text.strip() not in ("", "-")
    ]
    separator = ", " if language() == "en" else "，"
    asked = separator.join(tests) or _("everything else")
    said = _text(case, one.rule.description)
    return _("%(rule)s (%(note)s)", rule=asked, note=said) if said else asked


def _given(case: CaseView, column: Input, value: Any) -> str:
    """What went in; of a choice, its words in the form."""
    chosen = _choices(case, column).get(value) if isinstance(value, str) else None
    return chosen or _value(value, _is_fen(column))


def _tested(case: CaseView, column: Input, text: str) -> str:
    """What a rule asks for; choices by their words in the form."""
    choices = _choices(case, column)
    return _test(_QUOTED.sub(lambda one: f'"{choices.get(one[1], one[1])}"', text), _is_fen(column))


def _choices(case: CaseView, column: Input) -> dict[str, str]:
    """The words of the choices of the field that a column asks for, by value."""
    name = column.expression.rpartition(".")[2].strip()
    return {
        option.value: _text(case, option.label)
        for form in case.definition.forms.values()
        for path, field in form.fields()
        if path.rpartition(".")[2] == name
        for option in field.options
        if isinstance(option.value, str)
    }


def _label(case: CaseView, column: Input | Output) -> str:
    written = column.label or (column.expression if isinstance(column, Input) else column.name)
    # A person reads yuan, so the label need not say 分.
    return _IN_FEN.sub("", _text(case, written))


def _is_fen(column: Input | Output, name: str = "") -> bool:
    written = column.expression if isinstance(column, Input) else column.name or name
    return written.endswith("_fen") or _IN_FEN.search(column.label or "") is not None


def _value(value: Any, fen: bool) -> str:
    if value is None:
        return _("empty")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if fen and isinstance(value, (int, float)):
        return filters.money(round(value))
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return filters.date(value)
    if isinstance(value, (list, dict)):
        return _("%(num)s entries", num=len(value))
    return str(value)


def _test(text: str, fen: bool) -> str:
    """A cell of a table as people say it; what is more than a comparison stays as it is written."""
    text = text.strip()
    if found := _RANGE.fullmatch(text):
        opens, low, high, closes = found.groups()
        low, high = _literal(low, fen), _literal(high, fen)
        if opens == "[" and closes == "]":
            return _("from %(low)s to %(high)s", low=low, high=high)
        if opens != "[" and closes == "]":
            return _("above %(low)s, up to %(high)s", low=low, high=high)
        if opens == "[":
            return _("from %(low)s, below %(high)s", low=low, high=high)
        return _("above %(low)s, below %(high)s", low=low, high=high)
    if found := _COMPARED.fullmatch(text):
        sign, bound = found.groups()
        texts = {
            "<": _("below %(value)s", value=_literal(bound, fen)),
            "<=": _("at most %(value)s", value=_literal(bound, fen)),
            ">": _("above %(value)s", value=_literal(bound, fen)),
            ">=": _("at least %(value)s", value=_literal(bound, fen)),
            "=": _literal(bound, fen),
        }
        return texts[sign]
    return _literal(text, fen)


def _literal(text: str, fen: bool) -> str:
    if fen and re.fullmatch(r"-?\d+", text):
        return filters.money(int(text))
    if text in ("true", "false"):
        return _("yes") if text == "true" else _("no")
    quoted = _QUOTED.findall(text)
    if quoted and not _QUOTED.sub("", text).replace(",", "").strip():
        separator = " or " if language() == "en" else "或"
        return separator.join(quoted)
    return text
