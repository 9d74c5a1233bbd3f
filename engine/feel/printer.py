"""Tree to text: the inverse of the parser, for tools that show or rewrite expressions."""

from engine.feel import tree
from engine.feel.lexer import quote
from engine.feel.names import key_text
from engine.feel.number import number_text

# How tightly each kind of node holds together; what holds less than its place is parenthesised.
_LOOSE, _OR, _AND, _COMPARE, _ADD, _MULTIPLY, _POWER, _NEGATE, _INSTANCE, _POSTFIX = range(10)
_LEVELS = {"+": _ADD, "-": _ADD, "*": _MULTIPLY, "/": _MULTIPLY, "**": _POWER}


def print_node(node: tree.Node) -> str:
    """The text of a tree; parsing it with the same names gives the tree again."""
    if isinstance(node, tree.UnaryTests):
        if not node.tests:
            return "-"
        tests = ", ".join(_inside(test) for test in node.tests)
        return f"not({tests})" if node.negated else tests
    return _inside(node)


def _inside(node: tree.Node) -> str:
    """Where any expression or comparison without a left side may stand."""
    if isinstance(node, tree.UnaryCompare):
        return f"{node.op} {_at(node.operand, _ADD)}"
    return _write(node)[0]


def _at(node: tree.Node, level: int) -> str:
    text, holds = _write(node)
    return text if holds >= level else f"({text})"


def _write(node: tree.Node) -> tuple[str, int]:
    match node:
        case tree.NumberLiteral(value=value):
            return number_text(value), _POSTFIX
        case tree.StringLiteral(value=text):
            return quote(text), _POSTFIX
        case tree.BooleanLiteral(value=truth):
            return ("true" if truth else "false"), _POSTFIX
        case tree.NullLiteral():
            return "null", _POSTFIX
        case tree.AtLiteral(text=text):
            return "@" + quote(text), _POSTFIX
        case tree.Name(name=name):
            return name, _POSTFIX
        case tree.Path(base=base, name=name):
            return f"{_at(base, _POSTFIX)}.{name}", _POSTFIX
        case tree.Filter(base=base, condition=condition):
            return f"{_at(base, _POSTFIX)}[{_inside(condition)}]", _POSTFIX
        case tree.UnaryCompare():
            return f"({_inside(node)})", _POSTFIX
        case tree.RangeLiteral():
            return _range(node), _POSTFIX
        case tree.ListLiteral(items=items):
            return f"[{_list(items)}]", _POSTFIX
        case tree.ContextLiteral(entries=entries):
            inner = ", ".join(f"{key_text(key)}: {_inside(value)}" for key, value in entries)
            return f"{{{inner}}}", _POSTFIX
        case tree.Call(function=function, arguments=arguments):
            return f"{_at(function, _POSTFIX)}({_list(arguments)})", _POSTFIX
        case tree.NamedCall(function=function, arguments=named):
            inner = ", ".join(f"{name}: {_inside(value)}" for name, value in named)
            return f"{_at(function, _POSTFIX)}({inner})", _POSTFIX
    return _operators(node)


def _operators(node: tree.Node) -> tuple[str, int]:
    match node:
        case tree.Negation(operand=operand):
            return f"-{_at(operand, _NEGATE)}", _NEGATE
        case tree.Logic(op=op, operands=operands):
            level = _OR if op == "or" else _AND
            return f" {op} ".join(_at(each, level + 1) for each in operands), level
        case tree.Arithmetic(first=first, steps=steps):
            level = _LEVELS[steps[0].op]
            rest = "".join(f" {step.op} {_at(step.operand, level + 1)}" for step in steps)
            return _at(first, level + 1) + rest, level
        case tree.Compare(op=op, left=left, right=right):
            return f"{_at(left, _ADD)} {op} {_at(right, _ADD)}", _COMPARE
        case tree.Between(value=value, low=low, high=high):
            text = f"{_at(value, _ADD)} between {_at(low, _ADD)} and {_at(high, _ADD)}"
            return text, _COMPARE
        case tree.In(value=value, tests=tests):
            return f"{_at(value, _ADD)} in {_tests(tests)}", _COMPARE
        case tree.InstanceOf(value=value, type=type_):
            return f"{_at(value, _POSTFIX)} instance of {print_type(type_)}", _INSTANCE
    return _keywords(node), _LOOSE


def _keywords(node: tree.Node) -> str:
    match node:
        case tree.If(condition=condition, then=then, otherwise=otherwise):
            return f"if {_inside(condition)} then {_inside(then)} else {_inside(otherwise)}"
        case tree.For(iterations=iterations, body=body):
            return f"for {_iterations(iterations)} return {_inside(body)}"
        case tree.Quantified(kind=kind, iterations=iterations, condition=condition):
            return f"{kind} {_iterations(iterations)} satisfies {_inside(condition)}"
        case tree.FunctionLiteral(parameters=parameters, body=body, external=external):
            names = ", ".join(_parameter(parameter) for parameter in parameters)
            return f"function({names}) {'external ' if external else ''}{_inside(body)}"
    raise TypeError(f"{type(node).__name__} is not an expression")


def _range(node: tree.RangeLiteral) -> str:
    opening = "[" if node.start_included else "("
    closing = "]" if node.end_included else ")"
    # Behind a filter in the end, "[" would be read as the closing bracket of an open range.
    simple = not tree.children(node.end) or isinstance(node.end, tree.Negation)
    end = _at(node.end, _ADD) if simple else f"({_inside(node.end)})"
    return f"{opening}{_at(node.start, _ADD)}..{end}{closing}"


def _tests(tests: tuple[tree.Node, ...]) -> str:
    if len(tests) > 1:
        return f"({_list(tests)})"
    only = tests[0]
    return _inside(only) if isinstance(only, tree.UnaryCompare) else _at(only, _ADD)


def _list(nodes: tuple[tree.Node, ...]) -> str:
    return ", ".join(_inside(node) for node in nodes)


def _iterations(iterations: tuple[tree.Iteration, ...]) -> str:
    return ", ".join(
        f"{each.name} in {_inside(each.source)}" + (f"..{_inside(each.end)}" if each.end else "")
        for each in iterations
    )


def _parameter(parameter: tree.Parameter) -> str:
    if parameter.type is None:
        return parameter.name
    return f"{parameter.name}: {print_type(parameter.type)}"


def print_type(node: tree.TypeNode) -> str:
    """The text of a type."""
    if node.fields:
        return f"context<{', '.join(f'{name}: {print_type(t)}' for name, t in node.fields)}>"
    if not node.arguments:
        return node.name
    arguments = [print_type(argument) for argument in node.arguments]
    if node.name == "function":
        return f"function<{', '.join(arguments[:-1])}>->{arguments[-1]}"
    return f"{node.name}<{arguments[0]}>"
