"""The default language of forms: the engine's own FEEL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.feel import FeelError, compile_expression
from engine.forms.expression import Evaluate, Moment, NotAnExpression
from engine.scope import FUNCTIONS


def parse_feel(text: str, names: Iterable[str]) -> Evaluate:
    """Compile FEEL once; raises `NotAnExpression` with the place of the mistake."""
    try:
        compiled = compile_expression(text, names=frozenset(names) | FUNCTIONS)
    except FeelError as error:
        raise NotAnExpression(str(error)) from error

    def evaluate(context: Mapping[str, Any], moment: Moment) -> object:
        clock = moment.clock
        return compiled.evaluate(context, now=clock, functions=moment.functions).value

    return evaluate
