"""Every calculated row of docs/sign-off.md, and that deciding early never decides otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InvalidPackage
from engine.sign_off import Rule, SignOff, Tally, Verdict, verdict
from tests.engine.sign_off_page import rows

KINDS = {"+": "positive", "-": "negative", "o": "abstain", "!": "negative"}
RESULTS = {
    "agreed": Verdict.PASSED,
    "refused": Verdict.REFUSED,
    "no quorum": Verdict.NO_QUORUM,
    "open": None,
}
CALCULATED = [row for row in rows() if len(row) == 7]


@pytest.mark.parametrize("row", CALCULATED, ids=lambda row: f"{row[0]}: {row[1]}")
def test_every_row_of_the_documentation_holds(row):
    _, _, attributes, entitled, votes, deadline, result = row
    sign_off = SignOff.parse(dict(re.findall(r'(\w+)="([^"]*)"', attributes)), "vote")
    tally = Tally(int(entitled))
    for vote in votes.strip("`"):
        if vote == "x":
            tally = tally.leave(counted=sign_off.leavers_count)
        else:
            tally = tally.vote(KINDS[vote], veto=vote == "!")
    assert verdict(sign_off, tally, deadline=deadline == "passed") == RESULTS[result]


def test_the_documentation_has_rows_for_every_rule_and_every_result():
    assert len(CALCULATED) > 50
    assert {row[6] for row in CALCULATED} == set(RESULTS)
    text = " ".join(row[2] for row in CALCULATED)
    assert {rule for rule in Rule if f'rule="{rule}"' in text} == set(Rule)


# --- deciding early -------------------------------------------------------------------------------

SHARES = st.sampled_from([Fraction(n, d) for d in range(1, 7) for n in range(d + 1)])


@st.composite
def sign_offs(draw: Any) -> SignOff:
    share, included = draw(SHARES), draw(st.booleans())
    if share == (0 if included else 1):
        share = Fraction(1, 2)
    return SignOff(
        rule=draw(st.sampled_from(Rule)),
        of=draw(st.sampled_from(["entitled", "present"])),
        threshold=share,
        threshold_included=included,
        quorum=draw(st.none() | SHARES),
        wait=draw(st.sampled_from(["early", "all", "deadline"])),
        abstain=draw(st.sampled_from(["counts", "ignored", "refused"])),
    )


@st.composite
def tallies(draw: Any) -> Tally:
    entitled = draw(st.integers(1, 7))
    votes = draw(st.lists(st.sampled_from("+-o!x"), max_size=entitled))
    tally = Tally(entitled)
    for vote in votes:
        left = vote == "x"
        tally = tally.leave(counted=True) if left else tally.vote(KINDS[vote], veto=vote == "!")
    return tally


def completions(sign_off: SignOff, tally: Tally, votes: int) -> Iterator[Tally]:
    """Every way in which so many more votes may fall."""
    kinds = ["positive", "negative"] + ["abstain"] * (sign_off.abstain != "refused")
    for more in combinations_with_replacement(kinds, votes):
        result = tally
        for vote in more:
            result = result.vote(vote)
        yield result


@given(sign_offs(), tallies())
@settings(max_examples=250, deadline=None)
def test_deciding_early_never_differs_from_deciding_after_all_votes(sign_off, tally):
    early = verdict(sign_off, tally)
    finally_ = {verdict(sign_off, one) for one in completions(sign_off, tally, tally.remaining)}
    assert None not in finally_
    if early is not None:
        assert finally_ == {early}


@given(sign_offs(), tallies())
@settings(max_examples=250, deadline=None)
def test_a_share_decided_early_stands_even_when_some_stay_away_until_the_deadline(sign_off, tally):
    early = verdict(sign_off, tally)
    if early is None or sign_off.rule is not Rule.RATIO or sign_off.of == "present":
        return
    for votes in range(tally.remaining + 1):
        for one in completions(sign_off, tally, votes):
            assert verdict(sign_off, one, deadline=True) == early


@given(sign_offs(), tallies())
@settings(max_examples=250, deadline=None)
def test_without_a_quorum_the_matter_is_decided_as_soon_as_no_vote_can_change_it(sign_off, tally):
    if sign_off.wait != "early" or sign_off.quorum is not None:
        return
    finally_ = {verdict(sign_off, one) for one in completions(sign_off, tally, tally.remaining)}
    assert (verdict(sign_off, tally) is None) == (len(finally_) > 1)


@given(sign_offs(), tallies())
@settings(max_examples=100, deadline=None)
def test_at_the_deadline_everything_is_decided(sign_off, tally):
    assert verdict(sign_off, tally, deadline=True) is not None


@given(sign_offs(), tallies())
@settings(max_examples=100, deadline=None)
def test_one_more_agreement_never_turns_agreed_into_refused(sign_off, tally):
    if tally.remaining and verdict(sign_off, tally, deadline=True) is Verdict.PASSED:
        assert verdict(sign_off, tally.vote("positive"), deadline=True) is Verdict.PASSED


@pytest.mark.parametrize(
    "attributes",
    [
        {"rule": "most"},
        {"threshold": "half"},
        {"threshold": "1/2"},
        {"threshold": "< 1/2"},
        {"threshold": "> 3/2"},
        {"threshold": ">= 0"},
        {"threshold": "> 1"},
        {"threshold": "> 1/0"},
        {"quorum": "many"},
        {"quorum": "2"},
        {"minimum": "0"},
        {"minimum": "-1"},
        {"minimum": "few"},
        {"of": "all"},
        {"wait": "never"},
        {"abstain": "maybe"},
        {"form": "none"},
        {"votes": "secret"},
        {"leavers": "forgotten"},
    ],
    ids=str,
)
def test_a_sign_off_that_cannot_be_read_names_its_element(attributes):
    with pytest.raises(InvalidPackage, match="the_vote"):
        SignOff.parse(attributes, "the_vote")
