"""Reading diagrams that nobody vouches for, and naming what is wrong with them."""

from pathlib import Path

import pytest

from engine.catalog.bpmn import Loop, Severity, UnreadableDiagram, check, problems, read_diagram
from engine.runtime.supported import RULES
from tests.engine.runtime.drawing import draw, wrap

PLAIN = ("start s", "user a", "end e", "s > a > e")
ATTRIBUTES = 'name="name" value="value"'


def process(content: str, before: str = "") -> bytes:
    """A process of three elements, with something more in it."""
    return wrap(
        f'{before}<process id="p" isExecutable="true"><startEvent id="s" /><endEvent id="e" />'
        f'<userTask id="a"><extensionElements><spiffworkflow:properties><spiffworkflow:property '
        'name="candidates" value="starter" /></spiffworkflow:properties></extensionElements>'
        '</userTask><sequenceFlow id="f" sourceRef="s" targetRef="a" />'
        f'<sequenceFlow id="g" sourceRef="a" targetRef="e" />{content}</process>'
    )


def user_task(inside: str, attributes: str = "") -> bytes:
    """A process of three elements whose user task says something of its own."""
    return wrap(
        '<process id="p" isExecutable="true"><startEvent id="s" /><endEvent id="e" />'
        f'<userTask id="a" {attributes}>{inside}</userTask>'
        '<sequenceFlow id="f" sourceRef="s" targetRef="a" />'
        '<sequenceFlow id="g" sourceRef="a" targetRef="e" /></process>'
    )


def extended(inside: str) -> bytes:
    return user_task(f"<extensionElements>{inside}</extensionElements>")


def spiff(properties: str) -> bytes:
    return extended(f"<spiffworkflow:properties>{properties}</spiffworkflow:properties>")


BOX = ("sub box", "start s2", "user b", "end e2", "s2 > b > e2", "close")

#: for each rule, files that break it and the element that is named
BROKEN: dict[str, list[tuple[bytes, str]]] = {
    "unreadable": [(b"<definitions", "")],
    "no_process": [(wrap('<process id="p" isExecutable="false" />'), "")],
    "several_processes": [(wrap('<process id="p" /><process id="q" />'), "")],
    "missing_id": [(process("<userTask />"), ""), (wrap("<process />"), "")],
    "duplicate_id": [(process('<endEvent id="a" />'), "a")],
    "bad_id": [(draw("start s", "user ../a", "end e", "s > ../a > e"), "../a")],
    "reserved_id": [
        (draw("start Start", "user a", "end e", "Start > a > e"), "Start"),
        (draw("start s", "user End", "end e", "s > End > e"), "End"),
        (draw("start s", "user a.EndJoin", "end e", "s > a.EndJoin > e"), "a.EndJoin"),
    ],
    "dangling_reference": [
        (process('<sequenceFlow id="h" sourceRef="a" targetRef="gone" />'), "h"),
        (user_task("<outgoing>gone</outgoing>"), "a"),
        (draw(*PLAIN, "timer t on gone", "t > e"), "t"),
        (process('<boundaryEvent id="t" attachedToRef="a"><errorEventDefinition errorRef="gone" />'
                 '</boundaryEvent>'), "t"),
    ],
    "flow_mismatch": [(user_task("<incoming>g</incoming>"), "a")],
    "flow_crosses_border": [(draw(*PLAIN, *BOX, "a > b"), "a__b")],
    "no_start": [(draw("user a", "end e", "a > e"), "drawn")],
    "several_starts": [(draw(*PLAIN, "start s9", "s9 > a"), "drawn")],
    "no_end": [(draw("start s", "user a", "s > a"), "drawn")],
    "no_way_in": [(draw(*PLAIN, "user b", "b > e"), "b")],
    "no_way_out": [(draw(*PLAIN, "user b", "a > b"), "b")],
    "unreachable": [(draw(*PLAIN, "user b", "user c", "b > c > b"), "b")],
    "way_into_start": [
        (draw(*PLAIN, "a > s"), "s"),
        (draw(*PLAIN, "timer t on a", "t > e", "a > t"), "t"),
    ],
    "way_out_of_end": [(draw(*PLAIN, "e > a"), "e")],
    "implicit_split": [(draw(*PLAIN, "user b", "a > b > e"), "a")],
    "condition_missing": [
        (draw("start s", "exclusive x", "end e", "end f", "s > x > e", "x > f *"), "x__e")
    ],
    "condition_misplaced": [(draw("start s", "user a", "end e", "s > a", "a > e : yes"), "a__e")],
    "condition_on_default": [
        (draw("start s", "exclusive x", "end e", "end f", "s > x", "x > e : yes", "x > f : no *"),
         "x__f")
    ],
    "condition_language": [
        (process('<sequenceFlow id="h" sourceRef="a" targetRef="e"><conditionExpression '
                 'language="python">1</conditionExpression></sequenceFlow>'), "h")
    ],
    "default_misplaced": [(user_task("", 'default="g"'), "a")],
    "no_default": [
        (draw("start s", "exclusive x", "end e", "end f", "s > x", "x > e : yes", "x > f : no"),
         "x")
    ],
    "no_candidates": [(user_task(""), "a")],
    "no_ability": [(process('<serviceTask id="b" />'), "b")],
    "no_decision": [(process('<businessRuleTask id="b" />'), "b")],
    "no_timer": [
        (process('<intermediateCatchEvent id="t"><timerEventDefinition />'
                 '</intermediateCatchEvent>'), "t")
    ],
    "no_error_code": [
        (process('<endEvent id="x"><errorEventDefinition /></endEvent>'), "x"),
        (process('<endEvent id="x"><errorEventDefinition errorRef="r" /></endEvent>',
                 '<error id="r" />'), "x"),
    ],
    "error_not_caught": [
        (draw("start s", "end e code=bad", "s > e"), "e"),
        (draw("start s", "sub box", "start s2", "end e2 code=bad", "s2 > e2", "close",
              "error c on box code=other", "end e", "end f", "s > box > e", "c > f"), "e2"),
    ],
    "caught_twice": [
        (draw("start s", "service b", "error c on b code=x", "error d on b code=x", "end e",
              "s > b > e", "c > e", "d > e"), "c")
    ],
    "bad_attachment": [
        (draw(*PLAIN, "error t on a code=x", "t > e"), "t"),
        (draw("start s", "events g", "receive r", "timer t", "timer d on r", "end e", "s > g",
              "g > r > e", "g > t > e", "d > e"), "d"),
        (draw("start s", "decide d", "timer t on d", "end e", "s > d > e", "t > e"), "t"),
    ],
    "no_message": [
        (process('<receiveTask id="x" />'), "x"),
        (process('<receiveTask id="x" messageRef="m" />', '<message id="m" />'), "x"),
        (process('<intermediateCatchEvent id="x"><messageEventDefinition />'
                 '</intermediateCatchEvent>'), "x"),
    ],
    "no_senders": [
        (process('<receiveTask id="x" messageRef="m" />', '<message id="m" name="m" />'), "x")
    ],
    "loop_data": [
        (user_task("<multiInstanceLoopCharacteristics />"), "a"),
        (draw("start s", "user a times=3 each=list", "end e", "s > a > e"), "a"),
        (draw("start s", "user a each==", "end e", "s > a > e"), "a"),
    ],
    "item_without_list": [(draw("start s", "user a times=3 as=one", "end e", "s > a > e"), "a")],
    "nested_into": [
        (draw("start s", "sub box times=2", "start s2", "user a times=2", "end e2", "s2 > a > e2",
              "close", "end e", "s > box > e").replace(
                  b'name="candidates"', b'name="into" value="x" /><spiffworkflow:property name="candidates"'
              ), "a"),
    ],
    "too_few_events": [(draw("start s", "events g", "timer t", "end e", "s > g > t > e"), "g")],
    "bad_event_target": [
        (draw("start s", "events g", "timer t", "user b", "end e", "s > g > t > e", "g > b > e"), "g")
    ],
    "event_shared": [
        (draw("start s", "parallel p", "events g", "timer t", "message m", "end e", "s > p > g",
              "p > t", "g > t > e", "g > m > e"), "t")
    ],
    "property_twice": [(spiff(f"<spiffworkflow:property {ATTRIBUTES} />" * 2), "a")],
    "bad_property": [(spiff('<spiffworkflow:property name="due" />'), "a")],
    "foreign_extension": [
        (extended('<x:y xmlns:x="urn:else" />'), "a"),
        (user_task("", 'xmlns:x="urn:else" x:assignee="me"'), "a"),
        (user_task('<multiInstanceLoopCharacteristics xmlns:x="urn:else" x:collection="c" />'), "a"),
        (user_task('<multiInstanceLoopCharacteristics><extensionElements><y xmlns="urn:else" />'
                   '</extensionElements></multiInstanceLoopCharacteristics>'), "a"),
    ],
    "message_flow": [
        (process("", '<collaboration id="c"><messageFlow id="m" sourceRef="a" targetRef="b" />'
                     '</collaboration>'), "m")
    ],
    "no_di": [(draw(*PLAIN).replace(b"<bpmndi:BPMNDiagram />", b""), "drawn")],
    "unknown_extension": [(extended("<gongban:signoff />"), "a")],
    "unknown_attribute": [(extended('<gongban:signOff quorom="2/3" />'), "a")],
    "attribute_missing": [
        (extended('<gongban:outcomes><gongban:outcome id="ok" /></gongban:outcomes>'), "a")
    ],
    "bad_value": [(extended('<gongban:signOff rule="most" />'), "a")],
    "value_twice": [(extended('<gongban:outcomes><gongban:outcome id="ok" label="A" />'
                              '<gongban:outcome id="ok" label="B" /></gongban:outcomes>'), "a")],
    "extension_twice": [(extended("<gongban:signOff /><gongban:signOff />"), "a")],
    "not_supported": [(process('<scriptTask id="x" />'), "x")],
}  # fmt: skip


def test_every_rule_has_a_file_that_breaks_it() -> None:
    assert set(BROKEN) == set(RULES)


@pytest.mark.parametrize(
    ("rule", "bpmn", "element"),
    [(rule, *case) for rule, cases in BROKEN.items() for case in cases],
    ids=[f"{rule}-{n}" for rule, cases in BROKEN.items() for n, _ in enumerate(cases)],
)
def test_what_is_wrong_is_named_with_its_element(rule: str, bpmn: bytes, element: str) -> None:
    found = [one for one in check(bpmn) if one.rule == rule]
    assert found
    assert found[0].element == element
    assert found[0].message
    assert "{" not in found[0].message


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ('<task id="x" />', "task"),
        ('<scriptTask id="x"><script>1</script></scriptTask>', "scriptTask"),
        ('<sendTask id="x" />', "sendTask"),
        ('<callActivity id="x" calledElement="q" />', "callActivity"),
        ('<complexGateway id="x" />', "complexGateway"),
        ('<eventBasedGateway id="x" instantiate="true" />', "instantiating eventBasedGateway"),
        ('<eventBasedGateway id="x" eventGatewayType="Parallel" />',
         "instantiating eventBasedGateway"),
        ('<receiveTask id="x" instantiate="true" />', "instantiating receiveTask"),
        ('<transaction id="x" />', "transaction"),
        ('<adHocSubProcess id="x" />', "adHocSubProcess"),
        ('<subProcess id="x" triggeredByEvent="true" />', "event sub-process"),
        ('<intermediateThrowEvent id="x" />', "intermediateThrowEvent"),
        ('<userTask id="x" isForCompensation="true" />', "compensation"),
        ('<userTask id="x" completionQuantity="2" />', "completionQuantity"),
        ('<somethingNew id="x" />', "somethingNew"),
        ('<businessRuleTask id="x"><multiInstanceLoopCharacteristics /></businessRuleTask>',
         "multiInstanceLoopCharacteristics"),
        ('<receiveTask id="x"><multiInstanceLoopCharacteristics /></receiveTask>',
         "multiInstanceLoopCharacteristics"),
        ('<userTask id="x"><extensionElements><gongban:signOff rule="all" /></extensionElements>'
         "<multiInstanceLoopCharacteristics /></userTask>",
         "multiInstanceLoopCharacteristics with gongban:signOff"),
        ('<userTask id="x"><multiInstanceLoopCharacteristics><loopDataOutputRef>o'
         "</loopDataOutputRef></multiInstanceLoopCharacteristics></userTask>", "loopDataOutputRef"),
        ('<userTask id="x"><multiInstanceLoopCharacteristics behavior="One" /></userTask>',
         "behavior"),
        ('<subProcess id="x"><standardLoopCharacteristics /></subProcess>',
         "standardLoopCharacteristics"),
        ('<userTask id="x"><potentialOwner /></userTask>', "potentialOwner"),
        ('<startEvent id="x"><timerEventDefinition><timeDate>d</timeDate></timerEventDefinition>'
         "</startEvent>", "timer startEvent"),
        ('<startEvent id="x"><messageEventDefinition /></startEvent>', "message startEvent"),
        ('<boundaryEvent id="x" attachedToRef="a"><messageEventDefinition /></boundaryEvent>',
         "message boundaryEvent"),
        ('<endEvent id="x"><messageEventDefinition /></endEvent>', "message endEvent"),
        ('<endEvent id="x"><signalEventDefinition /></endEvent>', "signal endEvent"),
        ('<endEvent id="x"><compensateEventDefinition /></endEvent>', "compensation endEvent"),
        ('<endEvent id="x"><cancelEventDefinition /></endEvent>', "cancel endEvent"),
        ('<endEvent id="x"><escalationEventDefinition /></endEvent>', "escalation endEvent"),
        ('<intermediateCatchEvent id="x"><linkEventDefinition /></intermediateCatchEvent>',
         "link intermediateCatchEvent"),
        ('<intermediateCatchEvent id="x" />', "none intermediateCatchEvent"),
        ('<boundaryEvent id="x" attachedToRef="a"><conditionalEventDefinition /></boundaryEvent>',
         "conditional boundaryEvent"),
        ('<boundaryEvent id="x" attachedToRef="a"><timerEventDefinition /><errorEventDefinition />'
         "</boundaryEvent>", "multiple boundaryEvent"),
        ('<boundaryEvent id="x" attachedToRef="a" cancelActivity="false"><errorEventDefinition />'
         "</boundaryEvent>", "non-interrupting error event"),
        ('<intermediateCatchEvent id="x"><timerEventDefinition><timeCycle>R/P1D</timeCycle>'
         "</timerEventDefinition></intermediateCatchEvent>", "timeCycle"),
        ('<userTask id="x"><extensionElements><spiffworkflow:preScript /></extensionElements>'
         "</userTask>", "spiffworkflow:preScript"),
    ],
)  # fmt: skip
def test_what_the_runtime_does_not_run_is_refused_by_name(content: str, name: str) -> None:
    refused = [one for one in check(process(content)) if one.rule == "not_supported"]
    assert [(one.element, one.parts["kind"]) for one in refused] == [("x", name)]
    assert refused[0].severity is Severity.ERROR


def test_notes_data_and_paperwork_move_nothing_and_are_left_alone() -> None:
    paperwork = (
        '<textAnnotation id="n"><text>why</text></textAnnotation><association id="as" '
        'sourceRef="a" targetRef="n" /><group id="gr" /><dataObject id="d" />'
        '<dataObjectReference id="r" dataObjectRef="d" /><dataStoreReference id="st" />'
        "<documentation>text</documentation>"
    )
    assert check(process(paperwork)) == []


def test_a_diagram_without_findings_reads_as_plain_data() -> None:
    diagram = read_diagram(
        draw("start s", "exclusive x", "user a", "timer t on a stays", "end e", "end f", "s > x",
             "x > a : amount &gt; 3", "x > e *", "a > e", "t > f")
    )  # fmt: skip
    assert problems(diagram) == []
    assert list(diagram.elements) == ["s", "x", "a", "t", "e", "f"]
    assert diagram.elements["x"].outgoing == ("x__a", "x__e")
    assert diagram.flows["x__a"].condition == "amount > 3"
    assert diagram.flows["x__e"].is_default
    timer = diagram.elements["t"]
    assert (timer.attached_to, timer.cancel_activity) == ("a", False)
    assert timer.event is not None
    assert (timer.event.kind, timer.event.timer, timer.event.expression) == (
        "timer", "duration", "due_t",
    )  # fmt: skip
    assert [edge.id for edge in diagram.boundary_events("a")] == ["t"]


def test_a_comment_inside_a_condition_does_not_cut_it() -> None:
    flow = (
        '<sequenceFlow id="h" sourceRef="a" targetRef="e"><conditionExpression>amount '
        "<!-- in fen -->&lt; <![CDATA[3 and true]]></conditionExpression></sequenceFlow>"
    )
    condition = read_diagram(process(flow)).flows["h"].condition
    assert condition.split() == ["amount", "<", "3", "and", "true"]


@pytest.mark.parametrize(
    ("written", "meant"), [("true", True), ("1", True), ("false", False), ("0", False)]
)
def test_truth_is_written_as_a_word_or_a_digit(written: str, meant: bool) -> None:
    edge = (
        f'<boundaryEvent id="t" attachedToRef="a" cancelActivity="{written}">'
        "<timerEventDefinition><timeDate>d</timeDate></timerEventDefinition></boundaryEvent>"
    )
    assert read_diagram(process(edge)).elements["t"].cancel_activity is meant


def test_a_nested_lane_names_its_elements() -> None:
    lanes = (
        '<laneSet id="l1"><lane id="o" name="outer"><flowNodeRef>a</flowNodeRef><childLaneSet>'
        '<lane id="i" name="inner"><flowNodeRef>a</flowNodeRef></lane></childLaneSet></lane>'
        "</laneSet>"
    )
    assert read_diagram(process(lanes)).elements["a"].lane == "inner"


def test_properties_are_read_by_name() -> None:
    element = read_diagram(process("")).elements["a"]
    assert element.properties == {"candidates": "starter"}


XXE = b"""<?xml version="1.0"?>
<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p" name="&e;" />
</definitions>"""
LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">
<!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;">
<!ENTITY g "&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;"><!ENTITY h "&g;&g;&g;&g;&g;&g;&g;&g;&g;&g;">]>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="&h;" /></definitions>
"""
OUTSIDE = b"""<!DOCTYPE d SYSTEM "http://example.invalid/bpmn.dtd">
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" />"""


@pytest.mark.parametrize("bpmn", [XXE, LAUGHS, OUTSIDE], ids=["entity", "laughs", "outside"])
def test_a_document_type_is_refused_by_name(bpmn: bytes) -> None:
    with pytest.raises(UnreadableDiagram, match="document type"):
        read_diagram(bpmn)


def test_a_document_type_in_another_coding_is_refused_too() -> None:
    text = XXE.decode().replace('version="1.0"', 'version="1.0" encoding="utf-16"')
    with pytest.raises(UnreadableDiagram, match="document type"):
        read_diagram(text.encode("utf-16"))


def test_xml_that_is_not_well_formed_names_the_line() -> None:
    with pytest.raises(UnreadableDiagram) as caught:
        read_diagram(b"<definitions>\n<process>\n</definitions>")
    assert caught.value.parts["line"] == 3


@pytest.mark.parametrize(
    ("bpmn", "reason"),
    [
        (b"", "not well-formed"),
        (b"\x00\x01", "not well-formed"),
        (b"<html />", "not BPMN"),
        (b" " * (5 * 1024 * 1024 + 1), "too large"),
        (wrap("<process>" * 80 + "</process>" * 80), "nested too deeply"),
        (process("".join(f'<userTask id="u{n}" />' for n in range(2001))), "too many elements"),
    ],
    ids=["empty", "binary", "html", "large", "deep", "many"],
)
def test_what_cannot_be_read_is_refused_with_the_reason(bpmn: bytes, reason: str) -> None:
    with pytest.raises(UnreadableDiagram, match=reason):
        read_diagram(bpmn)


def test_a_black_box_pool_beside_the_process_is_only_a_picture() -> None:
    pools = (
        '<collaboration id="c"><participant id="p1" processRef="p" /><participant id="p2" />'
        "</collaboration>"
    )
    assert check(process("", pools)) == []


@pytest.mark.parametrize(
    "path",
    sorted((Path(__file__).parents[3] / "processes").glob("*/process.bpmn")),
    ids=lambda path: path.parent.name,
)
def test_the_processes_we_ship_have_no_errors(path: Path) -> None:
    assert [one for one in check(path.read_bytes()) if one.severity is Severity.ERROR] == []


def test_a_multi_instance_activity_is_read_as_editors_write_it() -> None:
    loop = (
        '<multiInstanceLoopCharacteristics isSequential="true"><extensionElements />'
        "<loopDataInputRef>= visitors[active]</loopDataInputRef>"
        '<inputDataItem id="d" name="visitor" />'
        '<completionCondition xsi:type="tFormalExpression" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">=number of completed instances &gt; 1'
        "</completionCondition></multiInstanceLoopCharacteristics>"
    )
    element = read_diagram(user_task(loop)).elements["a"]
    assert element.loop == Loop(
        sequential=True,
        collection="visitors[active]",
        item="visitor",
        until="number of completed instances > 1",
    )


def test_a_message_is_read_by_its_name() -> None:
    diagram = read_diagram(draw("start s", "receive r", "message m", "end e", "s > r > m > e"))
    assert problems(diagram) == []
    events = [diagram.elements[name].event for name in "rm"]
    assert [(e.kind, e.message) for e in events if e] == [("message", "m_r"), ("message", "m_m")]
    assert diagram.gateway_before(diagram.elements["m"]) is None
