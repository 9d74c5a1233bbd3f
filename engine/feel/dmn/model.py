"""A loaded DMN file: what it holds, and how its decisions are made."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.feel.callables import host_functions
from engine.feel.cells import compile_unary_tests
from engine.feel.compiler import Compiler
from engine.feel.dmn import elements as e
from engine.feel.dmn.boxed import BoxedCompiler
from engine.feel.dmn.graph import Making
from engine.feel.dmn.item_types import ItemTypes, Test
from engine.feel.dmn.reader import read
from engine.feel.dmn.table import TableExplanation, Trace
from engine.feel.errors import DmnError, FeelSyntaxError, Place, Problem, ProblemKind
from engine.feel.expression import guarded
from engine.feel.parser import parse_unary_tests
from engine.feel.runtime import DEFAULT_LIMITS, Env, Limits, Run
from engine.feel.suggest import did_you_mean

_NO_FUNCTIONS: Mapping[str, Callable[..., Any]] = {}


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """A decision's value, how its tables came to it, and what was wrong."""

    value: Any
    explanations: tuple[TableExplanation, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class TableUse:
    """A decision table and the decision or knowledge model it stands in."""

    owner: str
    table: e.DecisionTable


class DmnModel:
    """One file, compiled, with the files it imports."""

    def __init__(self, definitions: e.Definitions, imports: Mapping[str, "DmnModel"]) -> None:
        self.definitions = definitions
        #: what is wrong with the file itself, found without evaluating anything
        self.problems: list[Problem] = []
        #: alias and model; several may have the empty alias
        self.imports: list[tuple[str, DmnModel]] = []
        for each in definitions.imports:
            if each.namespace in imports:
                self.imports.append((each.name, imports[each.namespace]))
            else:
                self._note(f'the imported "{each.name}" ({each.namespace}) is not at hand')
        self.types: ItemTypes = ItemTypes(
            definitions.items,
            [(alias, model.types) for alias, model in self.imports],
            self._make_test,
        )
        self._by_id = {each.id: each for each in definitions.elements() if each.id}
        self._by_name = {each.name: each for each in definitions.elements()}
        self._compiled: dict[str, Any] = {}
        self._properties = self._all_properties()
        for element in definitions.elements():
            self.compiled(element)

    # -- what it holds --------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.definitions.name

    @property
    def decisions(self) -> tuple[e.Decision, ...]:
        """Every decision of the file."""
        return self.definitions.decisions

    @property
    def tables(self) -> tuple[TableUse, ...]:
        """Every decision table, however deep inside boxed expressions."""
        found: list[TableUse] = []
        for decision in self.definitions.decisions:
            found.extend(TableUse(decision.name, t) for t in tables_in(decision.expression))
        for knowledge in self.definitions.knowledge:
            found.extend(TableUse(knowledge.name, t) for t in tables_in(knowledge.function))
        return tuple(found)

    def element(self, name: str) -> e.Element:
        """A decision, service, input or knowledge model by name or id."""
        found = self._by_name.get(name) or self._by_id.get(name)
        if found is None:
            hint = did_you_mean(name, self._by_name)
            raise DmnError(f'there is no decision "{name}" in "{self.name}"{hint}')
        return found

    def resolve(self, reference: str) -> "tuple[DmnModel, str, e.Element] | None":
        """The model, its alias here, and the element that a reference names."""
        namespace, _, identifier = reference.rpartition("#")
        if namespace in ("", self.definitions.namespace) and identifier in self._by_id:
            return self, "", self._by_id[identifier]
        for alias, model in self.imports:
            if namespace in ("", model.definitions.namespace) and identifier in model._by_id:
                return model, alias, model._by_id[identifier]
        return None

    # -- deciding -------------------------------------------------------------------------

    def decide(
        self,
        name: str,
        inputs: Mapping[str, object],
        *,
        explain: bool = False,
        now: Callable[[], dt.datetime] | None = None,
        functions: Mapping[str, Callable[..., Any]] = _NO_FUNCTIONS,
        limits: Limits = DEFAULT_LIMITS,
    ) -> DecisionResult:
        """Make a decision, or call a decision service with its inputs.

        `inputs` are by name of the input data; `{namespace}name` tells apart inputs of the same
        name in imported files. With `explain`, tables also tell why rules did not match.
        """
        element = self.element(name)
        trace = Trace(explain)
        run = Run(limits, now, host_functions(functions), offered=inputs, trace=trace)
        making = Making(run, inputs)
        result = guarded(run, lambda: making.of(self, element))
        return DecisionResult(result.value, tuple(trace.tables), result.problems)

    # -- compiling ------------------------------------------------------------------------

    def compiled(self, element: e.Element) -> Any:
        """The closure of an element, made once."""
        key = element.id or f"name:{element.name}"
        if key not in self._compiled:
            self._compiled[key] = self._compile(element)
        return self._compiled[key]

    def _compile(self, element: e.Element) -> Any:
        match element:
            case e.Decision():
                compiler = self._compiler(f'decision "{element.name}"', element.required)
                return compiler.typed(compiler.boxed(element.expression), element.type_ref)
            case e.Knowledge():
                own = f'knowledge "{element.name}"'
                compiler = self._compiler(own, element.required, element.name)
                function = element.function or e.BoxedFunction()
                return compiler.user_function(function, element.name, element.type_ref)
            case e.InputData() | e.Service():
                return self._compiler(f'"{element.name}"', ()).type(element.type_ref)

    def _compiler(self, source: str, required: Iterable[str], *own: str) -> BoxedCompiler:
        names = list(own)
        for reference in required:
            found = self.resolve(reference)
            if found is None:
                self._note(f'{source} requires "{reference}", which does not exist')
            else:
                _, alias, element = found
                names.append(alias or element.name)
        return BoxedCompiler(source, names, self._properties, self.types, self.problems)

    def _note(self, message: str) -> None:
        self.problems.append(Problem(ProblemKind.UNKNOWN_NAME, message, Place(source=self.name)))

    def _all_properties(self) -> frozenset[str]:
        found: set[str] = set()

        def walk(items: Iterable[e.ItemDefinition]) -> None:
            for item in items:
                found.update(part.name for part in item.components)
                walk(item.components)

        walk(self.definitions.items)
        for each in self.definitions.elements():
            found.add(each.name)
            boxed = each.expression if isinstance(each, e.Decision) else None
            if isinstance(each, e.Knowledge):
                boxed = each.function
            for inner in walk_boxed(boxed):
                if isinstance(inner, e.BoxedContext):
                    found.update(entry.name for entry in inner.entries if entry.name)
                elif isinstance(inner, e.Relation):
                    found.update(inner.columns)
                elif isinstance(inner, e.DecisionTable):
                    found.update(output.name for output in inner.outputs)
        for _, model in self.imports:
            found |= model._properties
        return frozenset(found - {""})

    def _make_test(self, text: str, what: str) -> Test:
        """A test for allowed values. It sees no variables, as the standard has it."""
        try:
            node = parse_unary_tests(text)
        except FeelSyntaxError as error:
            place = Place(error.text, error.offset, what)
            self.problems.append(Problem(ProblemKind.SYNTAX, error.message, place))
            return lambda value: True
        test = compile_unary_tests(Compiler(text, source=what), node)

        def check(value: Any) -> bool:
            run = Run()
            return guarded(run, lambda: test(Env({"?": value}, None, run))).value is True

        return check


def load_dmn(data: bytes, imports: Iterable[bytes | DmnModel] = ()) -> DmnModel:
    """Read and compile a file. `imports` are the files it imports, and those they import."""
    try:
        return _load_all(data, imports)
    except RecursionError as error:
        raise DmnError("the file is nested too deeply") from error


def _load_all(data: bytes, imports: Iterable[bytes | DmnModel]) -> DmnModel:
    models: dict[str, DmnModel] = {}
    waiting: dict[str, e.Definitions] = {}
    for each in imports:
        if isinstance(each, DmnModel):
            models[each.definitions.namespace] = each
        else:
            definitions = read(each)
            waiting[definitions.namespace] = definitions
    main = read(data)
    for namespace in list(waiting):
        _load(namespace, waiting, models, ())
    return DmnModel(main, models)


def _load(
    namespace: str,
    waiting: dict[str, e.Definitions],
    models: dict[str, DmnModel],
    above: tuple[str, ...],
) -> None:
    definitions = waiting.get(namespace)
    if definitions is None or namespace in models:
        return
    if namespace in above:
        raise DmnError(f'"{definitions.name}" imports itself')
    for each in definitions.imports:
        _load(each.namespace, waiting, models, (*above, namespace))
    models[namespace] = DmnModel(definitions, models)


def walk_boxed(boxed: e.Boxed | None) -> Iterable[e.Boxed]:
    """A boxed expression and everything inside it."""
    if boxed is None:
        return
    yield boxed
    inner: Iterable[e.Boxed | None] = ()
    match boxed:
        case e.BoxedContext():
            inner = [entry.value for entry in boxed.entries]
        case e.BoxedList():
            inner = boxed.items
        case e.Relation():
            inner = [cell for row in boxed.rows for cell in row]
        case e.BoxedFunction():
            inner = [boxed.body]
        case e.Invocation():
            inner = [boxed.function, *(value for _, value in boxed.bindings)]
        case e.Conditional():
            inner = [boxed.condition, boxed.then, boxed.otherwise]
        case e.BoxedFilter():
            inner = [boxed.source, boxed.match]
        case e.BoxedIterator():
            inner = [boxed.source, boxed.body]
    for each in inner:
        yield from walk_boxed(each)


def tables_in(boxed: e.Boxed | None) -> list[e.DecisionTable]:
    """The decision tables inside a boxed expression."""
    return [each for each in walk_boxed(boxed) if isinstance(each, e.DecisionTable)]
