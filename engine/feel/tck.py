"""Runs the OMG's DMN test kit and says which cases pass and why others do not."""

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from engine.feel import iso
from engine.feel.compare import equal
from engine.feel.dmn import DmnModel, load_dmn
from engine.feel.dmn.reader import NAMESPACES, parse_xml
from engine.feel.errors import FeelError, ProblemKind
from engine.feel.number import NUMBERS
from engine.feel.text import text_of

_CASES = "{http://www.omg.org/spec/DMN/20160719/testcase}"
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"

#: How far a number may be from the expected one, relatively: the kit has rounded results.
_TOLERANCE = Decimal("1e-8")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One expected result of one case."""

    case: str
    passed: bool
    reason: str = ""
    unsupported: bool = False


@dataclass(slots=True)
class Report:
    """All results of a directory. A test case passes if each of its results does."""

    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def passed(self) -> list[Outcome]:
        """Results as expected."""
        return [each for each in self.outcomes if each.passed]

    @property
    def failed(self) -> list[Outcome]:
        """Results that differ, with reasons; unsupported ones among them."""
        return [each for each in self.outcomes if not each.passed]

    @property
    def summary(self) -> str:
        """`passed N of M`"""
        return f"passed {len(self.passed)} of {len(self.outcomes)}"


def run(directory: Path | str) -> Report:
    """Run every `*-test-*.xml` below a directory."""
    report = Report()
    for path in sorted(Path(directory).rglob("*-test-*.xml")):
        report.outcomes.extend(run_file(path))
    return report


def run_file(path: Path) -> list[Outcome]:
    """Run the cases of one file."""
    root = parse_xml(path.read_bytes())
    label = f"{path.parent.name}/{path.stem}"
    cases = root.findall(f"{_CASES}testCase")
    try:
        model = _load(path.parent, root.findtext(f"{_CASES}modelName") or "")
    except (FeelError, OSError) as error:
        return [
            Outcome(f"{label}:{case.get('id')}", False, f"the model does not load: {error}")
            for case in cases
        ]
    return [outcome for case in cases for outcome in _run_case(model, case, label)]


def _load(folder: Path, name: str) -> DmnModel:
    main = folder / name
    others = [
        other.read_bytes()
        for other in sorted(folder.glob("*.dmn"))
        if other != main and _is_dmn(other)
    ]
    return load_dmn(main.read_bytes(), imports=others)


def _is_dmn(path: Path) -> bool:
    try:
        return etree.QName(parse_xml(path.read_bytes())).namespace in NAMESPACES
    except FeelError:
        return False


def _run_case(model: DmnModel, case: Any, label: str) -> list[Outcome]:
    inputs: dict[str, Any] = {}
    for node in case.findall(f"{_CASES}inputNode"):
        name, namespace = node.get("name", ""), node.get("namespace")
        inputs[f"{{{namespace}}}{name}" if namespace else name] = read_value(node)
    outcomes = []
    for node in case.findall(f"{_CASES}resultNode"):
        expected_node = node.find(f"{_CASES}expected")
        expected = None if expected_node is None else read_value(expected_node)
        target = case.get("invocableName") or node.get("name", "")
        output = node.get("name", "") if case.get("invocableName") else ""
        name = f"{label}:{case.get('id')}:{node.get('name')}"
        outcomes.append(_judge(model, name, target, inputs, expected, output))
    return outcomes


def _judge(
    model: DmnModel, name: str, target: str, inputs: dict[str, Any], expected: Any, output: str
) -> Outcome:
    try:
        result = model.decide(target, inputs)
    except FeelError as error:
        return Outcome(name, False, str(error))
    value = result.value
    if output and isinstance(value, dict) and output in value and not agrees(value, expected):
        value = value[output]  # one of several outputs of a service
    if agrees(value, expected):
        return Outcome(name, True)
    reason = f"expected {text_of(expected)}, got {text_of(result.value)}"
    if result.problems:
        reason += f" ({'; '.join(map(str, result.problems[:3]))})"
    unsupported = any(each.kind is ProblemKind.UNSUPPORTED for each in result.problems)
    return Outcome(name, False, reason, unsupported)


def agrees(value: Any, expected: Any) -> bool:
    """Equal, with numbers compared as closely as the kit writes them."""
    if isinstance(value, Decimal) and isinstance(expected, Decimal):
        if value == expected:
            return True
        difference = NUMBERS.abs(NUMBERS.subtract(value, expected))
        return difference <= NUMBERS.multiply(_TOLERANCE, NUMBERS.abs(expected))
    if isinstance(value, list) and isinstance(expected, list):
        return len(value) == len(expected) and all(map(agrees, value, expected))
    if isinstance(value, dict) and isinstance(expected, dict):
        return value.keys() == expected.keys() and all(
            agrees(value[key], expected[key]) for key in value
        )
    return equal(value, expected) is True


# -- values in the kit's XML --------------------------------------------------------------


def read_value(node: Any) -> Any:
    """A value, a list of items or a context of components."""
    found = node.find(f"{_CASES}value")
    if found is not None:
        return _simple(found)
    listed = node.find(f"{_CASES}list")
    if listed is not None:
        if listed.get(f"{_XSI}nil") in ("true", "1"):
            return None
        return [read_value(item) for item in listed.findall(f"{_CASES}item")]
    components = node.findall(f"{_CASES}component")
    if components:
        return {each.get("name"): read_value(each) for each in components}
    return None


def _simple(node: Any) -> Any:
    if node.get(f"{_XSI}nil") in ("true", "1"):
        return None
    text = "".join(node.itertext())
    kind = node.get(f"{_XSI}type", "").rpartition(":")[2]
    match kind:
        case "decimal" | "double" | "integer" | "int" | "float" | "long":
            return NUMBERS.create_decimal(text.strip())
        case "boolean":
            return text.strip() in ("true", "1")
        case "date":
            return iso.read_date(text.strip())
        case "time":
            return iso.read_time(text.strip())
        case "dateTime":
            return iso.read_date_time(text.strip())
        case "duration":
            return iso.read_duration(text.strip())
    return text
