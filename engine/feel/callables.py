"""Functions that an expression defines or a host lends, and how any function is called."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.feel.convert import to_feel, to_python
from engine.feel.errors import FeelFailure, Place, ProblemKind
from engine.feel.runtime import Env, Evaluator, Run
from engine.feel.types import DoesNotConform, FeelType, coerce
from engine.feel.values import Function, type_name


def call_value(
    function: Any,
    arguments: Sequence[Any] | dict[str, Any],
    run: Run,
    place: Place,
    label: str,
) -> Any:
    """Call whatever stands before the parenthesis; what fails is null and reported."""
    if not isinstance(function, Function):
        if function is not None:
            message = f'"{label}" is a {type_name(function)}, not a function'
            run.report(ProblemKind.NOT_A_FUNCTION, message, place)
        return None
    run.enter()
    try:
        value = (
            function.call_named(run, arguments)
            if isinstance(arguments, dict)
            else function.call(run, arguments)
        )
        return run.sized(value) if isinstance(value, list | str) else value
    except FeelFailure as error:
        return run.report(error.kind, f"{label}: {error.message}", place)
    finally:
        run.leave()


class UserFunction(Function):
    """`function(a, b) ...` with the scope it was written in."""

    def __init__(
        self,
        parameters: tuple[str, ...],
        types: tuple[FeelType, ...],
        body: Evaluator,
        scope: Env | None,
        result: FeelType | None = None,
        name: str = "function",
    ) -> None:
        self.parameters = parameters
        self.types = types
        self.body = body
        self.scope = scope
        self.result = result
        self.name = name

    def call(self, run: Run, arguments: Sequence[Any]) -> Any:
        """Call with positional arguments."""
        if len(arguments) != len(self.parameters):
            raise FeelFailure(
                f"takes {len(self.parameters)} arguments, not {len(arguments)}",
                ProblemKind.WRONG_ARGUMENTS,
            )
        variables = {}
        for name, wanted, value in zip(self.parameters, self.types, arguments, strict=True):
            try:
                variables[name] = coerce(value, wanted, run)
            except DoesNotConform as error:
                raise FeelFailure(f"{name}: {error}", ProblemKind.WRONG_TYPE) from error
        value = self.body(Env(variables, self.scope, run))
        if self.result is None:
            return value
        try:
            return coerce(value, self.result, run)
        except DoesNotConform as error:
            raise FeelFailure(f"the result: {error}", ProblemKind.WRONG_TYPE) from error

    def call_named(self, run: Run, arguments: dict[str, Any]) -> Any:
        """Call with named arguments."""
        if set(arguments) != set(self.parameters):
            raise FeelFailure(
                f"takes {', '.join(self.parameters) or 'nothing'}, not {', '.join(arguments)}",
                ProblemKind.WRONG_ARGUMENTS,
            )
        return self.call(run, [arguments[name] for name in self.parameters])


class HostFunction(Function):
    """A Python function lent to expressions; it gets and may return plain Python values."""

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        self.name = name
        self.function = function

    @property
    def parameters(self) -> tuple[str, ...]:  # type: ignore[override]  # asked for rarely
        return tuple(name.replace("_", " ") for name in inspect.signature(self.function).parameters)

    def call(self, run: Run, arguments: Sequence[Any]) -> Any:
        """Call with positional arguments."""
        return self._invoke([to_python(value) for value in arguments], {})

    def call_named(self, run: Run, arguments: dict[str, Any]) -> Any:
        """Call with named arguments; `start date` reaches the parameter `start_date`."""
        named = {name.replace(" ", "_"): to_python(value) for name, value in arguments.items()}
        return self._invoke([], named)

    def _invoke(self, positional: list[Any], named: dict[str, Any]) -> Any:
        try:
            return to_feel(self.function(*positional, **named))
        except (TypeError, ValueError, ArithmeticError, LookupError) as error:
            # These are what a wrong argument raises; anything else is a fault and must be seen.
            raise FeelFailure(f"{type(error).__name__}: {error}") from error


def host_functions(functions: Mapping[str, Callable[..., Any]]) -> dict[str, Function]:
    """Wrap what a host lends."""
    return {
        name: function if isinstance(function, Function) else HostFunction(name, function)
        for name, function in functions.items()
    }
