"""Business rule tasks: evaluate a decision table over the case and write its result, with the reason."""

from __future__ import annotations

from typing import Any

from engine.errors import InvalidPackage
from engine.feel import to_json
from engine.scope import ExpressionFailed
from engine.store.case import Case
from engine.store.unit_of_work import UnitOfWork


def decide(uow: UnitOfWork, case: Case, element_id: str) -> dict[str, Any]:
    """Evaluate the element's decision; return what the record keeps of it.

    The record names the rules that matched, never the inputs: they may be sensitive.
    Raise `ExpressionFailed` when the decision gave nothing (no rule matched, several where one may).
    """
    properties = case.definition.diagram.elements[element_id].properties
    name, into = properties.get("decision", ""), properties.get("into", "")
    model = case.definition.decisions.get(name)
    if model is None or not into:
        raise InvalidPackage(f"{element_id}: needs the properties decision and into")
    scope = case.scope(uow)
    result = model.decide(name, scope.facts, explain=True, now=lambda: uow.now)
    value = to_json(result.value)
    if value is None:
        reasons = "; ".join(str(problem) for problem in result.problems)
        raise ExpressionFailed(
            instance=case.id,
            element=element_id,
            expression=name,
            reasons=reasons or "no rule matched",
        )
    case.put(into, value)
    return {
        "element": element_id,
        "decision": name,
        "into": into,
        "rules": [
            {
                "table": table.table,
                "rules": [match.rule_id or str(match.rule) for match in table.matches],
                "because": [note for match in table.matches for note in match.annotations],
            }
            for table in result.explanations
        ],
    }
