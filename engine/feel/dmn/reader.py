"""Reads DMN 1.1 to 1.5 files. No entities, no document type, no network."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from engine.feel.dmn import elements as e
from engine.feel.errors import DmnError

MAX_BYTES = 10_000_000

#: The namespaces of the model in DMN 1.1, 1.2, 1.3, 1.4 and 1.5.
NAMESPACES = frozenset(
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ]
)

_HIT_POLICIES = {policy.value: policy for policy in e.HitPolicy}


def parse_xml(data: bytes) -> Any:
    """The root element of a document that declares no entities."""
    if len(data) > MAX_BYTES:
        raise DmnError(f"the file is larger than {MAX_BYTES} bytes")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise DmnError(f"the file is not XML: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise DmnError("the file declares a document type, which is not allowed")
    return root


def read(data: bytes) -> e.Definitions:
    """Read a file into plain data."""
    root = parse_xml(data)
    tag = etree.QName(root)
    if tag.localname != "definitions" or tag.namespace not in NAMESPACES:
        raise DmnError("the file is not DMN 1.1 to 1.5: its root is not a known `definitions`")
    return _Reader(tag.namespace).definitions(root)


class _Reader:
    """Knows the namespace of one file."""

    def __init__(self, namespace: str) -> None:
        self.prefix = "{" + namespace + "}"
        self.boxed_readers = {
            "literalExpression": self.literal,
            "context": self.context,
            "list": self.list,
            "relation": self.relation,
            "functionDefinition": self.function,
            "invocation": self.invocation,
            "decisionTable": self.table,
            "conditional": self.conditional,
            "filter": self.filter,
            "for": self.iterator,
            "some": self.iterator,
            "every": self.iterator,
        }

    # -- small things ---------------------------------------------------------------------

    def all(self, node: Any, name: str) -> Iterator[Any]:
        return iter(node.findall(self.prefix + name))

    def text(self, node: Any, name: str) -> str:
        found = node.find(self.prefix + name)
        return "".join(found.itertext()).strip() if found is not None else ""

    def inner_text(self, node: Any, name: str) -> str:
        """The `text` inside a child, as expressions and value lists have it."""
        found = node.find(self.prefix + name)
        return self.text(found, "text") if found is not None else ""

    def type_ref(self, node: Any) -> str | None:
        if node is None:
            return None
        value = node.get("typeRef") or self.text(node, "typeRef") or None
        # DMN 1.1 wrote `feel:number`; today's files write `number`.
        if value and ":" in value and value.split(":", 1)[0] in node.nsmap:
            value = value.split(":", 1)[1]
        return value

    def variable_type(self, node: Any) -> str | None:
        return self.type_ref(node.find(self.prefix + "variable"))

    def references(self, node: Any, *path: str) -> tuple[str, ...]:
        found = node.findall("/".join(self.prefix + step for step in path))
        return tuple(reference.get("href", "") for reference in found)

    # -- the file -------------------------------------------------------------------------

    def definitions(self, root: Any) -> e.Definitions:
        return e.Definitions(
            id=root.get("id", ""),
            name=root.get("name", ""),
            namespace=root.get("namespace", ""),
            description=self.text(root, "description"),
            imports=tuple(
                e.Import(
                    each.get("name", ""), each.get("namespace", ""), each.get("locationURI", "")
                )
                for each in self.all(root, "import")
            ),
            items=tuple(self.item(each) for each in self.all(root, "itemDefinition")),
            inputs=tuple(
                e.InputData(
                    each.get("id", ""),
                    name_of(each),
                    self.variable_type(each),
                    self.text(each, "description"),
                )
                for each in self.all(root, "inputData")
            ),
            decisions=tuple(self.decision(each) for each in self.all(root, "decision")),
            knowledge=tuple(
                self.knowledge(each) for each in self.all(root, "businessKnowledgeModel")
            ),
            services=tuple(self.service(each) for each in self.all(root, "decisionService")),
        )

    def item(self, node: Any) -> e.ItemDefinition:
        function = node.find(self.prefix + "functionItem")
        signature = None
        if function is not None:
            parameters = tuple(
                e.Formal(name_of(each), self.type_ref(each))
                for each in self.all(function, "parameters")
            )
            signature = (parameters, function.get("outputTypeRef"))
        return e.ItemDefinition(
            name=name_of(node),
            type_ref=self.type_ref(node),
            is_collection=node.get("isCollection") in ("true", "1"),
            allowed_values=self.inner_text(node, "allowedValues"),
            type_constraint=self.inner_text(node, "typeConstraint"),
            components=tuple(self.item(each) for each in self.all(node, "itemComponent")),
            function=signature,
        )

    def decision(self, node: Any) -> e.Decision:
        return e.Decision(
            id=node.get("id", ""),
            name=name_of(node),
            type_ref=self.variable_type(node),
            expression=self.boxed_child(node),
            required=(
                *self.references(node, "informationRequirement", "requiredInput"),
                *self.references(node, "informationRequirement", "requiredDecision"),
                *self.references(node, "knowledgeRequirement", "requiredKnowledge"),
            ),
            description=self.text(node, "description"),
            question=self.text(node, "question"),
            allowed_answers=self.text(node, "allowedAnswers"),
        )

    def knowledge(self, node: Any) -> e.Knowledge:
        logic = node.find(self.prefix + "encapsulatedLogic")
        return e.Knowledge(
            id=node.get("id", ""),
            name=name_of(node),
            type_ref=self.variable_type(node),
            function=self.function(logic) if logic is not None else None,
            required=self.references(node, "knowledgeRequirement", "requiredKnowledge"),
            description=self.text(node, "description"),
        )

    def service(self, node: Any) -> e.Service:
        return e.Service(
            id=node.get("id", ""),
            name=name_of(node),
            type_ref=self.variable_type(node),
            outputs=self.references(node, "outputDecision"),
            inside=self.references(node, "encapsulatedDecision"),
            input_decisions=self.references(node, "inputDecision"),
            input_data=self.references(node, "inputData"),
            description=self.text(node, "description"),
        )

    # -- boxed expressions ----------------------------------------------------------------

    def boxed(self, node: Any) -> e.Boxed | None:
        if not isinstance(node.tag, str) or not node.tag.startswith(self.prefix):
            return None
        reader = self.boxed_readers.get(node.tag[len(self.prefix) :])
        return reader(node) if reader else None

    def boxed_children(self, node: Any) -> list[e.Boxed]:
        return [found for child in node if (found := self.boxed(child)) is not None]

    def boxed_child(self, node: Any) -> e.Boxed | None:
        return next(iter(self.boxed_children(node)), None) if node is not None else None

    def boxed_in(self, node: Any, name: str) -> e.Boxed | None:
        return self.boxed_child(node.find(self.prefix + name))

    def literal(self, node: Any) -> e.Boxed:
        return e.Literal(
            id=node.get("id", ""),
            type_ref=self.type_ref(node),
            text=self.text(node, "text"),
            language=node.get("expressionLanguage", ""),
        )

    def context(self, node: Any) -> e.Boxed:
        entries = []
        for each in self.all(node, "contextEntry"):
            variable = each.find(self.prefix + "variable")
            name = name_of(variable) if variable is not None else None
            value = self.boxed_child(each) or e.Literal(text="null")
            entries.append(e.Entry(name, self.type_ref(variable), value))
        return e.BoxedContext(node.get("id", ""), self.type_ref(node), tuple(entries))

    def list(self, node: Any) -> e.Boxed:
        items = tuple(self.boxed_children(node))
        return e.BoxedList(node.get("id", ""), self.type_ref(node), items)

    def relation(self, node: Any) -> e.Boxed:
        return e.Relation(
            id=node.get("id", ""),
            type_ref=self.type_ref(node),
            columns=tuple(name_of(each) for each in self.all(node, "column")),
            rows=tuple(tuple(self.boxed_children(row)) for row in self.all(node, "row")),
        )

    def function(self, node: Any) -> e.BoxedFunction:
        return e.BoxedFunction(
            id=node.get("id", ""),
            type_ref=self.type_ref(node),
            parameters=tuple(
                e.Formal(name_of(each), self.type_ref(each))
                for each in self.all(node, "formalParameter")
            ),
            body=self.boxed_child(node),
            kind=node.get("kind", "FEEL"),
        )

    def invocation(self, node: Any) -> e.Boxed:
        bindings = tuple(
            (name_of(each.find(self.prefix + "parameter")), self.boxed_child(each))
            for each in self.all(node, "binding")
            if each.find(self.prefix + "parameter") is not None
        )
        return e.Invocation(
            id=node.get("id", ""),
            type_ref=self.type_ref(node),
            function=self.boxed_child(node),
            bindings=bindings,
        )

    def conditional(self, node: Any) -> e.Boxed:
        return e.Conditional(
            id=node.get("id", ""),
            type_ref=self.type_ref(node),
            condition=self.boxed_in(node, "if"),
            then=self.boxed_in(node, "then"),
            otherwise=self.boxed_in(node, "else"),
        )

    def filter(self, node: Any) -> e.Boxed:
        return e.BoxedFilter(
            id=node.get("id", ""),
            type_ref=self.type_ref(node),
            source=self.boxed_in(node, "in"),
            match=self.boxed_in(node, "match"),
        )

    def iterator(self, node: Any) -> e.Boxed:
        kind = str(etree.QName(node).localname)
        return e.BoxedIterator(
            id=node.get("id", ""),
            type_ref=self.type_ref(node),
            kind=kind,
            variable=node.get("iteratorVariable", ""),
            source=self.boxed_in(node, "in"),
            body=self.boxed_in(node, "return" if kind == "for" else "satisfies"),
        )

    # -- decision tables ------------------------------------------------------------------

    def table(self, node: Any) -> e.Boxed:
        policy = node.get("hitPolicy", "UNIQUE")
        if policy not in _HIT_POLICIES:
            raise DmnError(f'there is no hit policy "{policy}"')
        aggregation = node.get("aggregation")
        if aggregation and aggregation not in e.Aggregation.__members__:
            raise DmnError(f'there is no aggregation "{aggregation}"')
        return e.DecisionTable(
            id=node.get("id", ""),
            type_ref=self.type_ref(node),
            hit_policy=_HIT_POLICIES[policy],
            aggregation=e.Aggregation(aggregation) if aggregation else e.Aggregation.LIST,
            inputs=tuple(self.input(each) for each in self.all(node, "input")),
            outputs=tuple(self.output(each) for each in self.all(node, "output")),
            annotations=tuple(name_of(each) for each in self.all(node, "annotation")),
            rules=tuple(self.rule(each) for each in self.all(node, "rule")),
            description=self.text(node, "description"),
            output_label=node.get("outputLabel", ""),
        )

    def input(self, node: Any) -> e.Input:
        expression = node.find(self.prefix + "inputExpression")
        return e.Input(
            id=node.get("id", ""),
            label=node.get("label", ""),
            expression=self.text(expression, "text") if expression is not None else "",
            type_ref=self.type_ref(expression),
            values=self.inner_text(node, "inputValues"),
        )

    def output(self, node: Any) -> e.Output:
        return e.Output(
            id=node.get("id", ""),
            label=node.get("label", ""),
            name=name_of(node),
            type_ref=self.type_ref(node),
            values=self.inner_text(node, "outputValues"),
            default=self.inner_text(node, "defaultOutputEntry"),
        )

    def rule(self, node: Any) -> e.Rule:
        return e.Rule(
            id=node.get("id", ""),
            tests=tuple(self.text(each, "text") for each in self.all(node, "inputEntry")),
            outputs=tuple(self.text(each, "text") for each in self.all(node, "outputEntry")),
            annotations=tuple(
                self.text(each, "text") for each in self.all(node, "annotationEntry")
            ),
            description=self.text(node, "description"),
        )


def name_of(node: Any) -> str:
    """A name with its white space made regular, as the standard compares names."""
    return " ".join(node.get("name", "").split())
