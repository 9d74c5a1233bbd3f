"""Small DMN files for tests."""

from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def definitions(*parts: str, name: str = "model", namespace: str = "urn:test") -> bytes:
    """A file with these elements."""
    inner = "".join(parts)
    return (
        f'<definitions xmlns="{NAMESPACE}" name={quoteattr(name)} namespace="{namespace}" id="m">'
        f"{inner}</definitions>"
    ).encode()


def input_data(name: str, type_ref: str = "Any") -> str:
    """An input; its id is `i_` and the name."""
    quoted = quoteattr(name)
    return (
        f'<inputData id="i_{escape(name)}" name={quoted}>'
        f"<variable name={quoted} typeRef={quoteattr(type_ref)}/></inputData>"
    )


def decision(
    name: str, logic: str, *, inputs: str = "", decisions: str = "", knowledge: str = "",
    type_ref: str = "Any",
) -> str:  # fmt: skip
    """A decision; what it requires is given as names separated by commas."""

    def required(names: str, tag: str, kind: str, prefix: str) -> str:
        return "".join(
            f'<{tag}><{kind} href="#{prefix}_{escape(each)}"/></{tag}>'
            for each in names.split(",")
            if each
        )

    return (
        f'<decision id="d_{escape(name)}" name={quoteattr(name)}>'
        f"<variable name={quoteattr(name)} typeRef={quoteattr(type_ref)}/>"
        + required(inputs, "informationRequirement", "requiredInput", "i")
        + required(decisions, "informationRequirement", "requiredDecision", "d")
        + required(knowledge, "knowledgeRequirement", "requiredKnowledge", "k")
        + f"{logic}</decision>"
    )


def literal(text: str) -> str:
    """A literal expression."""
    return f"<literalExpression><text>{escape(text)}</text></literalExpression>"


def table(
    inputs: list[str], rules: list[tuple[list[str], list[str]]], *, policy: str = "UNIQUE",
    aggregation: str = "", outputs: list[tuple[str, str, str]] | None = None,
    input_values: str = "",
) -> str:  # fmt: skip
    """A decision table; an output is its name, its values and its default."""

    def entry(tag: str, text: str) -> str:
        return f"<{tag}><text>{escape(text)}</text></{tag}>" if text else ""

    columns = "".join(
        f"<input><inputExpression><text>{escape(each)}</text></inputExpression>"
        f"{entry('inputValues', input_values)}</input>"
        for each in inputs
    )
    columns += "".join(
        f"<output name={quoteattr(name)}>{entry('outputValues', values)}"
        f"{entry('defaultOutputEntry', default)}</output>"
        for name, values, default in outputs or [("", "", "")]
    )
    rows = "".join(
        f'<rule id="r{index}">'
        + "".join(f"<inputEntry><text>{escape(test)}</text></inputEntry>" for test in tests)
        + "".join(f"<outputEntry><text>{escape(value)}</text></outputEntry>" for value in values)
        + f"<annotationEntry><text>note {index}</text></annotationEntry></rule>"
        for index, (tests, values) in enumerate(rules, 1)
    )
    extra = f' aggregation="{aggregation}"' if aggregation else ""
    return (
        f'<decisionTable id="t" hitPolicy="{policy}"{extra}>{columns}'
        f'<annotation name="why"/>{rows}</decisionTable>'
    )
