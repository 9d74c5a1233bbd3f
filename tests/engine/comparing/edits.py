"""A package, and edits of it: each knows exactly what a comparison must then say."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.catalog.package import Package

PROCESSES = Path(__file__).parents[3] / "processes"

RULE = """<rule id="{id}"><inputEntry id="{id}_i"><text>{asks}</text></inputEntry>
<outputEntry id="{id}_o"><text>{says}</text></outputEntry></rule>"""
TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="limits_file" name="限额表" namespace="urn:t">
  <inputData id="given" name="value_fen">
    <variable id="given_v" name="value_fen" typeRef="number"/>
  </inputData>
  <decision id="limits" name="limits">
    <description>2026 年起适用。</description>
    <variable id="limits_v" name="limits" typeRef="number"/>
    <informationRequirement id="needs"><requiredInput href="#given"/></informationRequirement>
    <decisionTable id="limits_table" hitPolicy="FIRST">
      <input id="in_1" label="用品价值（分）">
        <inputExpression id="in_1e" typeRef="number"><text>value_fen</text></inputExpression>
      </input>
      <output id="out_1" label="上限（分）" name="limit_fen" typeRef="number"/>
      {rules}
    </decisionTable>
  </decision>
</definitions>
"""
RULES = [("low", "&lt; 100000", "500000"), ("middle", "&lt; 200000", "800000"), ("high", "-", "0")]


def table(rules: list[tuple[str, str, str]] | None = None) -> bytes:
    """The table of limits with these rules."""
    rows = [RULE.format(id=id, asks=asks, says=says) for id, asks, says in rules or RULES]
    return TABLE.format(rules="\n".join(rows)).encode()


def base() -> Package:
    """A whole small package: diagram, forms, facts, a table, a letter."""
    files = dict(Package.from_folder(PROCESSES / "approve3").files)
    files["limits.dmn"] = table()
    files["letters/answer.typ"] = "第一行\n第二行\n第三行\n".encode()
    return Package(files)


def replaced(package: Package, path: str, old: str, new: str) -> Package:
    """The package with a text in one of its files replaced once."""
    text = package.files[path].decode()
    assert old in text, old
    return Package({**package.files, path: text.replace(old, new, 1).encode()})


@dataclass(frozen=True)
class Edit:
    """A change somebody makes, and what must be told of it: file, thing, what became of it, properties."""

    name: str
    change: Callable[[Package], Package]
    told: tuple[tuple[str, str, str, tuple[str, ...]], ...]

    def __repr__(self) -> str:
        return self.name


def _text(
    name: str, path: str, old: str, new: str, *told: tuple[str, str, tuple[str, ...]]
) -> Edit:
    return Edit(name, lambda p: replaced(p, path, old, new), tuple((path, *one) for one in told))


def _form(
    name: str, change: Callable[[list[dict]], None], *told: tuple[str, str, tuple[str, ...]]
) -> Edit:  # type: ignore[type-arg]
    path = "forms/apply.json"

    def apply(package: Package) -> Package:
        form = json.loads(package.files[path])
        change(form["components"])
        return Package({**package.files, path: json.dumps(form, ensure_ascii=False).encode()})

    return Edit(name, apply, tuple((path, *one) for one in told))


def _field(components: list[dict], id: str) -> dict:  # type: ignore[type-arg]
    return next(one for one in components if one["id"] == id)


def _rules(
    name: str, change: Callable[[str], str], *told: tuple[str, str, tuple[str, ...]]
) -> Edit:
    path = "limits.dmn"

    def apply(package: Package) -> Package:
        return Package({**package.files, path: change(package.files[path].decode()).encode()})

    return Edit(name, apply, tuple((path, *one) for one in told))


def step(package: Package, id: str, name: str, source: str, target: str) -> Package:
    """A step with people and a form of its own, put into the flow between two that follow each other."""
    flow, more = f"{source}__{target}", f"{id}__{target}"
    ends = f'<bpmn:sequenceFlow id="{flow}" sourceRef="{source}" targetRef='
    drawn = f"""<bpmn:userTask id="{id}" name="{name}"><bpmn:extensionElements>
<spiffworkflow:properties><spiffworkflow:property name="candidates" value="unit_clerk @ applicant.unit" />
<spiffworkflow:property name="form" value="approve" /></spiffworkflow:properties>
</bpmn:extensionElements><bpmn:incoming>{flow}</bpmn:incoming>
<bpmn:outgoing>{more}</bpmn:outgoing></bpmn:userTask>
<bpmn:sequenceFlow id="{more}" sourceRef="{id}" targetRef="{target}" />
{ends}"{id}" />"""
    before, _, after = package.files["process.bpmn"].decode().partition(f'id="{target}"')
    after = after.replace(f"<bpmn:incoming>{flow}<", f"<bpmn:incoming>{more}<", 1)
    text = f'{before}id="{target}"{after}'.replace(f'{ends}"{target}" />', drawn, 1)
    assert drawn in text
    return Package({**package.files, "process.bpmn": text.encode()})


_CHAIR = """value="unit_chair @ applicant.unit" />
          <spiffworkflow:property name="due" value="add working days(today(), 2)" />"""
_D = "process.bpmn"

#: Every edit touches something else, so that any of them go together.
EDITS = [
    _text(
        "call a step otherwise",
        _D,
        'name="核对库存"',
        'name="核对"',
        ("check", "changed", ("name",)),
    ),
    _text(
        "give more time",
        _D,
        _CHAIR,
        _CHAIR.replace("(), 2", "(), 5")
        + '<spiffworkflow:property name="irreversible" value="true" />',
        ("approve", "changed", ("due", "irreversible")),
    ),
    _text(
        "ask otherwise at a gateway",
        _D,
        'outcomes.approve = "agree"<',
        'outcomes.approve = "agree" and quantity &lt; 100<',
        ("approve_gate__ended_agreed", "changed", ("condition",)),
    ),
    Edit(
        "insert a step",
        lambda p: step(p, "review", "复核", "check", "approve"),
        (
            (_D, "review", "added", ("candidates", "form")),
            (_D, "review__approve", "added", ("from", "to")),
            (_D, "check__approve", "changed", ("to",)),
        ),
    ),
    _text(
        "call an end otherwise",
        _D,
        'name="同意领用"',
        'name="可以领用"',
        ("ended_agreed", "changed", ("name",)),
    ),
    _text(
        "move a step on the paper", _D, '<dc:Bounds x="340" y="260"', '<dc:Bounds x="345" y="260"'
    ),
    _text(
        "call the lane otherwise",
        _D,
        'id="lane_unit" name="单位工会"',
        'id="lane_unit" name="基层工会"',
        ("lane_unit", "changed", ("name",)),
    ),
    _form(
        "label",
        lambda c: _field(c, "field_item").update(label="名称"),
        ("field_item", "changed", ("label",)),
    ),
    _form(
        "limits",
        lambda c: _field(c, "field_quantity").update(validate={"min": 1, "max": 9}),
        ("field_quantity", "changed", ("max", "required")),
    ),
    _form(
        "drop a field",
        lambda c: c.remove(_field(c, "field_place")),
        ("field_place", "removed", ("key", "max_length", "required")),
    ),
    _form(
        "ask for more",
        lambda c: c.append(
            {"type": "checkbox", "id": "field_new", "key": "agreed", "label": "已知悉"}
        ),
        ("field_new", "added", ("key",)),
    ),
    _form(
        "put a field first",
        lambda c: c.insert(0, c.pop(c.index(_field(c, "field_contact")))),
        ("field_contact", "moved", ()),
    ),
    _text(
        "title",
        "process.toml",
        'title = "活动用品领用审批"',
        'title = "用品领用"',
        ("", "changed", ("title",)),
    ),
    _text(
        "why it is separate",
        "process.toml",
        'why = "核对人不得审批"',
        'why = "核对的人不审批"',
        ("who-checks-does-not-approve", "changed", ("why",)),
    ),
    _rules(
        "a cell",
        lambda t: t.replace(">500000<", ">600000<"),
        ("low", "changed", ("500000", "600000")),
    ),
    _rules(
        "a rule more",
        lambda t: t.replace(
            '<rule id="high">',
            RULE.format(id="extra", asks="&lt; 300000", says="1") + '<rule id="high">',
        ),
        ("extra", "added", ("1", "< 300000")),
    ),
    _rules(
        "the source",
        lambda t: t.replace("2026 年起适用。", "2027 年起适用。"),
        ("limits", "changed", ("source",)),
    ),
    _text(
        "a letter",
        "letters/answer.typ",
        "第二行",
        "第 2 行",
        ("", "changed", ("第 2 行", "第二行")),
    ),
    _text(
        "a translation",
        "i18n/en.json",
        '"Apply"',
        '"Ask"',
        ("提出申请", "changed", ("translation",)),
    ),
]
