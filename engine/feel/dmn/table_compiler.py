"""The texts of a decision table to closures."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.feel import cells
from engine.feel.cells import CellTest
from engine.feel.compiler import Compiler
from engine.feel.dmn.elements import DecisionTable, Input, Output, Rule
from engine.feel.dmn.table import (
    CompiledInput,
    CompiledOutput,
    CompiledRule,
    CompiledTable,
)
from engine.feel.errors import FeelSyntaxError
from engine.feel.parser import parse_unary_tests
from engine.feel.runtime import Env, Evaluator
from engine.feel.tree import Node, UnaryTests

if TYPE_CHECKING:
    from engine.feel.dmn.boxed import BoxedCompiler


def compile_table(compiler: "BoxedCompiler", table: DecisionTable) -> CompiledTable:
    """Compile every column and row; broken cells are reported to the compiler."""
    return CompiledTable(
        table,
        compiler.source,
        tuple(_input(compiler, each) for each in table.inputs),
        tuple(_output(compiler, each, index) for index, each in enumerate(table.outputs, 1)),
        tuple(_rule(compiler, table, each, index) for index, each in enumerate(table.rules, 1)),
    )


def _input(compiler: "BoxedCompiler", column: Input) -> CompiledInput:
    text = column.expression or column.label
    inner = compiler.at(f'input "{text}"')
    return CompiledInput(
        text, inner.text(text), inner.type(column.type_ref), _allowed(inner, column.values)
    )


def _output(compiler: "BoxedCompiler", column: Output, index: int) -> CompiledOutput:
    key = column.name or column.label or f"output {index}"
    inner = compiler.at(f'output "{key}"')
    return CompiledOutput(
        key,
        inner.type(column.type_ref),
        tuple(_priorities(inner, column.values)),
        _allowed(inner, column.values),
        inner.text(column.default) if column.default else None,
    )


def _rule(compiler: "BoxedCompiler", table: DecisionTable, rule: Rule, index: int) -> CompiledRule:
    inner = compiler.at(f"rule {index}")
    tests = []
    for column, text in enumerate(rule.tests[: len(table.inputs)]):
        if text not in ("", "-"):
            tests.append((column, _cell(inner.at(f"input {column + 1}"), text)))
    outputs: list[Evaluator] = []
    for column in range(len(table.outputs)):
        text = rule.outputs[column] if column < len(rule.outputs) else ""
        blank = text in ("", "-")
        outputs.append((lambda env: None) if blank else inner.at(f"output {column + 1}").text(text))
    return CompiledRule(tuple(tests), tuple(outputs))


def _parse(compiler: "BoxedCompiler", text: str) -> UnaryTests:
    return parse_unary_tests(text, names=compiler.names, properties=compiler.properties)


def _compiler(compiler: "BoxedCompiler", text: str) -> Compiler:
    return Compiler(text, source=compiler.source, types=compiler.types.known())


def _cell(compiler: "BoxedCompiler", text: str) -> CellTest:
    try:
        node, inner = _parse(compiler, text), _compiler(compiler, text)
        test, steps = cells.compile_unary_tests(inner, node), inner.weight(node) // 2
        return test if steps < 3 else _charged(test, steps)
    except FeelSyntaxError as error:
        return compiler.broken(error)


def _charged(test: CellTest, steps: int) -> CellTest:
    # Small cells are paid for with their rule.
    def pay(env: Env) -> bool | None:
        env.run.spend(steps)
        return test(env)

    return pay


def _allowed(compiler: "BoxedCompiler", text: str) -> CellTest | None:
    return _cell(compiler.at("allowed values"), text) if text not in ("", "-") else None


def _priorities(compiler: "BoxedCompiler", text: str) -> Iterable[Evaluator]:
    if text in ("", "-"):
        return []
    try:
        tests: tuple[Node, ...] = _parse(compiler, text).tests
        return [_compiler(compiler, text).compile(test) for test in tests]
    except FeelSyntaxError:
        return []  # the allowed values, compiled from the same text, have reported it
