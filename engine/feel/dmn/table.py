"""Decision tables: which rules match, and what the hit policy makes of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce
from typing import Any

from engine.feel.arithmetic import add
from engine.feel.cells import CellTest
from engine.feel.compare import equal, order
from engine.feel.convert import to_json
from engine.feel.dmn.elements import Aggregation, DecisionTable, HitPolicy
from engine.feel.errors import FeelFailure, Place, ProblemKind
from engine.feel.runtime import Env, Evaluator, Run
from engine.feel.types import DoesNotConform, FeelType, coerce


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that matched, counted from 1."""

    rule: int
    rule_id: str
    outputs: dict[str, Any]
    annotations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Miss:
    """A rule that did not match, and the result of each of its tests."""

    rule: int
    rule_id: str
    cells: tuple[bool | None, ...]
    #: the tests as they are written
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableExplanation:
    """Why a table answered as it did."""

    table: str
    table_id: str
    hit_policy: HitPolicy
    inputs: tuple[tuple[str, Any], ...]
    matches: tuple[Match, ...]
    misses: tuple[Miss, ...]
    value: Any
    failures: tuple[str, ...] = ()

    def to_data(self) -> dict[str, Any]:
        """The same as JSON takes it."""
        return {
            "table": self.table,
            "id": self.table_id,
            "hit_policy": str(self.hit_policy),
            "inputs": [{"text": text, "value": to_json(value)} for text, value in self.inputs],
            "matches": [
                {
                    "rule": match.rule,
                    "id": match.rule_id,
                    "outputs": to_json(match.outputs),
                    "annotations": list(match.annotations),
                }
                for match in self.matches
            ],
            "misses": [
                {"rule": miss.rule, "id": miss.rule_id, "cells": list(miss.cells)}
                for miss in self.misses
            ],
            "value": to_json(self.value),
            "failures": list(self.failures),
        }


@dataclass(slots=True)
class Trace:
    """Collects explanations; misses only if they are wanted."""

    explain: bool = False
    tables: list[TableExplanation] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CompiledOutput:
    """An output column ready to run."""

    key: str
    wanted: FeelType
    #: the output values in their order of priority
    priorities: tuple[Evaluator, ...]
    allowed: CellTest | None
    default: Evaluator | None


@dataclass(frozen=True, slots=True)
class CompiledInput:
    """An input column ready to run."""

    text: str
    evaluate: Evaluator
    wanted: FeelType
    allowed: CellTest | None


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A row ready to run; tests that are always true are left out."""

    tests: tuple[tuple[int, CellTest], ...]
    outputs: tuple[Evaluator, ...]


@dataclass(frozen=True, slots=True)
class CompiledTable:
    """A table ready to run."""

    table: DecisionTable
    source: str
    inputs: tuple[CompiledInput, ...]
    outputs: tuple[CompiledOutput, ...]
    rules: tuple[CompiledRule, ...]

    def evaluate(self, env: Env, trace: Trace) -> Any:
        """The answer of the table, with its explanation added to the trace."""
        return _Evaluation(self, env, trace).answer()


class _Evaluation:
    def __init__(self, compiled: CompiledTable, env: Env, trace: Trace) -> None:
        self.compiled = compiled
        self.env = env
        self.run: Run = env.run
        self.trace = trace
        self.failures: list[str] = []

    def fail(self, message: str) -> None:
        self.failures.append(message)
        self.run.report(ProblemKind.TABLE, message, Place(source=self.compiled.source))

    def answer(self) -> Any:
        values = [self._input(each) for each in self.compiled.inputs]
        matches: list[Match] = []
        misses: list[Miss] = []
        value: Any = None
        if not self.failures:
            scopes = [Env({"?": value}, self.env, self.run) for value in values]
            hits = self._hits(scopes, misses)
            matches = [self._match(index) for index in hits]
            value = self._by_policy(matches)
        self.trace.tables.append(
            TableExplanation(
                self.compiled.source,
                self.compiled.table.id,
                self.compiled.table.hit_policy,
                tuple(zip([each.text for each in self.compiled.inputs], values, strict=True)),
                tuple(matches),
                tuple(misses),
                value,
                tuple(self.failures),
            )
        )
        return value

    def _input(self, column: CompiledInput) -> Any:
        value = column.evaluate(self.env)
        try:
            value = coerce(value, column.wanted, self.run)
        except DoesNotConform as error:
            self.fail(f'input "{column.text}": {error}')
            return None
        if (
            column.allowed is not None
            and value is not None
            and not self._allowed(column.allowed, value)
        ):
            self.fail(f'input "{column.text}" is not one of the allowed values')
        return value

    def _allowed(self, test: CellTest, value: Any) -> bool:
        values = value if isinstance(value, list) else [value]
        return all(test(Env({"?": each}, self.env, self.run)) is True for each in values) or (
            test(Env({"?": value}, self.env, self.run)) is True
        )

    def _hits(self, scopes: list[Env], misses: list[Miss]) -> list[int]:
        hits = []
        first_only = self.compiled.table.hit_policy is HitPolicy.FIRST and not self.trace.explain
        self.run.spend(len(self.compiled.rules))
        for index, rule in enumerate(self.compiled.rules):
            for column, test in rule.tests:
                if test(scopes[column]) is not True:
                    if self.trace.explain:
                        misses.append(self._miss(index, rule, scopes))
                    break
            else:
                hits.append(index)
                if first_only:
                    break
        return hits

    def _miss(self, index: int, rule: CompiledRule, scopes: list[Env]) -> Miss:
        # The tests run again only to be told; their problems are already noted.
        known = len(self.run.problems)
        results: list[bool | None] = [True] * len(scopes)
        for column, test in rule.tests:
            results[column] = test(scopes[column])
        del self.run.problems[known:]
        rule_as_written = self.compiled.table.rules[index]
        return Miss(index + 1, rule_as_written.id, tuple(results), rule_as_written.tests)

    def _match(self, index: int) -> Match:
        rule = self.compiled.table.rules[index]
        outputs = {}
        evaluators = self.compiled.rules[index].outputs
        for column, evaluate in zip(self.compiled.outputs, evaluators, strict=True):
            outputs[column.key] = self._output(column, evaluate, index)
        return Match(index + 1, rule.id, outputs, rule.annotations)

    def _output(self, column: CompiledOutput, evaluate: Evaluator, index: int) -> Any:
        value = evaluate(self.env)
        try:
            value = coerce(value, column.wanted, self.run)
        except DoesNotConform as error:
            self.fail(f"rule {index + 1}: the output does not fit: {error}")
            return None
        if (
            column.allowed is not None
            and value is not None
            and not self._allowed(column.allowed, value)
        ):
            self.fail(f"rule {index + 1}: the output is not one of the output values")
        return value

    # -- hit policies ---------------------------------------------------------------------

    def _by_policy(self, matches: list[Match]) -> Any:
        policy = self.compiled.table.hit_policy
        if not matches:
            return self._nothing(policy)
        match policy:
            case HitPolicy.UNIQUE:
                if len(matches) > 1:
                    rules = ", ".join(str(each.rule) for each in matches)
                    self.fail(f"the rules {rules} match, but at most one may")
                    return None
                return self._row(matches[0])
            case HitPolicy.ANY:
                first = matches[0].outputs
                for each in matches[1:]:
                    if equal(each.outputs, first) is not True:
                        self.fail(f"the rules {matches[0].rule} and {each.rule} match and disagree")
                        return None
                return self._row(matches[0])
            case HitPolicy.FIRST:
                if self.trace.explain:
                    del matches[1:]
                return self._row(matches[0])
            case HitPolicy.PRIORITY:
                return self._row(min(matches, key=self._priority()))
            case HitPolicy.OUTPUT_ORDER:
                return [self._row(each) for each in sorted(matches, key=self._priority())]
            case HitPolicy.RULE_ORDER:
                return [self._row(each) for each in matches]
        return self._collected(matches)

    def _nothing(self, policy: HitPolicy) -> Any:
        several = policy in (HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER, HitPolicy.COLLECT)
        aggregation = self.compiled.table.aggregation
        if any(column.default is not None for column in self.compiled.outputs):
            outputs = {
                column.key: column.default(self.env) if column.default else None
                for column in self.compiled.outputs
            }
            row = self._row(Match(0, "", outputs))
            return [row] if several and aggregation is Aggregation.LIST else row
        if not several:
            return None
        if aggregation is Aggregation.COUNT:
            return Decimal(0)
        return [] if aggregation is Aggregation.LIST else None

    def _row(self, match: Match) -> Any:
        if len(self.compiled.outputs) == 1:
            return next(iter(match.outputs.values()))
        return dict(match.outputs)

    def _priority(self) -> Callable[[Match], tuple[int, ...]]:
        """Earlier output values come first; a value that is not listed comes last."""
        ranks: list[tuple[str, list[Any]]] = [
            (column.key, [value(self.env) for value in column.priorities])
            for column in self.compiled.outputs
        ]

        def rank(match: Match) -> tuple[int, ...]:
            found = []
            for key, values in ranks:
                places = (
                    index
                    for index, value in enumerate(values)
                    if equal(value, match.outputs[key]) is True
                )
                found.append(next(places, len(values)))
            return tuple(found)

        return rank

    def _collected(self, matches: list[Match]) -> Any:
        rows = [self._row(match) for match in matches]
        aggregation = self.compiled.table.aggregation
        if aggregation is Aggregation.LIST:
            return rows
        if aggregation is Aggregation.COUNT:
            return Decimal(len(rows))
        if len(self.compiled.outputs) > 1:
            self.fail("an aggregation needs a single output")
            return None
        try:
            return _aggregate(aggregation, rows)
        except FeelFailure as error:
            self.fail(f"the outputs cannot be aggregated: {error.message}")
            return None


def _aggregate(aggregation: Aggregation, values: list[Any]) -> Any:
    if aggregation is Aggregation.SUM:
        return reduce(add, values)
    wanted = -1 if aggregation is Aggregation.MIN else 1
    best = values[0]
    for value in values[1:]:
        position = order(value, best)
        if position is None:
            raise FeelFailure("they have no order", ProblemKind.WRONG_TYPE)
        if position == wanted:
            best = value
    return best
