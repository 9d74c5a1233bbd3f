"""Which variables an expression needs from outside."""

from engine.feel import tree


def names_in(node: tree.Node, *, filters: bool = True) -> frozenset[str]:
    """Free names of a tree: not declared inside it. Built-in functions are among them.

    Inside a filter a name may be an entry of the filtered elements, which only evaluation can
    tell; with `filters` such names are included.
    """
    walk = _Walk(filters)
    walk.visit(node, frozenset())
    return frozenset(walk.found)


class _Walk:
    def __init__(self, filters: bool) -> None:
        self.found: set[str] = set()
        self.filters = filters

    def visit(self, node: tree.Node, bound: frozenset[str]) -> None:
        match node:
            case tree.Name(name=name):
                if name not in bound:
                    self.found.add(name)
            case tree.ContextLiteral(entries=entries):
                for key, value in entries:
                    self.visit(value, bound)
                    bound |= {key}
            case tree.For(iterations=iterations, body=body):
                bound = self.iterations(iterations, bound)
                self.visit(body, bound | {"partial"})
            case tree.Quantified(iterations=iterations, condition=condition):
                self.visit(condition, self.iterations(iterations, bound))
            case tree.FunctionLiteral(parameters=parameters, body=body, external=external):
                if not external:
                    self.visit(body, bound | {parameter.name for parameter in parameters})
            case tree.Filter(base=base, condition=condition):
                self.visit(base, bound)
                if self.filters:
                    self.visit(condition, bound | {"item"})
            case tree.In(value=value, tests=tests):
                self.visit(value, bound)
                for test in tests:
                    self.visit(test, bound | {"?"})
            case _:
                for child in tree.children(node):
                    self.visit(child, bound)

    def iterations(
        self, iterations: tuple[tree.Iteration, ...], bound: frozenset[str]
    ) -> frozenset[str]:
        for iteration in iterations:
            self.visit(iteration.source, bound)
            if iteration.end is not None:
                self.visit(iteration.end, bound)
            bound |= {iteration.name}
        return bound
