"""How several people decide one task: the rules, as one pure function over counters.

Every row of docs/sign-off.md is a case of `verdict`. A task keeps only its counters, so that a vote
among 5,000 costs what a vote among five does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from engine.errors import InvalidPackage


class Rule(StrEnum):
    """Who must agree."""

    SINGLE = "single"  #: one person decides
    ALL = "all"  #: everyone; one refusal decides against
    ANY = "any"  #: the first agreement decides for; refused when everyone refused
    RATIO = "ratio"  #: a share of agreeing votes
    SEQUENCE = "sequence"  #: one after the other; one refusal ends it


class Verdict(StrEnum):
    """What the votes so far amount to."""

    PASSED = "positive"
    REFUSED = "negative"
    NO_QUORUM = "no_quorum"


@dataclass(frozen=True, slots=True)
class Tally:
    """Counters of a sign-off. `entitled` counts those who were asked and have not been removed."""

    entitled: int
    positive: int = 0
    negative: int = 0
    abstain: int = 0
    #: Refusals, among the negative ones, that decide whatever the others say.
    vetoes: int = 0
    #: Those who count although they have left and will not vote.
    absent: int = 0
    #: 1 where some are asked after others, so that a vote may open the matter to the next.
    chained: int = 0

    @property
    def cast(self) -> int:
        """How many have voted, abstentions included: those present."""
        return self.positive + self.negative + self.abstain

    @property
    def remaining(self) -> int:
        """How many may still vote."""
        return self.entitled - self.cast - self.absent

    def vote(self, kind: str, *, veto: bool = False, times: int = 1) -> Tally:
        """The tally with one more vote of a kind (positive, negative, abstain), or `times` -1: one less."""
        vetoes = self.vetoes + times if veto else self.vetoes
        return replace(self, vetoes=vetoes, **{kind: getattr(self, kind) + times})

    def leave(self, *, counted: bool) -> Tally:
        """The tally after somebody left who had not voted; `counted`: as one who stays away."""
        if counted:
            return replace(self, absent=self.absent + 1)
        return replace(self, entitled=self.entitled - 1)

    def counts(self) -> dict[str, int]:
        """For people and the record: the four that always are, the others where there are any."""
        found = {
            "entitled": self.entitled,
            "positive": self.positive,
            "negative": self.negative,
            "abstain": self.abstain,
        }
        return found | {k: v for k in ("vetoes", "absent") if (v := getattr(self, k))}

    def as_dict(self) -> dict[str, int]:
        """For the task's row."""
        return self.counts() | ({"chained": 1} if self.chained else {})


@dataclass(frozen=True, slots=True)
class SignOff:
    """The sign-off of a step, as the diagram states it."""

    rule: Rule = Rule.SINGLE
    #: FEEL for the signers' ids; empty: everyone who holds the candidates' roles.
    signers: str = ""
    minimum: int = 1
    of: str = "entitled"
    threshold: Fraction = Fraction(1, 2)
    #: True for `>=`, False for `>`.
    threshold_included: bool = False
    quorum: Fraction | None = None
    wait: str = "early"
    abstain: str = "counts"
    no_quorum: str = ""
    form_each: bool = False
    #: True: a voter may take the own vote back while the matter is open.
    changeable: bool = False
    #: `role @ place, …`: a refusal by one of these decides against, whatever the others say.
    veto: str = ""
    #: True: who leaves before voting still counts, as one who stays away.
    leavers_count: bool = False

    @property
    def several(self) -> bool:
        """True when more than one person may sign."""
        return self.rule is not Rule.SINGLE

    @property
    def ends_at_deadline(self) -> bool:
        """True when the due date decides; otherwise it only says when people should have signed."""
        return self.several and (self.wait == "deadline" or bool(self.no_quorum))

    @property
    def counted(self) -> bool:
        """True where votes are weighed against each other, so that nobody's vote must be there."""
        return self.rule in (Rule.ANY, Rule.RATIO)

    @classmethod
    def parse(cls, attributes: Mapping[str, object], element: str) -> SignOff:
        """Read the attributes of `gongban:signOff`; raise `InvalidPackage` naming the element."""

        def text(name: str, default: str = "") -> str:
            value = attributes.get(name)
            return default if value is None else str(value)

        def one_of(name: str, default: str, *allowed: str) -> str:
            value = text(name, default)
            if value not in allowed:
                raise InvalidPackage(
                    f"{element}: sign-off {name} is {value!r}; it may be {', '.join(allowed)}"
                )
            return value

        threshold, included = _threshold(text("threshold", "> 1/2"), element)
        quorum = text("quorum")
        minimum = text("minimum", "1")
        if not minimum.isdigit() or int(minimum) < 1:
            raise InvalidPackage(f"{element}: sign-off minimum must be a whole number from 1")
        return cls(
            rule=Rule(one_of("rule", "single", *Rule)),
            signers=text("signers"),
            minimum=int(minimum),
            of=one_of("of", "entitled", "entitled", "present"),
            threshold=threshold,
            threshold_included=included,
            quorum=_fraction(quorum, element) if quorum else None,
            wait=one_of("wait", "early", "early", "all", "deadline"),
            abstain=one_of("abstain", "counts", "counts", "ignored", "refused"),
            no_quorum=text("no_quorum"),
            form_each=one_of("form", "shared", "shared", "each") == "each",
            changeable=one_of("votes", "final", "final", "changeable") == "changeable",
            veto=text("veto"),
            leavers_count=one_of("leavers", "dropped", "dropped", "counted") == "counted",
        )


#: What becomes of a single decision when its holder asks others to sign, too.
WIDENED = SignOff(rule=Rule.ALL)


def verdict(sign_off: SignOff, tally: Tally, *, deadline: bool = False) -> Verdict | None:
    """What the votes decide now, or None while the matter is open.

    `deadline` is True once the time for voting has passed: those who have not voted will not.
    """
    closed = deadline or tally.remaining == 0
    if sign_off.wait == "deadline" and not deadline and tally.remaining:
        return None
    if sign_off.wait == "all" and not closed:
        return None
    if tally.vetoes:
        return Verdict.REFUSED
    heard = closed and not _one_vote_decides(sign_off, tally)
    if heard and _misses_quorum(sign_off, tally, tally.cast):
        return Verdict.NO_QUORUM
    if sign_off.rule in (Rule.ALL, Rule.SEQUENCE):
        if tally.negative or tally.absent:
            return Verdict.REFUSED
        if not closed:
            return None
        # An abstention is no refusal, but nobody agreeing is no agreement either; and under a deadline
        # "everyone" means everyone: silence is not consent.
        everyone = tally.remaining == 0 and tally.positive > 0
        return Verdict.PASSED if everyone else Verdict.REFUSED
    if sign_off.rule in (Rule.ANY, Rule.SINGLE):
        if tally.positive:
            return Verdict.PASSED
        return Verdict.REFUSED if closed else None
    return _ratio(sign_off, tally, closed)


def _one_vote_decides(sign_off: SignOff, tally: Tally) -> bool:
    """True where a single vote decides at once, so that it never came to a quorum."""
    if sign_off.wait != "early" or sign_off.rule is Rule.RATIO:
        return False
    if sign_off.rule in (Rule.ALL, Rule.SEQUENCE):
        return bool(tally.negative or tally.absent)
    return tally.positive > 0


def is_certain(sign_off: SignOff, tally: Tally) -> bool:
    """True when the votes are only waited for, and more voters could turn what they already decide."""
    if sign_off.rule is not Rule.RATIO or tally.vetoes:
        return False
    return verdict(replace(sign_off, wait="early"), tally) is not None


def _ratio(sign_off: SignOff, tally: Tally, closed: bool) -> Verdict | None:
    """Decide as soon as no remaining vote can change the result."""
    left = 0 if closed else tally.remaining
    # The extremes bound everything between: all who are left refuse, or all agree.
    worst = replace(tally, negative=tally.negative + left)
    best = replace(tally, positive=tally.positive + left)
    if not _reaches(sign_off, best):
        # Refused whatever comes, unless too few come for it to count.
        if not closed and _misses_quorum(sign_off, tally, tally.cast):
            return None
        return Verdict.REFUSED
    if _reaches(sign_off, worst):
        # Agreement by those who stayed away cannot be assumed: the quorum must already be there.
        if _misses_quorum(sign_off, tally, tally.cast):
            return None
        return Verdict.PASSED
    return None


def _reaches(sign_off: SignOff, tally: Tally) -> bool:
    base = tally.entitled if sign_off.of == "entitled" else tally.cast
    if sign_off.abstain == "ignored":
        base -= tally.abstain
    if base <= 0:
        return False
    share = Fraction(tally.positive, base)
    return (
        share >= sign_off.threshold if sign_off.threshold_included else share > sign_off.threshold
    )


def _misses_quorum(sign_off: SignOff, tally: Tally, present: int) -> bool:
    return sign_off.quorum is not None and present < sign_off.quorum * tally.entitled


def _threshold(text: str, element: str) -> tuple[Fraction, bool]:
    match = re.fullmatch(r"\s*(>=|≥|>)\s*(\S+)\s*", text)
    if not match:
        raise InvalidPackage(
            f"{element}: sign-off threshold {text!r} must say > or >= and a fraction, e.g. '> 1/2'"
        )
    share, included = _fraction(match[2], element), match[1] != ">"
    if share == (0 if included else 1):
        # It would decide before anybody has voted.
        raise InvalidPackage(f"{element}: every vote, or none, reaches the threshold {text!r}")
    return share, included


def _fraction(text: str, element: str) -> Fraction:
    try:
        value = Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise InvalidPackage(f"{element}: {text!r} is not a fraction such as 2/3") from None
    if not 0 <= value <= 1:
        raise InvalidPackage(f"{element}: the share {text!r} must lie between 0 and 1")
    return value
