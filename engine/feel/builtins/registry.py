"""How a built-in function says what it takes, and how its arguments are checked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.feel.errors import FeelFailure, ProblemKind
from engine.feel.runtime import Run
from engine.feel.temporal import Date, DateTime, Time
from engine.feel.types import BUILTIN_TYPES, DoesNotConform, coerce
from engine.feel.values import Function, Range, type_name

_MISSING = object()


@dataclass(frozen=True, slots=True)
class Parameter:
    """`name: kind`; a nullable kind ends with "?", an optional parameter with "="."""

    name: str
    kind: str
    nullable: bool
    optional: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a function; several make an overload."""

    parameters: tuple[Parameter, ...]
    variadic: bool
    body: Callable[..., Any]

    def bind(self, arguments: Sequence[Any]) -> list[Any] | None:
        """Positional arguments in order, or None if their number does not fit."""
        if self.variadic:
            return list(arguments) if arguments else None
        count = len(self.parameters)
        if len(arguments) > count:
            return None
        if any(not parameter.optional for parameter in self.parameters[len(arguments) :]):
            return None
        return list(arguments) + [_MISSING] * (count - len(arguments))

    def bind_named(self, arguments: Mapping[str, Any]) -> list[Any] | None:
        """Named arguments in the order of the parameters."""
        if self.variadic:
            return None
        names = {parameter.name for parameter in self.parameters}
        if not names.issuperset(arguments):
            return None
        values = [arguments.get(parameter.name, _MISSING) for parameter in self.parameters]
        for parameter, value in zip(self.parameters, values, strict=True):
            if value is _MISSING and not parameter.optional:
                return None
        return values

    def checked(self, values: list[Any]) -> list[Any]:
        """The values converted to what the parameters demand; raises FeelFailure."""
        if self.variadic:
            kind = self.parameters[0]
            return [_convert(kind, value) for value in values]
        return [
            None if value is _MISSING else _convert(parameter, value)
            for parameter, value in zip(self.parameters, values, strict=True)
        ]


def _convert(parameter: Parameter, value: Any) -> Any:
    if value is None:
        if parameter.nullable:
            return None
        raise FeelFailure(f"{parameter.name} is null", ProblemKind.WRONG_TYPE)
    kind = parameter.kind
    if kind == "any":
        return value
    if kind == "points":  # dates with or without a time
        value = value[0] if isinstance(value, list) and len(value) == 1 else value
        if isinstance(value, Date | DateTime):
            return value
        raise _wrong(parameter, "a date", value)
    if kind == "clock":  # whatever has a time of day
        value = value[0] if isinstance(value, list) and len(value) == 1 else value
        if isinstance(value, Date | DateTime | Time):
            return value
        raise _wrong(parameter, "a time", value)
    if kind == "range":
        value = value[0] if isinstance(value, list) and len(value) == 1 else value
        if isinstance(value, Range):
            return value
        raise _wrong(parameter, "a range", value)
    if kind == "scalar":  # a point: anything but a range or list
        value = value[0] if isinstance(value, list) and len(value) == 1 else value
        if isinstance(value, Range | list | dict | Function):
            raise _wrong(parameter, "a single value", value)
        return value
    if kind == "list":
        return value if isinstance(value, list) else [value]
    try:
        found = coerce(value, BUILTIN_TYPES[kind])
    except DoesNotConform:
        raise _wrong(parameter, f"a {kind}", value) from None
    if found is None and not parameter.nullable:  # it was [null]
        raise FeelFailure(f"{parameter.name} is null", ProblemKind.WRONG_TYPE)
    return found


def _wrong(parameter: Parameter, wanted: str, value: Any) -> FeelFailure:
    return FeelFailure(
        f"{parameter.name} should be {wanted}, not {type_name(value)}", ProblemKind.WRONG_TYPE
    )


class Builtin(Function):
    """A function of the standard, with all its overloads."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.signatures: list[Signature] = []

    @property
    def parameters(self) -> tuple[str, ...]:  # type: ignore[override]  # data in other functions
        return tuple(parameter.name for parameter in self.signatures[0].parameters)

    def call(self, run: Run, arguments: Sequence[Any]) -> Any:
        """Call with positional arguments."""
        bound = [(s, v) for s in self.signatures if (v := s.bind(arguments)) is not None]
        return self._first_that_fits(run, bound, len(arguments))

    def call_named(self, run: Run, arguments: dict[str, Any]) -> Any:
        """Call with named arguments."""
        bound = [(s, v) for s in self.signatures if (v := s.bind_named(arguments)) is not None]
        return self._first_that_fits(run, bound, len(arguments))

    def _first_that_fits(
        self, run: Run, bound: list[tuple[Signature, list[Any]]], count: int
    ) -> Any:
        failure: FeelFailure | None = None
        for signature, values in bound:
            run.spend(3)
            try:
                checked = signature.checked(values)
            except FeelFailure as error:
                failure = error
                continue
            run.spend(sum(len(v) >> 6 for v in checked if type(v) is str or type(v) is list))
            return signature.body(run, *checked)
        raise failure or FeelFailure(
            f"{self.name} does not take these {count} arguments; it is "
            + " or ".join(self.usage()),
            ProblemKind.WRONG_ARGUMENTS,
        )

    def usage(self) -> list[str]:
        """Each overload as an administrator would write it."""
        return [
            f"{self.name}({', '.join(p.name for p in s.parameters)}{', ...' if s.variadic else ''})"
            for s in self.signatures
        ]


#: Every built-in function by name; filled by the modules beside this one.
BUILTINS: dict[str, Builtin] = {}


def builtin(
    name: str, *parameters: str, variadic: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function body. Parameters read `"start position: number"`.

    A kind followed by "?" lets null through; one followed by "=" may be left out.
    """

    def register(body: Callable[..., Any]) -> Callable[..., Any]:
        parsed = tuple(_parse(parameter) for parameter in parameters)
        function = BUILTINS.setdefault(name, Builtin(name))
        function.signatures.append(Signature(parsed, variadic, body))
        return body

    return register


def _parse(text: str) -> Parameter:
    name, _, kind = text.partition(": ")
    optional = kind.endswith("=")
    kind = kind.removesuffix("=")
    nullable = kind.endswith("?")
    return Parameter(name, kind.removesuffix("?"), nullable, optional)
