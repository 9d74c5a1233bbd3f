"""Tree to closures: each node becomes a Python function of the scope. No code is generated."""

from collections.abc import Callable, Mapping
from decimal import Decimal, DecimalException
from typing import Any

from engine.feel import cells, iso, iterate, tree
from engine.feel.arithmetic import OPERATORS, negate
from engine.feel.builtins import BUILTINS
from engine.feel.callables import UserFunction, call_value
from engine.feel.compare import comparison, order
from engine.feel.errors import FeelFailure, Place, ProblemKind
from engine.feel.number import NUMBERS
from engine.feel.paths import filter_list, property_of
from engine.feel.runtime import Env, Evaluator
from engine.feel.suggest import unknown_name
from engine.feel.temporal import DateTime, Time
from engine.feel.types import ANY, FeelType, build_type, is_instance
from engine.feel.values import Range, type_name

_FAST = {"+": NUMBERS.add, "-": NUMBERS.subtract, "*": NUMBERS.multiply, "/": NUMBERS.divide}

#: What arithmetic costs that is not between two numbers, or raises to a power.
_STEPS_OF_ARITHMETIC, _STEPS_OF_POWER = 3, 15
#: Values that take longer to compare than a step.
_LARGE = frozenset([list, dict, DateTime, Time])


class Compiler:
    """Compiles the nodes of one text."""

    def __init__(
        self, text: str, *, source: str = "", types: Mapping[str, FeelType] | None = None
    ) -> None:
        self.text = text
        self.source = source
        self.types = types or {}
        self._weights: dict[int, int] = {}
        self._mentions: dict[tuple[int, str], bool] = {}

    def place(self, node: tree.Node) -> Place:
        """Where a node stands, for problems found when it runs."""
        return Place(self.text, node.pos, self.source)

    def compile(self, node: tree.Node) -> Evaluator:
        """The closure for any node."""
        return _COMPILERS[type(node)](self, node)

    def charged(self, node: tree.Node) -> Evaluator:
        """The closure for a node that runs often: each time it pays for its size."""
        evaluate, steps = self.compile(node), self.weight(node) // 2
        if not steps:
            return evaluate

        def pay(env: Env) -> Any:
            env.run.spend(steps)
            return evaluate(env)

        return pay

    def mentions(self, node: tree.Node, name: str) -> bool:
        """Whether a tree uses `partial` or `?` of the scope around it."""
        known = self._mentions.get((id(node), name))
        if known is None:
            inside = tree.children(node)
            if isinstance(node, tree.In) and name == "?":
                inside = (node.value,)
            elif isinstance(node, tree.For) and name == "partial":
                inside = inside[:-1]
            known = isinstance(node, tree.Name) and node.name == name
            known = known or any(self.mentions(child, name) for child in inside)
            self._mentions[id(node), name] = known
        return known

    def weight(self, node: tree.Node) -> int:
        """How many nodes a tree has."""
        known = self._weights.get(id(node))
        if known is None:
            known = 1 + sum(self.weight(child) for child in tree.children(node))
            self._weights[id(node)] = known
        return known

    # -- literals and names ---------------------------------------------------------------

    def constant(
        self, node: tree.NumberLiteral | tree.StringLiteral | tree.BooleanLiteral
    ) -> Evaluator:
        value = node.value
        return lambda env: value

    def null(self, node: tree.NullLiteral) -> Evaluator:
        return lambda env: None

    def at_literal(self, node: tree.AtLiteral) -> Evaluator:
        place = self.place(node)
        try:
            value = iso.read_temporal(node.text)
        except ValueError as error:
            message = str(error)
            return lambda env: env.run.report(ProblemKind.INVALID_VALUE, message, place)
        return lambda env: value

    def name(self, node: tree.Name) -> Evaluator:
        name, place, fallback = node.name, self.place(node), BUILTINS.get(node.name)

        def load(env: Env) -> Any:
            scope: Env | None = env
            while scope is not None:
                variables = scope.variables
                if name in variables:
                    return variables[name]
                scope = scope.parent
            host = env.run.functions.get(name)
            if host is not None:
                return host
            if fallback is not None:
                return fallback
            return env.run.report(ProblemKind.UNKNOWN_NAME, lambda: unknown_name(name, env), place)

        return load

    def path(self, node: tree.Path) -> Evaluator:
        base, name, place = self.compile(node.base), node.name, self.place(node)

        def get(env: Env) -> Any:
            value = base(env)
            if type(value) is dict and name in value:
                return value[name]
            return property_of(value, name, env.run, place)

        return get

    def filter(self, node: tree.Filter) -> Evaluator:
        base, condition = self.compile(node.base), self.charged(node.condition)
        place = self.place(node)
        return lambda env: filter_list(base(env), condition, env, place)

    # -- operators ------------------------------------------------------------------------

    def logic(self, node: tree.Logic) -> Evaluator:
        operands = [(self.compile(operand), self.place(operand)) for operand in node.operands]
        decisive = node.op == "or"

        def combine(env: Env) -> Any:
            unknown = False
            for operand, place in operands:
                value = operand(env)
                if value is decisive:
                    return decisive
                if value is not True and value is not False:
                    unknown = True
                    if value is not None:
                        message = f"this is a {type_name(value)}, not true or false"
                        env.run.report(ProblemKind.WRONG_TYPE, message, place)
            return None if unknown else not decisive

        return combine

    def arithmetic(self, node: tree.Arithmetic) -> Evaluator:
        first = self.compile(node.first)
        steps = [
            (
                _FAST.get(s.op),
                OPERATORS[s.op],
                self.compile(s.operand),
                self.place(s),
                _STEPS_OF_POWER if s.op == "**" else _STEPS_OF_ARITHMETIC,
            )
            for s in node.steps
        ]

        def calculate(env: Env) -> Any:
            left = first(env)
            for fast, operator, operand, place, careful in steps:
                right = operand(env)
                if fast is not None and type(left) is Decimal and type(right) is Decimal:
                    try:
                        left = fast(left, right)
                        continue
                    except DecimalException:
                        pass  # the careful way below says what is wrong
                try:
                    env.run.spend(careful)
                    left = env.run.sized(operator(left, right))
                except FeelFailure as error:
                    return env.run.report(error.kind, error.message, place)
            return left

        return calculate

    def negation(self, node: tree.Negation) -> Evaluator:
        operand, place = self.compile(node.operand), self.place(node)

        def minus(env: Env) -> Any:
            try:
                return negate(operand(env))
            except FeelFailure as error:
                return env.run.report(error.kind, error.message, place)

        return minus

    def compare(self, node: tree.Compare) -> Evaluator:
        left, right = self.compile(node.left), self.compile(node.right)
        test, place = comparison(node.op), self.place(node)

        def check(env: Env) -> Any:
            a, b = left(env), right(env)
            if type(a) in _LARGE:
                env.run.spend(len(a) >> 2 if type(a) is list or type(a) is dict else 4)
            result = test(a, b)
            if result is None:
                return cells.incomparable(env, a, b, place)
            return result

        return check

    def between(self, node: tree.Between) -> Evaluator:
        value, low, high = self.compile(node.value), self.compile(node.low), self.compile(node.high)
        place = self.place(node)

        def check(env: Env) -> Any:
            v, a, b = value(env), low(env), high(env)
            below, above = order(v, a), order(v, b)
            if below is None or above is None:
                return cells.incomparable(env, v, a if below is None else b, place)
            return below >= 0 and above <= 0

        return check

    def is_in(self, node: tree.In) -> Evaluator:
        return cells.compile_in(self, node)

    def range_literal(self, node: tree.RangeLiteral) -> Evaluator:
        start, end, place = self.compile(node.start), self.compile(node.end), self.place(node)
        start_included, end_included = node.start_included, node.end_included

        def make(env: Env) -> Any:
            env.run.spend(2)
            low, high = start(env), end(env)
            if low is None or high is None:
                return env.run.report(ProblemKind.WRONG_TYPE, "one end of the range is null", place)
            position = order(low, high)
            if position is None:
                return cells.incomparable(env, low, high, place)
            return Range(low, high, start_included, end_included)

        return make

    def unary_compare(self, node: tree.UnaryCompare) -> Evaluator:
        """`(> 5)` as a value: a range that is open on one side."""
        operand, op, place = self.compile(node.operand), node.op, self.place(node)

        def make(env: Env) -> Any:
            end = operand(env)
            if end is None:
                return env.run.report(ProblemKind.WRONG_TYPE, "this is not a range", place)
            if op in ("=", "!="):
                return Range(end, end, op == "=", op == "=", unary=op)
            if op in ("<", "<="):
                return Range(None, end, False, op == "<=")
            return Range(end, None, op == ">=", False)

        return make

    def instance_of(self, node: tree.InstanceOf) -> Evaluator:
        value, place = self.compile(node.value), self.place(node)
        wanted = build_type(node.type, self.types)
        if wanted is None:
            message = f'there is no type "{node.type.name}"'
            return lambda env: env.run.report(ProblemKind.UNKNOWN_NAME, message, place)
        return lambda env: is_instance(value(env), wanted, env.run)

    # -- control --------------------------------------------------------------------------

    def conditional(self, node: tree.If) -> Evaluator:
        condition, then = self.compile(node.condition), self.compile(node.then)
        otherwise = self.compile(node.otherwise)
        return choose(condition, then, otherwise, self.place(node))

    def _iterations(self, found: tuple[tree.Iteration, ...]) -> list[iterate.Iteration]:
        return [
            iterate.Iteration(
                each.name,
                self.charged(each.source),
                None if each.end is None else self.charged(each.end),
                self.place(each),
            )
            for each in found
        ]

    def loop(self, node: tree.For) -> Evaluator:
        iterations, body = self._iterations(node.iterations), self.charged(node.body)
        partial = self.mentions(node.body, "partial")
        return lambda env: iterate.collect(iterations, body, env, wants_partial=partial)

    def quantified(self, node: tree.Quantified) -> Evaluator:
        iterations = self._iterations(node.iterations)
        condition, decisive = self.charged(node.condition), node.kind == "some"
        return lambda env: iterate.quantify(iterations, condition, env, decisive=decisive)

    # -- functions ------------------------------------------------------------------------

    def function(self, node: tree.FunctionLiteral) -> Evaluator:
        place = self.place(node)
        if node.external:
            return lambda env: env.run.report(
                ProblemKind.UNSUPPORTED, "external functions are not supported", place
            )
        names = tuple(parameter.name for parameter in node.parameters)
        types = []
        for parameter in node.parameters:
            known = build_type(parameter.type, self.types) if parameter.type else ANY
            types.append(known or ANY)
        body = self.charged(node.body)

        def make(env: Env) -> UserFunction:
            env.run.spend(3)
            return UserFunction(names, tuple(types), body, env)

        return make

    def _callee(self, node: tree.Node) -> Evaluator:
        """What is called. A variable that is no function does not hide a function."""
        evaluate = self.compile(node)
        if not isinstance(node, tree.Name) or node.name not in BUILTINS:
            return evaluate
        name, fallback = node.name, BUILTINS[node.name]

        def find(env: Env) -> Any:
            value = evaluate(env)
            if callable(getattr(value, "call", None)):
                return value
            return env.run.functions.get(name, fallback)

        return find

    def call(self, node: tree.Call) -> Evaluator:
        function, place = self._callee(node.function), self.place(node.function)
        arguments = [self.compile(argument) for argument in node.arguments]
        label = _label(node.function)
        return lambda env: call_value(
            function(env), [argument(env) for argument in arguments], env.run, place, label
        )

    def named_call(self, node: tree.NamedCall) -> Evaluator:
        function, place = self._callee(node.function), self.place(node.function)
        arguments = [(name, self.compile(argument)) for name, argument in node.arguments]
        label = _label(node.function)

        def invoke(env: Env) -> Any:
            values = {name: argument(env) for name, argument in arguments}
            return call_value(function(env), values, env.run, place, label)

        return invoke

    # -- lists and contexts ---------------------------------------------------------------

    def list_literal(self, node: tree.ListLiteral) -> Evaluator:
        items = [self.compile(item) for item in node.items]

        def make(env: Env) -> list[Any]:
            env.run.spend(1)
            return [item(env) for item in items]

        return make

    def context(self, node: tree.ContextLiteral) -> Evaluator:
        entries = [(key, self.compile(value)) for key, value in node.entries]
        keys = [key for key, _ in entries]
        place = self.place(node)
        twice = next((key for key in keys if keys.count(key) > 1), None)

        def make(env: Env) -> Any:
            if twice is not None:
                return env.run.report(
                    ProblemKind.INVALID_VALUE, f'the entry "{twice}" stands twice', place
                )
            env.run.spend(1)
            values: dict[str, Any] = {}
            inner = Env(values, env, env.run)
            for key, value in entries:
                values[key] = value(inner)
            # Functions among the entries keep the scope; the caller gets its own dictionary.
            return dict(values)

        return make


def choose(condition: Evaluator, then: Evaluator, otherwise: Evaluator, place: Place) -> Evaluator:
    """`if`: null counts as false; what is no boolean makes the whole null."""

    def run(env: Env) -> Any:
        value = condition(env)
        if value is True:
            return then(env)
        if value is False or value is None:
            return otherwise(env)
        message = f"the condition is a {type_name(value)}, not true or false"
        return env.run.report(ProblemKind.WRONG_TYPE, message, place)

    return run


def _label(node: tree.Node) -> str:
    if isinstance(node, tree.Name | tree.Path):
        return node.name
    return "this"


_COMPILERS: dict[type, Callable[[Compiler, Any], Evaluator]] = {
    tree.NumberLiteral: Compiler.constant,
    tree.StringLiteral: Compiler.constant,
    tree.BooleanLiteral: Compiler.constant,
    tree.NullLiteral: Compiler.null,
    tree.AtLiteral: Compiler.at_literal,
    tree.Name: Compiler.name,
    tree.Path: Compiler.path,
    tree.Filter: Compiler.filter,
    tree.Logic: Compiler.logic,
    tree.Arithmetic: Compiler.arithmetic,
    tree.Negation: Compiler.negation,
    tree.Compare: Compiler.compare,
    tree.Between: Compiler.between,
    tree.In: Compiler.is_in,
    tree.RangeLiteral: Compiler.range_literal,
    tree.UnaryCompare: Compiler.unary_compare,
    tree.InstanceOf: Compiler.instance_of,
    tree.If: Compiler.conditional,
    tree.For: Compiler.loop,
    tree.Quantified: Compiler.quantified,
    tree.FunctionLiteral: Compiler.function,
    tree.Call: Compiler.call,
    tree.NamedCall: Compiler.named_call,
    tree.ListLiteral: Compiler.list_literal,
    tree.ContextLiteral: Compiler.context,
}
