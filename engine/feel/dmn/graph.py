"""One walk through the requirements graph: what is needed is decided first, and once."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine.feel.callables import call_value
from engine.feel.convert import to_feel
from engine.feel.dmn import elements as e
from engine.feel.dmn.json_input import shaped
from engine.feel.errors import DmnError, FeelFailure, Place, ProblemKind
from engine.feel.runtime import Env, Run
from engine.feel.types import ANY, DoesNotConform, FeelType, FunctionType, coerce
from engine.feel.values import Function

if TYPE_CHECKING:
    from engine.feel.dmn.model import DmnModel

_ABSENT = object()


class Making:
    """The values of one evaluation, by model and element."""

    def __init__(self, run: Run, inputs: Mapping[str, object]) -> None:
        self.run = run
        self.inputs = inputs
        self.values: dict[tuple[int, str], Any] = {}
        self.open: set[tuple[int, str]] = set()

    def of(self, model: "DmnModel", element: e.Element) -> Any:
        """The value of an element; functions are called with the inputs."""
        if isinstance(element, e.Service):
            return self._serve(model, element)
        if isinstance(element, e.Knowledge):
            function = self.value(model, element)
            arguments = [to_feel(self.inputs.get(name)) for name in function.parameters]
            return call_value(
                function, arguments, self.run, Place(source=element.name), element.name
            )
        return self.value(model, element)

    def value(self, model: "DmnModel", element: e.Element) -> Any:
        """The value another element sees: of a service or knowledge model, a function."""
        key = (id(model), element.id or element.name)
        if key in self.values:
            return self.values[key]
        if key in self.open:
            raise DmnError(f'"{element.name}" requires itself')
        self.open.add(key)
        try:
            self.values[key] = self._make(model, element, key)
        finally:
            self.open.discard(key)
        return self.values[key]

    def _make(self, model: "DmnModel", element: e.Element, key: tuple[int, str]) -> Any:
        match element:
            case e.InputData():
                return self._input(model, element)
            case e.Decision():
                variables = self._required(model, element.required)
                return model.compiled(element)(Env(variables, None, self.run))
            case e.Knowledge():
                variables = {}
                function = model.compiled(element)(Env(variables, None, self.run))
                # Known before what it requires, since knowledge models may call each other.
                self.values[key] = function
                variables.update(self._required(model, element.required))
                variables.setdefault(element.name, function)
                return function
            case e.Service():
                return ServiceFunction(self, model, element)

    def _required(self, model: "DmnModel", references: Sequence[str]) -> dict[str, Any]:
        variables: dict[str, Any] = {}
        for reference in references:
            found = model.resolve(reference)
            if found is None:
                continue  # noted when the file was loaded
            owner, alias, element = found
            value = self.value(owner, element)
            if alias:
                variables.setdefault(alias, {})[element.name] = value
            else:
                variables[element.name] = value
        return variables

    def _input(self, model: "DmnModel", element: e.InputData) -> Any:
        value = self._given(model, element)
        if value is _ABSENT:
            return self.run.report(
                ProblemKind.UNKNOWN_NAME, f'the input "{element.name}" is not given'
            )
        wanted: FeelType = model.compiled(element)
        place = Place(source=f'input "{element.name}"')
        try:
            return coerce(shaped(to_feel(value), wanted), wanted, self.run)
        except DoesNotConform as error:
            return self.run.report(ProblemKind.WRONG_TYPE, str(error), place)

    def _given(self, model: "DmnModel", element: e.InputData) -> Any:
        exact = f"{{{model.definitions.namespace}}}{element.name}"
        if exact in self.inputs:
            return self.inputs[exact]
        return self.inputs.get(element.name, _ABSENT)

    # -- services -------------------------------------------------------------------------

    def _serve(self, model: "DmnModel", service: e.Service) -> Any:
        function = ServiceFunction(self, model, service)
        arguments = []
        for owner, element in function.elements:
            given = self.inputs.get(element.name, _ABSENT)
            if isinstance(element, e.InputData):
                arguments.append(self._input(owner, element))
            else:
                arguments.append(None if given is _ABSENT else to_feel(given))
        try:
            return function.call(self.run, arguments)
        except FeelFailure as error:
            return self.run.report(error.kind, error.message, Place(source=service.name))


class ServiceFunction(Function):
    """A decision service as a function of its inputs."""

    def __init__(self, making: Making, model: "DmnModel", service: e.Service) -> None:
        self.making = making
        self.model = model
        self.service = service
        self.name = service.name
        self.elements: list[tuple[DmnModel, e.Element]] = []
        for reference in (*service.input_data, *service.input_decisions):
            found = model.resolve(reference)
            if found is not None:
                self.elements.append((found[0], found[2]))
        self.parameters = tuple(element.name for _, element in self.elements)

    def call(self, run: Run, arguments: Sequence[Any]) -> Any:
        """Make the service's decisions with these inputs."""
        if len(arguments) != len(self.parameters):
            raise FeelFailure(
                f"takes {len(self.parameters)} arguments, not {len(arguments)}",
                ProblemKind.WRONG_ARGUMENTS,
            )
        making = Making(run, {})
        for (model, element), value in zip(self.elements, arguments, strict=True):
            key = (id(model), element.id or element.name)
            making.values[key] = self._checked(model, element, value)
        return self._result(making)

    def call_named(self, run: Run, arguments: dict[str, Any]) -> Any:
        """Call with named arguments."""
        if set(arguments) != set(self.parameters):
            raise FeelFailure(
                f"takes {', '.join(self.parameters) or 'nothing'}, not {', '.join(arguments)}",
                ProblemKind.WRONG_ARGUMENTS,
            )
        return self.call(run, [arguments[name] for name in self.parameters])

    def _checked(self, model: "DmnModel", element: e.Element, value: Any) -> Any:
        wanted = model.types.get(element.type_ref) or ANY
        try:
            return coerce(value, wanted)
        except DoesNotConform as error:
            raise FeelFailure(f"{element.name}: {error}", ProblemKind.WRONG_TYPE) from error

    def _result(self, making: Making) -> Any:
        results: dict[str, Any] = {}
        for reference in self.service.outputs:
            found = self.model.resolve(reference)
            if found is not None:
                results[found[2].name] = making.value(found[0], found[2])
        value = next(iter(results.values())) if len(results) == 1 else results
        wanted: FeelType = self.model.compiled(self.service)
        if isinstance(wanted, FunctionType):
            wanted = wanted.result
        try:
            return coerce(value, wanted)
        except DoesNotConform as error:
            raise FeelFailure(f"the result: {error}", ProblemKind.WRONG_TYPE) from error
