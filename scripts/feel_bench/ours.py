"""This project's engine."""

from __future__ import annotations

from engine.feel import compile_expression, expression, load_dmn
from scripts.feel_bench import cases
from scripts.feel_bench.timing import microseconds


def measure() -> dict[str, dict[str, float]]:
    """Parsing begins at the text and ends at the closure; nothing is remembered."""
    figures = {}
    for case in cases.CONDITIONS:
        compiled = compile_expression(case.feel)
        assert compiled.evaluate(cases.CONTEXT).value == case.value, case

        def parse(text: str = case.feel) -> None:
            expression.forget()
            compile_expression(text)

        figures[case.name] = {
            "parse": microseconds(parse),
            "evaluate": microseconds(lambda each=compiled: each.evaluate(cases.CONTEXT)),  # type: ignore[misc]
        }
    source = cases.dmn().encode()
    model = load_dmn(source)
    assert model.decide("d", cases.TABLE_CONTEXT).value == cases.TABLE_VALUE
    figures["100 rules"] = {
        "parse": microseconds(lambda: load_dmn(source)),
        "evaluate": microseconds(lambda: model.decide("d", cases.TABLE_CONTEXT)),
    }
    return figures
