"""What is measured: the same conditions in FEEL and CEL, and a table of 100 rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

CONTEXT: dict[str, Any] = {
    "amount": 25000,
    "kind": "illness",
    "income": 3000,
    "members": [{"age": 48, "income": 3000}, {"age": 15, "income": 0}],
}


@dataclass(frozen=True)
class Case:
    """A condition in both languages, and its value."""

    name: str
    feel: str
    cel: str
    value: Any


CONDITIONS = [
    Case("compare", "amount > 20000", "amount > 20000", True),
    Case(
        "and, or",
        'amount > 20000 and kind = "illness" or income < 1000',
        'amount > 20000 && kind == "illness" || income < 1000',
        True,
    ),
    Case("if", "if amount > 30000 then 2 else 1", "amount > 30000 ? 2 : 1", 1),
    Case("in", 'kind in ("illness", "death")', 'kind in ["illness", "death"]', True),
    Case(
        "some",
        "some m in members satisfies m.age < 18",
        "members.exists(m, m.age < 18)",
        True,
    ),
]

RULES = 100
#: The row that the table's input meets: near the end, so that all rows before it are tried.
TABLE_CONTEXT: dict[str, Any] = {"amount": 95_500, "kind": "illness"}
TABLE_VALUE = 95


def rows() -> list[tuple[str, str]]:
    """The cells of the table: an interval of amounts, and kinds."""
    return [(f"[{n * 1000}..{(n + 1) * 1000})", '"illness", "death"') for n in range(RULES)]


def dmn() -> str:
    """The table as a DMN file."""
    rules = "".join(
        f"<rule><inputEntry><text>{span}</text></inputEntry>"
        f"<inputEntry><text>{kinds}</text></inputEntry>"
        f"<outputEntry><text>{index}</text></outputEntry></rule>"
        for index, (span, kinds) in enumerate(rows())
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="b" namespace="b">'
        '<inputData name="amount" id="a"><variable name="amount" typeRef="number"/></inputData>'
        '<inputData name="kind" id="k"><variable name="kind" typeRef="string"/></inputData>'
        '<decision name="d" id="d"><variable name="d"/>'
        '<informationRequirement><requiredInput href="#a"/></informationRequirement>'
        '<informationRequirement><requiredInput href="#k"/></informationRequirement>'
        '<decisionTable hitPolicy="UNIQUE"><input><inputExpression><text>amount</text>'
        "</inputExpression></input><input><inputExpression><text>kind</text></inputExpression>"
        f"</input><output/>{rules}</decisionTable></decision></definitions>"
    )


def cel_rows() -> list[str]:
    """Each row as one CEL condition; CEL has no tables."""
    return [
        f'amount >= {n * 1000} && amount < {(n + 1) * 1000} && kind in ["illness", "death"]'
        for n in range(RULES)
    ]
