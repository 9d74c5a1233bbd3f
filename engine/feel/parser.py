"""Text to tree: a Pratt parser that asks the scope where a name ends."""

from collections.abc import Iterable
from decimal import InvalidOperation

from engine.feel import tree
from engine.feel.cursor import MAX_DEPTH, MAX_TREE_DEPTH, Cursor
from engine.feel.errors import FeelSyntaxError
from engine.feel.lexer import NAME_SYMBOLS, STOP_WORDS, Token, unquote
from engine.feel.names import NameIndex
from engine.feel.number import NUMBERS

_OR, _AND, _COMPARE, _ADD, _MULTIPLY, _POWER, _NEGATE, _INSTANCE, _POSTFIX = range(1, 10)
_INFIX = {
    "or": _OR, "and": _AND,
    "=": _COMPARE, "!=": _COMPARE, "<": _COMPARE, "<=": _COMPARE, ">": _COMPARE, ">=": _COMPARE,
    "between": _COMPARE, "in": _COMPARE,
    "+": _ADD, "-": _ADD, "*": _MULTIPLY, "/": _MULTIPLY, "**": _POWER,
    "instance": _INSTANCE, ".": _POSTFIX, "[": _POSTFIX, "(": _POSTFIX,
}  # fmt: skip
_COMPARISONS = frozenset(["=", "!=", "<", "<=", ">", ">="])
_LITERALS = (tree.NumberLiteral, tree.StringLiteral, tree.AtLiteral, tree.NullLiteral)


def parse(text: str, *, names: Iterable[str] = (), properties: Iterable[str] = ()) -> tree.Node:
    """Parse one expression.

    `names` are known variables and `properties` known entries of contexts; only names that hold
    operators or keywords need to be known.
    """
    parser = Parser(text, names, properties)
    node = parser.expression()
    parser.expect_end()
    parser.check_depth(node)
    return node


def parse_unary_tests(
    text: str, *, names: Iterable[str] = (), properties: Iterable[str] = ()
) -> tree.UnaryTests:
    """Parse the content of a decision table's input cell."""
    parser = Parser(text, names, properties)
    node = parser.unary_tests()
    parser.expect_end()
    parser.check_depth(node)
    return node


class Parser(Cursor):
    """One text on its way to a tree."""

    def check_depth(self, root: tree.Node) -> None:
        """Refuse trees that would exhaust the stack of those who walk them."""
        if len(self.tokens) < MAX_TREE_DEPTH:
            return
        level: list[tree.Node] = [root]
        for _ in range(MAX_TREE_DEPTH):
            level = [child for node in level for child in tree.children(node)]
            if not level:
                return
        raise FeelSyntaxError(f"nested deeper than {MAX_TREE_DEPTH} levels", self.text, 0)

    # -- expressions ----------------------------------------------------------------------

    def expression(self, minimum: int = 0) -> tree.Node:
        self.deeper()
        left = self.prefix()
        chain = 0
        while True:
            token = self.tokens[self.at]
            binding = _INFIX.get(token.text, 0) if token.kind in ("op", "word") else 0
            if binding <= minimum or (self.ends_range and self._closes_range(left)):
                self.depth -= 1
                return left
            chain += 1
            if chain > MAX_DEPTH:
                raise self.error(f"more than {MAX_DEPTH} steps in one chain")
            left = self.infix(left, token, binding)

    def _closes_range(self, end: tree.Node) -> bool:
        # `[1..3[` ends an open range; `[1..limits[1]]` filters. What follows decides.
        if not self.is_op("["):
            return False
        if isinstance(end, _LITERALS):
            return True
        following = self.tokens[self.at + 1]
        return following.kind == "end" or following.text in {
            ")", "]", ",", "}", ":", *STOP_WORDS, "=", "!=", "+", "*", "/",
        }  # fmt: skip

    def infix(self, left: tree.Node, token: Token, binding: int) -> tree.Node:
        op, pos = token.text, token.start
        if binding == _POSTFIX:
            return self.postfix(left, op, pos)
        if op in ("and", "or"):
            operands = [left]
            while self.is_word(op):
                self.at += 1
                operands.append(self.expression(binding))
            return tree.Logic(op, tuple(operands), pos=pos)
        if binding in (_ADD, _MULTIPLY, _POWER):
            steps = []
            while self.token.kind == "op" and _INFIX.get(self.token.text) == binding:
                step = self.take()
                steps.append(tree.Step(step.text, self.expression(binding), pos=step.start))
            return tree.Arithmetic(left, tuple(steps), pos=pos)
        self.at += 1
        if op in _COMPARISONS:
            return tree.Compare(op, left, self.expression(_COMPARE), pos=pos)
        if op == "between":
            low = self.expression(_COMPARE)
            self.expect("and", " after between")
            return tree.Between(left, low, self.expression(_COMPARE), pos=pos)
        if op == "in":
            return tree.In(left, self.in_tests(), pos=pos)
        self.expect("of", " after instance")
        return tree.InstanceOf(left, self.type(), pos=pos)

    def postfix(self, left: tree.Node, op: str, pos: int) -> tree.Node:
        self.at += 1
        with self.bracketed():
            return self._postfix(left, op, pos)

    def _postfix(self, left: tree.Node, op: str, pos: int) -> tree.Node:
        if op == ".":
            return tree.Path(left, self.name(after_dot=True), pos=pos)
        if op == "[":
            self.scopes.append(self.properties)
            condition = self.expression()
            self.scopes.pop()
            self.expect("]", " to end the filter")
            return tree.Filter(left, condition, pos=pos)
        return self.call(left, pos)

    def call(self, function: tree.Node, pos: int) -> tree.Node:
        if self.is_op(")"):
            self.at += 1
            return tree.Call(function, (), pos=pos)
        if self._names_an_argument():
            named = [self._named_argument()]
            while self.is_op(","):
                self.at += 1
                named.append(self._named_argument())
            self.expect(")", " to end the arguments")
            return tree.NamedCall(function, tuple(named), pos=pos)
        arguments = [self.test()]
        while self.is_op(","):
            self.at += 1
            arguments.append(self.test())
        self.expect(")", " to end the arguments")
        return tree.Call(function, tuple(arguments), pos=pos)

    def _names_an_argument(self) -> bool:
        index = self.at
        while self.tokens[index].kind in ("word", "num") or self.tokens[index].text in NAME_SYMBOLS:
            index += 1
        return index > self.at and self.tokens[index].text == ":"

    def _named_argument(self) -> tuple[str, tree.Node]:
        name = self.declared_name(":")
        self.expect(":", " after the parameter's name")
        return name, self.expression()

    # -- prefixes -------------------------------------------------------------------------

    def prefix(self) -> tree.Node:
        token = self.token
        pos = token.start
        if token.kind == "num" and (known := self.known_name()) and known[1] > self.at + 1:
            return tree.Name(self.name(), pos=pos)  # a field called "2024 budget"
        match token.kind:
            case "num":
                self.at += 1
                return self._number(token)
            case "str":
                self.at += 1
                return tree.StringLiteral(unquote(token.text), pos=pos)
            case "word":
                return self.word()
            case "op":
                return self.operator()
        match = self.known_name()
        if match:
            return tree.Name(self.name(), pos=pos)
        if token.kind == "end":
            raise self.error("the expression ends too early" if self.at else "nothing is written")
        raise self.error(f"{self.describe()} cannot stand here")

    def _number(self, token: Token) -> tree.Node:
        try:
            return tree.NumberLiteral(NUMBERS.create_decimal(token.text), pos=token.start)
        except (InvalidOperation, ArithmeticError) as error:
            raise self.error("this number is too large", token) from error

    def word(self) -> tree.Node:
        token = self.token
        pos = token.start
        match = self.known_name()
        if not (match and match[1] > self.at + 1):
            match token.text:
                case "true" | "false":
                    self.at += 1
                    return tree.BooleanLiteral(token.text == "true", pos=pos)
                case "null":
                    self.at += 1
                    return tree.NullLiteral(pos=pos)
                case "if":
                    return self.conditional()
                case "for":
                    return self.loop()
                case "some" | "every":
                    return self.quantified()
                case "function" if self.tokens[self.at + 1].text == "(":
                    return self.function()
                case word if word in STOP_WORDS:
                    raise self.error(f'"{word}" cannot stand here')
        return tree.Name(self.name(), pos=pos)

    def operator(self) -> tree.Node:
        if self.is_op("-"):
            pos = self.take().start
            return tree.Negation(self.expression(_NEGATE), pos=pos)
        with self.bracketed():
            return self._opened()

    def _opened(self) -> tree.Node:
        token = self.take()
        pos = token.start
        match token.text:
            case "@":
                if self.token.kind != "str":
                    raise self.error('expected a string after "@"')
                return tree.AtLiteral(unquote(self.take().text), pos=pos)
            case "(":
                return self.parenthesis(pos)
            case "[":
                return self.bracket(pos)
            case "]":
                start = self.expression()
                self.expect("..", " in a range")
                return self.range(start, included=False, pos=pos)
            case "{":
                return self.context(pos)
        self.at -= 1
        raise self.error(f"{self.describe()} cannot stand here")

    def test(self) -> tree.Node:
        """An expression, or a comparison without a left side."""
        token = self.token
        if token.kind == "op" and token.text in _COMPARISONS:
            self.at += 1
            return tree.UnaryCompare(token.text, self.expression(_COMPARE), pos=token.start)
        return self.expression()

    def parenthesis(self, pos: int) -> tree.Node:
        inner = self.test()
        if self.is_op(".."):
            self.at += 1
            return self.range(inner, included=False, pos=pos)
        self.expect(")", " to close the parenthesis")
        return inner

    def bracket(self, pos: int) -> tree.Node:
        if self.is_op("]"):
            self.at += 1
            return tree.ListLiteral((), pos=pos)
        items = [self.test()]
        if self.is_op(".."):
            self.at += 1
            return self.range(items[0], included=True, pos=pos)
        while self.is_op(","):
            self.at += 1
            items.append(self.test())
        self.expect("]", " to close the list")
        return tree.ListLiteral(tuple(items), pos=pos)

    def range(self, start: tree.Node, *, included: bool, pos: int) -> tree.Node:
        before, self.ends_range = self.ends_range, True
        end = self.expression()
        self.ends_range = before
        if not self.is_op(")", "]", "["):
            raise self.error(f'a range ends with "]", ")" or "[", not {self.describe()}')
        closer = self.take()
        return tree.RangeLiteral(start, end, included, closer.text == "]", pos=pos)

    def context(self, pos: int) -> tree.Node:
        entries: list[tuple[str, tree.Node]] = []
        with self.scope() as scope:
            while not self.is_op("}"):
                if entries:
                    self.expect(",", " between the entries")
                quoted = self.token.kind == "str"
                key = unquote(self.take().text) if quoted else self.declared_name(":")
                self.expect(":", " after the entry's name")
                entries.append((key, self.expression()))
                scope.add(key)
                self.properties.add(key)
            self.at += 1
        return tree.ContextLiteral(tuple(entries), pos=pos)

    def in_tests(self) -> tuple[tree.Node, ...]:
        if not self.is_op("("):
            if self.token.kind == "op" and self.token.text in _COMPARISONS:
                return (self.test(),)
            return (self.expression(_COMPARE),)
        # `x in (1, > 5)` is a list of tests, `x in (a + b) * c` and `x in (1..5)` are not.
        begin = self.at
        self.at += 1
        tests = [self.test()]
        if self.is_op(","):
            while self.is_op(","):
                self.at += 1
                tests.append(self.test())
            self.expect(")", " to end the tests")
            return tuple(tests)
        if isinstance(tests[0], tree.UnaryCompare) and self.is_op(")"):
            self.at += 1
            return tuple(tests)
        return (self._continue_parenthesis(tests[0], begin),)

    def _continue_parenthesis(self, inner: tree.Node, begin: int) -> tree.Node:
        # The parenthesis was one operand; go on as if the expression had begun with it.
        pos = self.tokens[begin].start
        if self.is_op(".."):
            self.at += 1
            left = self.range(inner, included=False, pos=pos)
        else:
            self.expect(")", " to close the parenthesis")
            left = inner
        while (binding := _INFIX.get(self.token.text, 0)) > _COMPARE and self.token.kind in (
            "op",
            "word",
        ):
            left = self.infix(left, self.token, binding)
        return left

    # -- keywords -------------------------------------------------------------------------

    def conditional(self) -> tree.Node:
        pos = self.take().start
        condition = self.expression()
        self.expect("then", " after the condition")
        then = self.expression()
        self.expect("else", " after the first branch")
        return tree.If(condition, then, self.expression(), pos=pos)

    def iterations(self, scope: NameIndex) -> tuple[tree.Iteration, ...]:
        found = []
        while True:
            pos = self.token.start
            name = self.declared_name("in")
            self.expect("in", " after the variable")
            source = self.expression()
            end = None
            if self.is_op(".."):
                self.at += 1
                end = self.expression()
            found.append(tree.Iteration(name, source, end, pos=pos))
            scope.add(name)
            if not self.is_op(","):
                return tuple(found)
            self.at += 1

    def loop(self) -> tree.Node:
        pos = self.take().start
        with self.scope() as scope:
            iterations = self.iterations(scope)
            self.expect("return", " after the list")
            return tree.For(iterations, self.expression(), pos=pos)

    def quantified(self) -> tree.Node:
        token = self.take()
        with self.scope() as scope:
            iterations = self.iterations(scope)
            self.expect("satisfies", " after the list")
            return tree.Quantified(token.text, iterations, self.expression(), pos=token.start)

    def function(self) -> tree.Node:
        pos = self.take().start
        self.expect("(")
        parameters: list[tree.Parameter] = []
        with self.scope() as scope:
            while not self.is_op(")"):
                if parameters:
                    self.expect(",", " between the parameters")
                name = self.declared_name(":", ",", ")")
                scope.add(name)
                type_node = None
                if self.is_op(":"):
                    self.at += 1
                    type_node = self.type()
                parameters.append(tree.Parameter(name, type_node))
            self.at += 1
            external = self.is_word("external")
            if external:
                self.at += 1
            body = self.expression()
        return tree.FunctionLiteral(tuple(parameters), body, external, pos=pos)

    # -- unary tests ----------------------------------------------------------------------

    def unary_tests(self) -> tree.UnaryTests:
        if self.is_op("-") and self.tokens[self.at + 1].kind == "end":
            self.at += 1
            return tree.UnaryTests(())
        if self.is_word("not") and self.tokens[self.at + 1].text == "(":
            begin = self.at
            self.at += 2
            tests = self._tests()
            if self.is_op(")") and self.tokens[self.at + 1].kind == "end":
                self.at += 1
                return tree.UnaryTests(tests, negated=True)
            self.at = begin  # `not(a) and b`: an ordinary expression after all
        return tree.UnaryTests(self._tests())

    def _tests(self) -> tuple[tree.Node, ...]:
        tests = [self.test()]
        while self.is_op(","):
            self.at += 1
            tests.append(self.test())
        return tuple(tests)
