"""Which variables an expression needs from outside."""

from engine.feel import tree


def names_in(node: tree.Node) -> frozenset[str]:
    """Free names of a tree: not declared inside it. Built-in functions are among them.

    Inside a filter a name may be an entry of the filtered elements, which only evaluation can
    tell; such names are included.
    """
    found: set[str] = set()
    _walk(node, frozenset(), found)
    return frozenset(found)


def _walk(node: tree.Node, bound: frozenset[str], found: set[str]) -> None:
    match node:
        case tree.Name(name=name):
            if name not in bound:
                found.add(name)
        case tree.ContextLiteral(entries=entries):
            for key, value in entries:
                _walk(value, bound, found)
                bound |= {key}
        case tree.For(iterations=iterations, body=body):
            bound = _walk_iterations(iterations, bound, found)
            _walk(body, bound | {"partial"}, found)
        case tree.Quantified(iterations=iterations, condition=condition):
            _walk(condition, _walk_iterations(iterations, bound, found), found)
        case tree.FunctionLiteral(parameters=parameters, body=body, external=external):
            if not external:
                _walk(body, bound | {parameter.name for parameter in parameters}, found)
        case tree.Filter(base=base, condition=condition):
            _walk(base, bound, found)
            _walk(condition, bound | {"item"}, found)
        case tree.In(value=value, tests=tests):
            _walk(value, bound, found)
            for test in tests:
                _walk(test, bound | {"?"}, found)
        case _:
            for child in children(node):
                _walk(child, bound, found)


def _walk_iterations(
    iterations: tuple[tree.Iteration, ...], bound: frozenset[str], found: set[str]
) -> frozenset[str]:
    for iteration in iterations:
        _walk(iteration.source, bound, found)
        if iteration.end is not None:
            _walk(iteration.end, bound, found)
        bound |= {iteration.name}
    return bound


def children(node: tree.Node) -> tuple[tree.Node, ...]:
    """The nodes directly below one that declares no names."""
    match node:
        case tree.Path(base=base):
            return (base,)
        case tree.Logic(operands=operands):
            return operands
        case tree.Arithmetic(first=first, steps=steps):
            return (first, *(step.operand for step in steps))
        case tree.Negation(operand=operand) | tree.UnaryCompare(operand=operand):
            return (operand,)
        case tree.Compare(left=left, right=right):
            return (left, right)
        case tree.Between(value=value, low=low, high=high):
            return (value, low, high)
        case tree.RangeLiteral(start=start, end=end):
            return (start, end)
        case tree.If(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case tree.InstanceOf(value=value):
            return (value,)
        case tree.Call(function=function, arguments=arguments):
            return (function, *arguments)
        case tree.NamedCall(function=function, arguments=named):
            return (function, *(argument for _, argument in named))
        case tree.ListLiteral(items=items) | tree.UnaryTests(tests=items):
            return items
    return ()
