"""A file of decision tables taken apart: a cell is known by its rule and its column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lxml import etree

from engine.comparing.node import Node, unique
from engine.comparing.xml_node import local, parse, put_together, take_apart, written

#: cells of a rule → the columns they stand under
COLUMNS = {"inputEntry": "input", "outputEntry": "output", "annotationEntry": "annotation"}
_SINGLES = frozenset(
    {
        *("inputExpression", "variable", "text", "description", "question", "allowedAnswers"),
        *(
            "decisionTable",
            "inputValues",
            "outputValues",
            "defaultOutputEntry",
            "literalExpression",
        ),
        *("encapsulatedLogic", "DMNDI", "itemComponent", "typeConstraint", "allowedValues"),
    }
)
_DRAWING = frozenset(
    {
        "https://www.omg.org/spec/DMN/20191111/DMNDI/",
        "https://www.omg.org/spec/DMN/20230324/DMNDI/",
    }
)


def key_of(element: etree._Element) -> str:
    """By what an element is known inside its parent."""
    name = local(element)
    if name in _SINGLES or name in COLUMNS:
        return name
    if drawn := element.get("dmnElementRef"):
        return f"{name}:{drawn}"
    if found := element.get("id"):
        return f"#{found}"
    if href := element.get("href"):
        return f"{name}:{href}"
    if called := element.get("name"):
        return f"{name}:{called}"
    return name


def read(content: bytes) -> Node:
    """Take a file apart; raise `NotReadable`."""
    root = parse(content)
    drawing: dict[str, Node] = {}
    for part in list(root.iterchildren("*")):
        if etree.QName(part).namespace in _DRAWING:
            drawing[unique(key_of(part), drawing)] = take_apart(part, key_of)
            root.remove(part)
    frame = _tables(take_apart(root, key_of))
    return Node(
        "dmn",
        children={"frame": frame, "drawing": Node("drawing", children=drawing)},
        hints={"nsmap": dict(root.nsmap)},
    )


def write(node: Node) -> bytes:
    """The file that says what the node says."""
    nsmap: Mapping[str | None, str] = node.hints["nsmap"]
    root = put_together(_flat(node.child("frame")), None, nsmap)
    for part in node.child("drawing").children.values():
        put_together(part, root, nsmap)
    etree.cleanup_namespaces(root, keep_ns_prefixes=[prefix for prefix in nsmap if prefix])
    return written(root)


def columns(table: Node) -> dict[str, Node]:
    """The columns of a table by key, inputs first, then outputs and annotations, as in its rules."""
    kinds = list(COLUMNS.values())
    found = [(key, one) for key, one in table.children.items() if kind(one) in kinds]
    return dict(sorted(found, key=lambda pair: kinds.index(kind(pair[1]))))


def rules(table: Node) -> dict[str, Node]:
    """The rules of a table by key, from above."""
    return {key: one for key, one in table.children.items() if kind(one) == "rule"}


def kind(node: Node) -> str:
    """The tag without its namespace."""
    return node.tag.rpartition("}")[2]


def text_in(node: Node) -> str:
    """What stands in a cell or an expression."""
    return str(node.child("text").values.get("#text", ""))


def _tables(node: Node) -> Node:
    """The same, each cell under the key of its column."""
    children = {key: _tables(child) for key, child in node.children.items()}
    if kind(node) == "decisionTable":
        names = {
            cell: [key for key, one in children.items() if kind(one) == column]
            for cell, column in COLUMNS.items()
        }
        children = {
            key: _by_column(one, names) if kind(one) == "rule" else one
            for key, one in children.items()
        }
    return replace(node, children=children)


def _by_column(rule: Node, names: Mapping[str, list[str]]) -> Node:
    counts = dict.fromkeys(COLUMNS, 0)
    children: dict[str, Node] = {}
    for key, cell in rule.children.items():
        name = kind(cell)
        if name in COLUMNS:
            number = counts[name]
            counts[name] += 1
            column = names[name][number] if number < len(names[name]) else str(number)
            key = f"cell:{column}"
        children[unique(key, children)] = cell
    return replace(rule, children=children)


def _flat(node: Node) -> Node:
    """The same, the cells of each rule in the order of the columns, one for each."""
    children = {key: _flat(child) for key, child in node.children.items()}
    if kind(node) == "decisionTable":
        order = [f"cell:{key}" for key in columns(node)]
        makes = {f"cell:{key}": one for key, one in columns(node).items()}
        children = {
            key: _in_order(one, order, makes) if kind(one) == "rule" else one
            for key, one in children.items()
        }
    return replace(node, children=children)


def _in_order(rule: Node, order: list[str], makes: Mapping[str, Node]) -> Node:
    rest = {key: one for key, one in rule.children.items() if kind(one) not in COLUMNS}
    ordered: dict[str, Node] = {}
    for key in order:
        if key in rule.children:
            ordered[key] = rule.children[key]
        else:
            ordered[key] = _empty(makes[key], rule.tag)
    return replace(rule, children=rest | ordered)


def _empty(column: Node, rule_tag: str) -> Node:
    """A cell that says nothing, for a column that the rule does not know yet."""
    space = rule_tag.partition("}")[0] + "}" if rule_tag.startswith("{") else ""
    name = next(cell for cell, of in COLUMNS.items() if of == kind(column))
    text = {"inputEntry": "-"}.get(name, "null" if name == "outputEntry" else "")
    values = {"#text": text} if text else {}
    return Node(f"{space}{name}", children={"text": Node(f"{space}text", values)})
