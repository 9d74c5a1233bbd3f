"""Policies: every way holds them, or the shortest one that does not is told."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest

from engine.catalog.check import check, unexplained
from engine.catalog.definition import compile_definition
from engine.catalog.package import Package
from engine.proving.policies import problems
from schemas.finding import Finding
from tests.engine.proving.small import (
    decision,
    each,
    package,
    people,
    plain,
    scope,
    service,
    timer,
    times,
)

PROCESSES = Path(__file__).resolve().parents[3] / "processes"
PASSES = 'id = "p"\nwhy = "w"\nbefore = "pay"\npasses = [["decide"]]'
IN_ORDER = 'id = "p"\nwhy = "w"\nbefore = "pay"\npasses = [["write"], ["decide"]]\nin_order = true'
SIGNED = 'id = "p"\nwhy = "w"\nbefore = "pay"\nsigned = "amount_fen"'
AMOUNT = {"type": "money", "key": "amount_fen", "label": "Amount"}
GATE = plain("exclusiveGateway", "gate")
ENDS = service("pay") + plain("endEvent", "end")


def broken(made: Package) -> list[Finding]:
    return list(problems(compile_definition(made)))


def told(found: list[Finding]) -> list[str]:
    (one,) = found
    return [step.text.partition(";")[0] for step in one.steps]


def asked(condition: str = 'outcomes.decide = "yes"') -> str:
    return f"""
        apply > decide
        decide > gate
        gate > pay [{condition}]
        gate > end default
        pay > end
    """


def test_what_is_asked_and_agreed_before_is_passed():
    assert broken(package(people("decide") + GATE + ENDS, asked(), PASSES)) == []


def test_who_refuses_has_not_passed_it_although_they_decided():
    made = package(people("decide") + ENDS, "apply > decide\ndecide > pay\npay > end", PASSES)
    assert told(broken(made)) == ["The case begins", "decide is done with the outcome No"]


@pytest.mark.parametrize(
    "condition",
    ['outcomes.decide != "yes"', 'outcomes.decide in ("yes", "no")', "amount_fen > 5", "true"],
)
def test_a_condition_that_lets_a_refusal_through_is_found(condition):
    found = broken(package(people("decide") + GATE + ENDS, asked(condition), PASSES))
    assert told(found)[-1] == "decide is done with the outcome No"


@pytest.mark.parametrize(
    "condition",
    [
        'outcomes.decide = "yes" and amount_fen > 5',
        'not(outcomes.decide != "yes")',
        'outcomes.decide in (["yes"])',
        '"yes" = outcomes.decide',
    ],
)
def test_conditions_are_understood_as_far_as_they_ask_for_outcomes(condition):
    assert broken(package(people("decide") + GATE + ENDS, asked(condition), PASSES)) == []


def test_the_latest_decision_counts():
    ways = """
        apply > decide
        decide > again
        again > gate
        gate > decide [outcomes.again = "no"]
        gate > pay [outcomes.decide = "yes"]
        gate > end default
        pay > end
    """
    made = package(people("decide") + people("again") + GATE + ENDS, ways, PASSES)
    assert broken(made) == []


def test_a_way_around_is_found_with_the_outcome_that_leads_there():
    ways = """
        apply > look
        look > gate
        gate > decide [outcomes.look = "yes"]
        gate > pay default
        decide > second
        second > pay2 [outcomes.decide = "yes"]
        second > end default
        pay2 > end
        pay > end
    """
    body = people("look") + people("decide") + GATE + plain("exclusiveGateway", "second")
    made = package(body + service("pay2") + ENDS, ways, PASSES)
    (found,) = broken(made)
    assert (found.rule, found.severity, found.element) == ("policy_bypassed", "error", "pay")
    assert found.trace == ("apply", "look", "pay")
    assert found.steps[-1].flows == ("look__gate", "gate__pay")
    assert found.steps[-1].tokens == ("pay",)


def test_a_deadline_on_the_edge_of_the_decision_is_a_way_around_it():
    ways = (
        "apply > decide\ndecide > gate\nlate > pay\npay > end"
        + """
        gate > pay [outcomes.decide = "yes"]
        gate > end default"""
    )
    body = people("decide") + timer("late", "decide") + GATE + ENDS
    assert told(broken(package(body, ways, PASSES)))[-1] == "The time of late has come"


def test_a_decision_asked_for_again_and_not_given_counts_no_more():
    ways = """
        apply > decide
        decide > gate
        gate > check [outcomes.decide = "yes"]
        gate > end default
        check > decide2
        decide2 > end
    """
    body = people("decide") + people("check") + GATE + people("decide2") + plain("endEvent", "end")
    policy = PASSES.replace('"pay"', '"decide2"')
    assert broken(package(body, ways, policy)) == []
    # Now the second visit may be left by its deadline: the first one's agreement is not this one's.
    ways = """
        apply > decide
        decide > gate
        late > second
        gate > decide [outcomes.check = "no"]
        gate > check [outcomes.decide = "yes"]
        gate > end default
        check > gate2
        gate2 > decide [outcomes.check = "no"]
        gate2 > end default
        second > pay [outcomes.decide = "yes"]
        second > end default
        pay > end
    """
    gates = GATE + plain("exclusiveGateway", "gate2", "second")
    body = people("decide") + timer("late", "decide") + people("check") + gates + ENDS
    assert "The time of late has come" in told(broken(package(body, ways, PASSES)))


@pytest.mark.parametrize("join", ["parallelGateway", "exclusiveGateway"])
def test_branches_side_by_side_are_waited_for_only_where_they_join(join):
    ways = """
        apply > fork
        fork > decide
        fork > look
        decide > gate
        gate > join [outcomes.decide = "yes"]
        gate > refused default
        look > join
        join > pay
        pay > end
    """
    body = plain("parallelGateway", "fork") + people("decide") + people("look") + GATE
    body += plain(join, "join")
    body += '<bpmn:endEvent id="refused"><bpmn:terminateEventDefinition id="t" /></bpmn:endEvent>'
    found = broken(package(body + ENDS, ways, PASSES))
    assert bool(found) is (join == "exclusiveGateway")
    if found:
        assert told(found) == ["The case begins", "look is done with the outcome Yes"]


def test_a_sub_process_is_gone_through():
    inner = scope(
        "block",
        plain("startEvent", "begin"),
        people("decide"),
        plain("endEvent", "done"),
        '<bpmn:sequenceFlow id="i" sourceRef="begin" targetRef="decide" />',
        '<bpmn:sequenceFlow id="o" sourceRef="decide" targetRef="done" />',
    )
    assert (
        broken(
            package(
                inner + GATE + ENDS,
                asked().replace("> decide", "> block").replace("decide >", "block >"),
                PASSES,
            )
        )
        == []
    )
    (found,) = broken(package(inner + ENDS, "apply > block\nblock > pay\npay > end", PASSES))
    assert found.trace == ("apply", "decide", "pay")


def test_an_empty_list_of_deciders_decides_nothing():
    loop = each("deciders")
    body = people("decide", inner=loop) + ENDS
    forms = {
        "decide": [
            {
                "type": "persons",
                "key": "deciders",
                "label": "D",
                "properties": {"candidates": "clerk @ root"},
            }
        ]
    }
    made = package(body, "apply > decide\ndecide > pay\npay > end", PASSES, forms=forms)
    assert told(broken(made)) == ["The case begins"]


def test_so_many_deciders_as_are_written_decide():
    done = 'id = "p"\nwhy = "w"\nbefore = "pay"\npasses = [["decide:yes", "decide:no"]]'
    ways = "apply > decide\ndecide > pay\npay > end"
    assert broken(package(people("decide", inner=times("3")) + ENDS, ways, done)) == []
    found = broken(package(people("decide", inner=times("value_fen")) + ENDS, ways, done))
    assert told(found) == ["The case begins"]


def test_one_refusal_of_several_is_not_outweighed_by_the_next():
    loop = each("deciders", sequential=True)
    ways = """
        apply > look
        look > decide
        decide > gate
        gate > pay [outcomes.decide = "yes"]
        gate > end default
        pay > end
    """
    body = people("look") + people("decide", inner=loop) + GATE + ENDS
    forms = {
        "look": [
            {
                "type": "persons",
                "key": "deciders",
                "label": "D",
                "properties": {"candidates": "clerk @ root"},
            }
        ]
    }
    found = broken(package(body, ways, PASSES, forms=forms))
    # The latest outcome outside is the last one's.
    assert told(found)[-2:] == [
        "decide is done with the outcome No",
        "decide is done with the outcome Yes",
    ]


# --- in order -----------------------------------------------------------------------------------------


def test_what_is_decided_again_after_a_change_keeps_the_order():
    ways = """
        apply > write
        write > decide
        decide > check
        check > gate
        gate > write [outcomes.check = "no"]
        gate > pay [outcomes.decide = "yes" and outcomes.write = "yes"]
        gate > end default
        pay > end
    """
    body = people("write") + people("decide") + people("check") + GATE + ENDS
    assert broken(package(body, ways, IN_ORDER)) == []


def test_what_is_changed_after_the_decision_breaks_the_order():
    ways = """
        apply > write
        write > gate
        gate > decide [outcomes.decide != "yes"]
        gate > pay [outcomes.write = "yes"]
        gate > end default
        decide > check
        check > second
        second > write [outcomes.check = "no"]
        second > pay [outcomes.decide = "yes" and outcomes.write = "yes"]
        second > end default
        pay > end
    """
    body = people("write") + people("decide") + people("check") + GATE
    body += plain("exclusiveGateway", "second") + ENDS
    anywhere = IN_ORDER.replace("in_order = true", "")
    assert broken(package(body, ways, anywhere)) == []
    found = broken(package(body, ways, IN_ORDER))
    assert told(found)[-2:] == [
        "check is done with the outcome No",
        "write is done with the outcome Yes",
    ]


# --- signatures ---------------------------------------------------------------------------------------


def computed(sign: str, *more: str, **form: object) -> Package:
    ways = f"""
        apply > compute
        compute > {sign}
        {sign} > gate
        gate > pay [outcomes.{sign} = "yes"]
        gate > end default
        pay > end
    """
    body = decision("compute", "amount_fen") + people(sign, *more) + GATE + ENDS
    return package(body, ways, SIGNED, forms={sign: [form] if form else []})


def test_who_sees_the_amount_and_agrees_signs_it():
    shown = {"type": "text", "text": "It is {{ amount_fen / 100 }} yuan."}
    assert broken(computed("sign", **shown)) == []
    assert broken(computed("sign", **AMOUNT)) == []


def test_who_does_not_see_the_amount_signs_nothing():
    (found,) = broken(computed("sign", type="text", text="Agree?"))
    assert (found.rule, found.trace[-1]) == ("policy_unsigned", "pay")


def test_an_amount_that_may_be_hidden_is_not_seen():
    assert broken(computed("sign", **AMOUNT, conditional={"hide": "=item = null"}))


def test_an_amount_computed_again_after_the_signature_is_unsigned():
    ways = """
        apply > sign
        sign > gate
        gate > compute [outcomes.sign = "yes"]
        gate > end default
        compute > pay
        pay > end
    """
    body = people("sign") + decision("compute", "amount_fen") + GATE + ENDS
    found = broken(package(body, ways, SIGNED, forms={"sign": [AMOUNT]}))
    assert told(found)[-1] == "compute is done"


def test_the_applicants_own_word_is_no_signature():
    made = computed("sign", **AMOUNT)
    drawn = made.files["process.bpmn"].replace(b"clerk @ applicant.unit", b"starter")
    assert broken(Package({**made.files, "process.bpmn": drawn}))


def test_nobody_signs_by_letting_time_pass_or_by_having_agreed_elsewhere():
    ladder = (
        '<gongban:ladder><gongban:rung at="opened + duration(&quot;P1D&quot;)" do="decide" outcome="yes" />'
        "</gongban:ladder>"
    )
    (found,) = broken(computed("sign", ladder, **AMOUNT))
    assert (found.rule, found.element) == ("automatic_approval", "sign")
    made = computed("sign", **AMOUNT)
    drawn = made.files["process.bpmn"].replace(
        b'name="candidates"',
        b'name="skip_repeated" value="any" /><spiffworkflow:property name="candidates"',
    )
    (found,) = broken(Package({**made.files, "process.bpmn": drawn}))
    assert (found.rule, found.element) == ("skip_impossible", "sign")


# --- durations ----------------------------------------------------------------------------------------


def lasting(days: str, lasts: int = 5) -> Package:
    arguments = {
        "with_title": '"t"',
        "with_scope": '"unit"',
        "with_items": "{}",
        "with_days": days,
        "with_include_start_day": "true",
        "with_phone": '"1"',
        "into": "notice",
    }
    policy = f'id = "p"\nwhy = "w"\nelement = "publish"\nlasts = "at least {lasts} working days"'
    body = decision("period", "period") + service("publish", "notice.publish", **arguments)
    ways = "apply > period\nperiod > publish\npublish > end"
    return package(body + plain("endEvent", "end"), ways, policy)


@pytest.mark.parametrize(
    "days", ["5", "max(5, class)", "max(x, 7)", "if item = null then 5 else 9"]
)
def test_a_length_that_can_be_read_is_proved(days):
    assert broken(lasting(days)) == []


@pytest.mark.parametrize("days", ["4", "min(4, 9)", "if item = null then 5 else 4"])
def test_a_length_that_may_be_too_short_is_an_error(days):
    (found,) = broken(lasting(days))
    assert (found.rule, found.element) == ("policy_too_short", "publish")
    assert "may last 4 working days, not 5" in found.message


@pytest.mark.parametrize("days", ["value_fen", "2 + 3", "period"])
def test_a_length_that_cannot_be_read_is_said_to_be_not_proved(days):
    (found,) = broken(lasting(days))
    assert (found.rule, found.severity) == ("policy_not_proved", "warning")


def test_a_table_that_answers_too_little_is_shown_with_its_cell():
    made = lasting("period")
    table = made.files["class.dmn"].replace(b'"S"', b"6").replace(b'"L"', b"3")
    table = table.replace(b'id="out" typeRef="string"', b'id="out" typeRef="number"')
    (found,) = broken(Package({**made.files, "class.dmn": table}))
    assert (found.rule, found.file, found.element) == ("policy_too_short", "class.dmn", "class")
    assert [(cell.row, cell.column) for cell in found.cells] == [(2, 2)]


def test_a_table_of_which_the_case_asks_only_some_rules_answers_by_those():
    made = lasting("period")
    table = made.files["class.dmn"].replace(b'"S"', b"6").replace(b'"L"', b"3")
    table = table.replace(b'id="out" typeRef="string"', b'id="out" typeRef="number"')
    field = {"type": "expression", "id": "v", "key": "value_fen", "expression": "=500"}
    form = {"schemaVersion": 18, "type": "default", "id": "apply", "components": [field]}
    files = {"class.dmn": table, "forms/apply.json": json.dumps(form).encode()}
    assert broken(Package({**made.files, **files})) == []


# --- how far it is looked -----------------------------------------------------------------------------


def test_too_much_to_look_at_is_said_and_not_taken_for_a_proof(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("engine.proving.policies.MOST_MARKINGS", 2)
    (found,) = broken(package(people("decide") + GATE + ENDS, asked(), PASSES))
    assert (found.rule, found.severity) == ("policy_not_proved", "warning")


# --- the package that pays ----------------------------------------------------------------------------


def flow(source: str, target: str) -> str:
    return f'sourceRef="{source}" targetRef="{target}"'


@pytest.fixture(scope="module")
def shipped() -> Package:
    return Package.from_folder(PROCESSES / "illness_aid")


def changed(made: Package, *changes: tuple[str, str]) -> Package:
    drawn = re.sub(
        r"<bpmn:(incoming|outgoing)>.*?</bpmn:\1>", "", made.files["process.bpmn"].decode()
    )
    for old, new in changes:
        assert drawn.count(old) == 1, old
        drawn = drawn.replace(old, new)
    return Package({**made.files, "process.bpmn": drawn.encode()})


def test_every_way_of_the_package_shipped_holds_its_policies(shipped):
    assert broken(shipped) == []
    assert unexplained(check(shipped)) == []


MUTATIONS = {
    "money that was short is paid without a notice": (
        "policy_bypassed",
        "公示结束",
        [(flow("shortage_gate", "reserve_fund"), flow("shortage_gate", "finance_check"))],
    ),
    "a way leads around the vote": (
        "policy_bypassed",
        "委员会研究表决",
        [(flow("ineligible_gate", "name_investigators"), flow("ineligible_gate", "zh_accept"))],
    ),
    "who is refused is paid all the same": (
        "policy_bypassed",
        "主席办公会表决",
        [('outcomes.zh_vote = "agree"', 'outcomes.zh_vote != "abstain"')],
    ),
    "a second round goes past the signatures of the unit": (
        "policy_bypassed",
        "单位党组织签署",
        [(flow("again_gate", "unit_vote"), flow("again_gate", "zh_accept"))],
    ),
    "the amount is computed anew after it was signed": (
        "policy_unsigned",
        "approved_amount_fen",
        [
            (flow("finance_gate", "pay"), flow("finance_gate", "fix_again")),
            (
                '<bpmn:serviceTask id="pay" name="银行转账">',
                decision("fix_again", "approved_amount_fen").replace('"class"', '"final_amount"')
                + '<bpmn:sequenceFlow id="fix_again__pay" sourceRef="fix_again" targetRef="pay" />'
                + '<bpmn:serviceTask id="pay" name="银行转账">',
            ),
        ],
    ),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_what_is_drawn_wrongly_into_it_is_found_with_the_shortest_way(name, shipped):
    rule, missing, changes = MUTATIONS[name]
    found = [one for one in check(changed(shipped, *changes)) if one.severity == "error"]
    assert [one.rule for one in found if not one.rule.startswith("policy")] == []
    told_of = [one for one in found if one.rule == rule and missing in one.parts["missing"]]
    assert told_of, found
    assert all(one.steps and one.trace[-1] == one.element for one in found)


def test_an_approval_by_the_clock_is_refused(shipped):
    ladder = (
        '<gongban:rung at="add working hours(due, 1)" do="decide" outcome="agree" />'
        "</gongban:ladder>"
    )
    drawn = shipped.files["process.bpmn"].decode()
    at = drawn.index("</gongban:ladder>", drawn.index('<bpmn:userTask id="party_sign"'))
    drawn = drawn[:at] + ladder + drawn[at + len("</gongban:ladder>") :]
    facts = shipped.files["process.toml"].decode().replace('"party_sign", ', "")
    found = check(
        Package({**shipped.files, "process.bpmn": drawn.encode(), "process.toml": facts.encode()})
    )
    (one,) = [one for one in found if one.severity == "error"]
    assert (one.rule, one.element) == ("automatic_approval", "party_sign")
    assert "policy signed-by-the-unit asks for a person" in one.message


def test_a_shorter_notice_in_the_table_is_refused(shipped):
    path = "_shared/publicity_period.dmn"
    table = shipped.files[path].decode().replace("<text>5</text>", "<text>4</text>", 1)
    found = [
        one
        for one in check(Package({**shipped.files, path: table.encode()}))
        if one.severity == "error"
    ]
    assert [(one.rule, one.file, [tuple(cell) for cell in one.cells]) for one in found] == [
        ("policy_too_short", path, [(1, 3)])
    ]


def test_the_policies_of_a_large_package_are_proved_in_no_time(shipped):
    definition = compile_definition(shipped)
    before = time.perf_counter()
    assert list(problems(definition)) == []
    assert time.perf_counter() - before < 1
