"""Why a table answered as it did: told from the record, and worked through again where that is possible.

The record names the rules that matched, never what was put in. To show it, the table is asked once more,
at the same instant, over the case as its reader sees it: sealed values stay masked. Where it then finds
other rules (the case has gone on, or a sealed value decided), only what is on the record is told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.catalog.definition import Definition
from engine.feel import FeelError, to_json
from engine.feel.dmn.elements import Decision, DecisionTable, Rule
from engine.feel.dmn.table import TableExplanation
from engine.sealing import Keyring
from engine.store.document import Document

_NAMED = re.compile(r'"(.+)"')


@dataclass(frozen=True, slots=True)
class Tried:
    """One row of a table: the rule as written, and which of its tests did not hold."""

    number: int
    rule: Rule
    #: Output name → value, of a rule that matched; empty where it was not worked through again.
    outputs: Mapping[str, Any]
    #: Places of the tests that failed.
    failed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TableTold:
    """A table, what went in, which rules matched and which did not."""

    table: DecisionTable
    #: The decision it belongs to: its question, its source.
    decision: Decision | None
    #: What each input column had; empty where the case has gone on since.
    inputs: tuple[Any, ...]
    matched: tuple[Tried, ...]
    missed: tuple[Tried, ...]


def explain(
    definition: Definition,
    keyring: Keyring,
    instance_id: str,
    made: Mapping[str, Any],
    shown: Mapping[str, Any],
    at: datetime,
) -> list[TableTold]:
    """Each table that had a part in a recorded decision, the last first. `shown` is the masked document."""
    model = definition.decisions.get(made["decision"])
    if model is None:
        return []
    owners = {decision.name: decision for decision in model.decisions}
    recorded = {one["table"]: [str(rule) for rule in one["rules"]] for one in made["rules"]}
    again: dict[str, TableExplanation] = {}
    try:
        facts = Document(instance_id, content=dict(shown)).context(keyring)
        result = model.decide(made["decision"], facts, explain=True, now=lambda: at)
        again = {one.table: one for one in result.explanations}
    except FeelError:
        pass  # what is on the record is told all the same
    told = []
    for name, rules in reversed(recorded.items()):
        use = next((one for one in model.tables if one.owner == owner_of(name)), None)
        if use is None:
            continue
        same = again.get(name)
        if same is not None and [m.rule_id or str(m.rule) for m in same.matches] != rules:
            same = None
        told.append(_told(use.table, owners.get(use.owner), rules, same))
    return told


def owner_of(source: str) -> str:
    """The decision that a table on the record belongs to: `decision "rate"` names it in quotes."""
    found = _NAMED.search(source)
    return found[1] if found else source


def _told(
    table: DecisionTable, decision: Decision | None, rules: list[str], same: TableExplanation | None
) -> TableTold:
    numbered = {rule.id or str(n): (n, rule) for n, rule in enumerate(table.rules, start=1)}
    if same is None:
        found = [numbered[one] for one in rules if one in numbered]
        return TableTold(table, decision, (), tuple(Tried(n, rule, {}) for n, rule in found), ())
    return TableTold(
        table,
        decision,
        tuple(to_json(value) for _text, value in same.inputs),
        tuple(
            Tried(
                match.rule,
                table.rules[match.rule - 1],
                {name: to_json(value) for name, value in match.outputs.items()},
            )
            for match in same.matches
            if match.rule
        ),
        tuple(
            Tried(
                miss.rule,
                table.rules[miss.rule - 1],
                {},
                tuple(place for place, held in enumerate(miss.cells) if held is not True),
            )
            for miss in same.misses
        ),
    )
