"""Why a case cannot move to another version, and what will be different where it can."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: Every reason there is; docs/migrating.md has a row for each, and so has the page.
REASONS = (
    "not_running",  #: it has ended meanwhile
    "other_version",  #: it is not on the old version any more
    "own_case",  #: whoever migrates has begun it, has acted in it, or is recused
    "element_gone",  #: a token stands where the new version has nothing
    "other_kind",  #: a token stands at what has become another kind of element
    "other_scope",  #: a token stands inside another sub-process than the new version has it
    "join_changed",  #: what has arrived at a join does not lead there any more
    "join_complete",  #: all that a join waits for has arrived already
    "awaited_changed",  #: the events awaited at a gateway are others
    "loop_changed",  #: a step done several times is counted otherwise while it runs
    "nobody_to_ask",  #: nobody holds the role that the new version asks
    "votes_exist",  #: the rule of a sign-off is another, and votes have been cast
    "signers_added",  #: the rule of a sign-off is another, and people were added to it
    "advice_pending",  #: a step would begin anew while advice on it is waited for
    "decision_held",  #: a decision counts in a few seconds
    "ability_at_work",  #: the outside world is at work on a step that is another now
    "field_type",  #: the case holds a value that the new form's field cannot take
    "separation",  #: who has acted already may not have, by a rule of the new version
    "policy",  #: a step that a policy of the new version wants before has not been done
    "expression",  #: something the new version computes cannot be computed for this case
    "would_move",  #: the case would go on by itself at once
    "cannot_end",  #: from where it stands the case could not be shown able to end
    "does_not_fit",  #: the tokens do not fit the new version
    "moved_since",  #: something has happened in it since, so it is not put back
)
#: What does not forbid it, and is said before.
NOTES = (
    "due_moves",  #: a deadline is computed anew
    "timer_moves",  #: a timer is computed anew
    "timer_ends",  #: a timer on an edge is gone
    "timer_begins",  #: a timer on an edge is new, and counts from now
    "asked_anew",  #: a step is put to the new version's people
    "begins_anew",  #: a sign-off without a vote begins anew
    "keeps_holder",  #: a step stays with who has it
    "walks_back",  #: the case would have gone straight back, and walks now
    "draft_kept",  #: something typed and not sent meets another form
)


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason or note about one case."""

    why: str
    #: An element: of the old version for what is gone, else of the new one.
    element: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """For the record."""
        found: dict[str, Any] = {"why": self.why}
        if self.element:
            found["element"] = self.element
        return found | dict(self.facts)

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> Reason:
        """Back from the record."""
        rest = {key: value for key, value in facts.items() if key not in ("why", "element")}
        return cls(facts["why"], facts.get("element", ""), rest)
