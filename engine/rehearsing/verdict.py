"""What a version would have changed in one past case: the case told under both versions, and compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from engine.catalog.definition import Definition
from engine.engine import Engine
from engine.rehearsing.past import Past
from engine.rehearsing.walking import Kept, Walked, walk

#: What can be said of a case, in the order in which a page tells it.
STOPPED = "stopped"
REFUSED = "refused"
NOT_TAKEN = "not_taken"
OTHER_END = "other_end"
OTHER_WAY = "other_way"
ASKED_ANEW = "asked_anew"
COSTS_MORE = "costs_more"
COSTS_LESS = "costs_less"
LONGER = "longer"
SHORTER = "shorter"
SAME = "same"
UNTOLD = "untold"
KINDS = (
    STOPPED,
    REFUSED,
    NOT_TAKEN,
    OTHER_END,
    OTHER_WAY,
    ASKED_ANEW,
    COSTS_MORE,
    COSTS_LESS,
    LONGER,
    SHORTER,
    SAME,
    UNTOLD,
)
#: A difference in time smaller than this is none: a timer of days may fall some minutes apart.
_NO_TIME = timedelta(hours=1)


@dataclass
class Verdict:
    """What would have become of one case. `facts` are plain JSON: no value of a form is in it."""

    kinds: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    cost_fen: int = 0
    seconds: int = 0


def judge(
    engine: Engine, then: Definition, now: Definition, past: Past | None, kept: Kept
) -> Verdict:
    """Tell a case under the version it had and under another, and say how they differ.

    A case that cannot be told as it went, even under its own version, is said to be untold: what
    it would do under another says nothing.
    """
    if past is None:
        return _untold("no_end")
    if past.gaps:
        return _untold(past.gaps[0])
    before = walk(engine, then, past, kept)
    if before.stopped:
        return _untold("differs", element=before.stopped_at)
    if before.end_event != past.end_event or _people(then, before.way) != _people(then, past.way):
        return _untold("differs", element="")
    return _compared(then, now, before, walk(engine, now, past, kept, before=before))


def _untold(why: str, **facts: str) -> Verdict:
    return Verdict([UNTOLD], {"why": why, **facts})


def _people(definition: Definition, way: Iterable[str]) -> frozenset[str]:
    """The steps of people on a way. What a return undid and did again is on it once."""
    return frozenset(name for name in way if name in definition.steps)


def _compared(then: Definition, now: Definition, before: Walked, after: Walked) -> Verdict:
    verdict = Verdict()
    kinds, facts = verdict.kinds, verdict.facts
    if after.stopped:
        kinds.append(STOPPED)
        facts["stopped"] = {"why": after.stopped, "element": after.stopped_at}
    refused = [one for one in dict.fromkeys(after.not_taken) if one not in before.not_taken]
    if refused:
        kinds.append(NOT_TAKEN)
        facts["not_taken"] = [list(one) for one in refused]
    _ends(verdict, then, now, before, after)
    more, fewer = _elements(now, after) - _elements(then, before), _elements(then, before)
    fewer -= _elements(now, after)
    if after.stopped:
        # What lies behind the place where it stands still is not left out, but not come to.
        fewer = Counter()
    if more or fewer:
        kinds.append(OTHER_WAY)
        facts |= {"more": sorted(more), "fewer": sorted(fewer)}
    if after.asked_anew:
        kinds.append(ASKED_ANEW)
        facts["asked_anew"] = list(dict.fromkeys(after.asked_anew))
    if not after.stopped:
        _costs(verdict, before, after)
    if not kinds:
        kinds.append(SAME)
    kinds.sort(key=KINDS.index)
    return verdict


def _ends(
    verdict: Verdict, then: Definition, now: Definition, before: Walked, after: Walked
) -> None:
    if after.stopped or after.end_event == before.end_event:
        return
    verdict.kinds.append(OTHER_END)
    verdict.facts["ends"] = {"then": before.end_event, "now": after.end_event}
    if now.result_of(after.end_event) == REFUSED != then.result_of(before.end_event):
        verdict.kinds.append(REFUSED)


def _costs(verdict: Verdict, before: Walked, after: Walked) -> None:
    verdict.cost_fen = (after.amount_fen or 0) - (before.amount_fen or 0)
    if verdict.cost_fen:
        verdict.kinds.append(COSTS_MORE if verdict.cost_fen > 0 else COSTS_LESS)
        verdict.facts["amount"] = {"then": before.amount_fen, "now": after.amount_fen}
        if after.followed:
            verdict.facts["followed"] = list(dict.fromkeys(after.followed))
    longer = after.took - before.took
    if abs(longer) >= _NO_TIME:
        verdict.seconds = int(longer.total_seconds())
        verdict.kinds.append(LONGER if longer > timedelta() else SHORTER)


def _elements(definition: Definition, walked: Walked) -> Counter[str]:
    return Counter(name for name in walked.way if name in definition.diagram.elements)
