"""cel-python, in an interpreter that has it: reads nothing, prints its figures as JSON."""

from __future__ import annotations

import json
import sys
from typing import Any

import celpy

from scripts.feel_bench import cases
from scripts.feel_bench.timing import microseconds


def main() -> int:
    """Parse, build a program, evaluate."""
    environment = celpy.Environment()
    context: Any = celpy.json_to_cel(cases.CONTEXT)
    figures = {}
    for case in cases.CONDITIONS:
        program = environment.program(environment.compile(case.cel))
        assert program.evaluate(context) == case.value, case

        def parse(text: str = case.cel) -> None:
            environment.program(environment.compile(text))

        figures[case.name] = {
            "parse": microseconds(parse),
            "evaluate": microseconds(lambda each=program: each.evaluate(context)),  # type: ignore[misc]
        }
    texts, row = cases.cel_rows(), celpy.json_to_cel(cases.TABLE_CONTEXT)
    programs = [environment.program(environment.compile(text)) for text in texts]

    def decide() -> int:
        return [bool(each.evaluate(row)) for each in programs].index(True)

    assert decide() == cases.TABLE_VALUE
    figures["100 rules"] = {
        "parse": microseconds(lambda: [environment.compile(text) for text in texts]),
        "evaluate": microseconds(decide),
    }
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
