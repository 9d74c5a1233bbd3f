"""Small packages for policies: a few words for each element, `a > b [condition]` for each flow."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from engine.catalog.package import Package

SOUND = Path(__file__).parents[1] / "catalog" / "broken" / "_sound"
_FLOW = re.compile(r"(\w+) > (\w+)(?: \[(.*)\]| (default))?")
_OUTCOMES = (
    '<gongban:outcomes><gongban:outcome id="yes" label="Yes" kind="positive" />'
    '<gongban:outcome id="no" label="No" kind="negative" /></gongban:outcomes>'
)
_HEAD, _TAIL = (SOUND / "process.bpmn").read_text().split('isExecutable="true">')
_HEAD += 'isExecutable="true">'
_TAIL = _TAIL[_TAIL.index("</bpmn:process>") :]


def people(name: str, extra: str = "", *, inner: str = "", **properties: str) -> str:
    """A user task with the outcomes yes and no."""
    return _task(
        "userTask",
        name,
        {"candidates": "clerk @ applicant.unit", **properties},
        _OUTCOMES + extra,
        inner,
    )


def service(name: str, ability: str = "case.archive", **properties: str) -> str:
    """A service task."""
    given = {key.replace("with_", "with."): value for key, value in properties.items()}
    return _task("serviceTask", name, {"ability": ability, **given})


def decision(name: str, into: str) -> str:
    """A decision that writes a field."""
    return _task("businessRuleTask", name, {"decision": "class", "into": into})


def plain(kind: str, *names: str) -> str:
    """Elements that have nothing but an id."""
    return "".join(f'<bpmn:{kind} id="{name}" />' for name in names)


def timer(name: str, host: str, *, ends: bool = True) -> str:
    """A timer on the edge of a task."""
    return (
        f'<bpmn:boundaryEvent id="{name}" attachedToRef="{host}" cancelActivity="{str(ends).lower()}">'
        f'<bpmn:timerEventDefinition id="{name}_t"><bpmn:timeDuration>duration("P1D")</bpmn:timeDuration>'
        "</bpmn:timerEventDefinition></bpmn:boundaryEvent>"
    )


def scope(name: str, *inside: str, loop: str = "") -> str:
    """A sub-process."""
    return f'<bpmn:subProcess id="{name}">{"".join(inside)}{loop}</bpmn:subProcess>'


def each(collection: str, *, sequential: bool = False) -> str:
    """For each of a list."""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        f"<bpmn:loopDataInputRef>{collection}</bpmn:loopDataInputRef>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def times(count: str) -> str:
    """So often, side by side."""
    return (
        "<bpmn:multiInstanceLoopCharacteristics>"
        f"<bpmn:loopCardinality>{count}</bpmn:loopCardinality>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def flows(text: str) -> str:
    """Flows, one a line."""
    drawn = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        found = _FLOW.fullmatch(line)
        assert found, line
        source, target, condition, _default = found.groups()
        inner = (
            f"<bpmn:conditionExpression>{escape(condition)}</bpmn:conditionExpression>"
            if condition
            else ""
        )
        drawn.append(
            f'<bpmn:sequenceFlow id="{source}__{target}" sourceRef="{source}" targetRef="{target}">'
            f"{inner}</bpmn:sequenceFlow>"
        )
    return "".join(drawn)


def package(
    body: str, ways: str, *policies: str, forms: dict[str, list[dict[str, object]]] | None = None
) -> Package:
    """A package of these elements, flows and policies; a gateway's default is the flow marked so."""
    files = {
        path: content
        for path, content in Package.from_folder(SOUND).files.items()
        if not path.startswith("i18n/")
    }
    for name, target in re.findall(r"(\w+) > (\w+) default", ways):
        body = body.replace(
            f'<bpmn:exclusiveGateway id="{name}" />',
            f'<bpmn:exclusiveGateway id="{name}" default="{name}__{target}" />',
        )
    drawn = f'{_HEAD}<bpmn:startEvent id="apply" />{body}{flows(ways)}{_TAIL}'
    files["process.bpmn"] = drawn.encode()
    said = 'id = "sample"\ntitle = "A sample"\nowner = "clerk"\n[start]\nroles = ["member"]\n'
    files["process.toml"] = (said + "".join(f"[[policy]]\n{one}\n" for one in policies)).encode()
    review = json.loads(files.pop("forms/review.json"))
    files.pop("forms/vote.json")
    for name in re.findall(r'<bpmn:userTask id="(\w+)"', body):
        fields = (forms or {}).get(name, [])
        files[f"forms/{name}.json"] = json.dumps(
            {**review, "id": name, "components": fields}
        ).encode()
    return Package(files)


def _task(
    kind: str, name: str, properties: dict[str, str], extensions: str = "", inner: str = ""
) -> str:
    said = "".join(
        f"<spiffworkflow:property name={quoteattr(key)} value={quoteattr(value)} />"
        for key, value in properties.items()
    )
    return (
        f'<bpmn:{kind} id="{name}"><bpmn:extensionElements><spiffworkflow:properties>{said}'
        f"</spiffworkflow:properties>{extensions}</bpmn:extensionElements>{inner}</bpmn:{kind}>"
    )
