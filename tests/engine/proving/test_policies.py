"""What must be passed before something: every way holds it, or the shortest one that does not is told."""

from __future__ import annotations

import pytest

from tests.engine.proving.policed import ENDS, GATE, broken, told
from tests.engine.proving.small import (
    each,
    package,
    people,
    plain,
    scope,
    service,
    timer,
    times,
)

PASSES = 'id = "p"\nwhy = "w"\nbefore = "pay"\npasses = [["decide"]]'
IN_ORDER = 'id = "p"\nwhy = "w"\nbefore = "pay"\npasses = [["write"], ["decide"]]\nin_order = true'


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


def test_too_much_to_look_at_is_said_and_not_taken_for_a_proof(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("engine.proving.policies.MOST_MARKINGS", 2)
    (found,) = broken(package(people("decide") + GATE + ENDS, asked(), PASSES))
    assert (found.rule, found.severity) == ("policy_not_proved", "warning")
