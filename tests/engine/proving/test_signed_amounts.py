"""A person who sees the amount signs it on every way, or the shortest one without is told."""

from __future__ import annotations

from engine.catalog.package import Package
from tests.engine.proving.policed import ENDS, GATE, broken, told
from tests.engine.proving.small import (
    decision,
    package,
    people,
)

SIGNED = 'id = "p"\nwhy = "w"\nbefore = "pay"\nsigned = "amount_fen"'
AMOUNT = {"type": "money", "key": "amount_fen", "label": "Amount"}


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
