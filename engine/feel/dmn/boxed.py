"""Boxed expressions to closures."""

from collections.abc import Callable, Iterable
from typing import Any

from engine.feel import iterate
from engine.feel.callables import UserFunction, call_value
from engine.feel.compiler import Compiler, choose
from engine.feel.dmn import elements as e
from engine.feel.dmn.item_types import ItemTypes
from engine.feel.dmn.table import CompiledTable
from engine.feel.dmn.table_compiler import compile_table
from engine.feel.errors import FeelSyntaxError, Place, Problem, ProblemKind
from engine.feel.parser import parse
from engine.feel.paths import filter_list
from engine.feel.runtime import Env, Evaluator
from engine.feel.types import ANY, DoesNotConform, FeelType, coerce


class BoxedCompiler:
    """Compiles the logic of one decision or knowledge model."""

    def __init__(
        self,
        source: str,
        names: Iterable[str],
        properties: frozenset[str],
        types: ItemTypes,
        problems: list[Problem],
    ) -> None:
        self.source = source
        self.names = frozenset(names)
        self.properties = properties
        self.types = types
        self.problems = problems

    def at(self, part: str = "", names: Iterable[str] = ()) -> "BoxedCompiler":
        """The same for an inner part, with further names in scope."""
        source = f"{self.source}, {part}" if part else self.source
        return BoxedCompiler(
            source, self.names | set(names), self.properties, self.types, self.problems
        )

    # -- texts ----------------------------------------------------------------------------

    def text(self, text: str) -> Evaluator:
        """Compile an expression; a text that is not FEEL is reported and null."""
        try:
            node = parse(text, names=self.names, properties=self.properties)
            compiler = Compiler(text, source=self.source, types=self.types.known())
            return compiler.charged(node)
        except FeelSyntaxError as error:
            return self.broken(error)

    def broken(self, error: FeelSyntaxError) -> Evaluator:
        """Note a syntax error; whoever evaluates it is told again."""
        place = Place(error.text, error.offset, self.source)
        self.problems.append(Problem(ProblemKind.SYNTAX, error.message, place))
        return lambda env: env.run.report(ProblemKind.SYNTAX, error.message, place)

    def unsupported(self, what: str) -> Evaluator:
        """Note something the file asks for that is not done."""
        place = Place(source=self.source)
        self.problems.append(Problem(ProblemKind.UNSUPPORTED, what, place))
        return lambda env: env.run.report(ProblemKind.UNSUPPORTED, what, place)

    def type(self, reference: str | None) -> FeelType:
        """The type a reference names; an unknown one is noted and not checked."""
        found = self.types.get(reference)
        if found is None:
            message = f'there is no type "{reference}"'
            self.problems.append(
                Problem(ProblemKind.UNKNOWN_NAME, message, Place(source=self.source))
            )
            return ANY
        return found

    def typed(self, evaluate: Evaluator, reference: str | None) -> Evaluator:
        """Demand a type of a value; another value becomes null and is reported."""
        wanted = self.type(reference)
        return evaluate if wanted is ANY else demand(evaluate, wanted, Place(source=self.source))

    # -- boxed expressions ----------------------------------------------------------------

    def boxed(self, boxed: e.Boxed | None) -> Evaluator:
        """The closure for any boxed expression."""
        match boxed:
            case None:
                return self.unsupported("there is no expression")
            case e.Literal():
                return self.literal(boxed)
            case e.BoxedContext():
                return self.context(boxed)
            case e.BoxedList():
                items = [self.boxed(item) for item in boxed.items]
                return lambda env: [item(env) for item in items]
            case e.Relation():
                return self.relation(boxed)
            case e.BoxedFunction():
                return self.function(boxed)
            case e.Invocation():
                return self.invocation(boxed)
            case e.Conditional():
                return self.conditional(boxed)
            case e.BoxedFilter():
                return self.filter(boxed)
            case e.BoxedIterator():
                return self.iterator(boxed)
            case e.DecisionTable():
                return self.table(boxed)
        return self.unsupported("this kind of expression is not known")

    def literal(self, boxed: e.Literal) -> Evaluator:
        if boxed.language and "feel" not in boxed.language.lower():
            return self.unsupported(f'the expression language "{boxed.language}" is not FEEL')
        if not boxed.text:
            return lambda env: None
        return self.typed(self.text(boxed.text), boxed.type_ref)

    def context(self, boxed: e.BoxedContext) -> Evaluator:
        named: list[tuple[str, Evaluator]] = []
        result: Evaluator | None = None
        seen: list[str] = []
        for entry in boxed.entries:
            label = f'entry "{entry.name}"' if entry.name else "result"
            inner = self.at(label, [*seen, *([entry.name] if entry.name else [])])
            evaluate = inner.typed(inner.boxed(entry.value), entry.type_ref)
            if entry.name:
                named.append((entry.name, evaluate))
                seen.append(entry.name)
            else:
                result = evaluate

        def make(env: Env) -> Any:
            values: dict[str, Any] = {}
            scope = Env(values, env, env.run)
            for name, evaluate in named:
                values[name] = evaluate(scope)
            return result(scope) if result else dict(values)

        return self.typed(make, boxed.type_ref)

    def relation(self, boxed: e.Relation) -> Evaluator:
        rows = [[self.boxed(cell) for cell in row] for row in boxed.rows]
        columns = boxed.columns

        def make(env: Env) -> list[Any]:
            return [
                {name: cell(env) for name, cell in zip(columns, row, strict=False)} for row in rows
            ]

        return self.typed(make, boxed.type_ref)

    def function(self, boxed: e.BoxedFunction) -> Evaluator:
        make = self.user_function(boxed)
        return lambda env: make(env)

    def user_function(
        self, boxed: e.BoxedFunction, name: str = "function", result: str | None = None
    ) -> Callable[[Env], UserFunction]:
        """A maker of the function, given the scope its body shall see."""
        parameters = tuple(each.name for each in boxed.parameters)
        types = tuple(self.type(each.type_ref) for each in boxed.parameters)
        inner = self.at("", parameters)
        if boxed.kind.upper() == "FEEL":
            body = inner.typed(inner.boxed(boxed.body), boxed.type_ref)
        else:
            body = self.unsupported(f"external functions ({boxed.kind}) are not supported")
        wanted = self.type(result)
        if wanted.name == "function" and hasattr(wanted, "result"):
            wanted = wanted.result  # the variable of a function may name the function's type
        return lambda env: UserFunction(
            parameters, types, body, env, None if wanted is ANY else wanted, name
        )

    def invocation(self, boxed: e.Invocation) -> Evaluator:
        function = self.boxed(boxed.function)
        bindings = [
            (name, self.at(f'parameter "{name}"').boxed(value) if value else (lambda env: None))
            for name, value in boxed.bindings
        ]
        label = boxed.function.text if isinstance(boxed.function, e.Literal) else "function"
        place = Place(source=self.source)

        def invoke(env: Env) -> Any:
            arguments = {name: value(env) for name, value in bindings}
            return call_value(function(env), arguments, env.run, place, label)

        return self.typed(invoke, boxed.type_ref)

    def conditional(self, boxed: e.Conditional) -> Evaluator:
        condition = self.at("if").boxed(boxed.condition)
        then = self.at("then").boxed(boxed.then)
        otherwise = self.at("else").boxed(boxed.otherwise)
        return self.typed(
            choose(condition, then, otherwise, Place(source=self.source)), boxed.type_ref
        )

    def filter(self, boxed: e.BoxedFilter) -> Evaluator:
        source = self.at("in").boxed(boxed.source)
        match = self.at("match", ["item", *self.properties]).boxed(boxed.match)
        place = Place(source=self.source)
        return self.typed(lambda env: filter_list(source(env), match, env, place), boxed.type_ref)

    def iterator(self, boxed: e.BoxedIterator) -> Evaluator:
        source = self.at("in").boxed(boxed.source)
        body = self.at(boxed.kind, [boxed.variable, "partial"]).boxed(boxed.body)
        rounds = [iterate.Iteration(boxed.variable, source, None, Place(source=self.source))]
        if boxed.kind == "for":
            return self.typed(lambda env: iterate.collect(rounds, body, env), boxed.type_ref)
        decisive = boxed.kind == "some"
        return self.typed(
            lambda env: iterate.quantify(rounds, body, env, decisive=decisive), boxed.type_ref
        )

    def table(self, table: e.DecisionTable) -> Evaluator:
        compiled: CompiledTable = compile_table(self, table)
        return self.typed(lambda env: compiled.evaluate(env, env.run.trace), table.type_ref)


def demand(evaluate: Evaluator, wanted: FeelType, place: Place) -> Evaluator:
    """A value of the wanted type, or null with a problem."""

    def checked(env: Env) -> Any:
        try:
            return coerce(evaluate(env), wanted, env.run)
        except DoesNotConform as error:
            return env.run.report(ProblemKind.WRONG_TYPE, str(error), place)

    return checked
