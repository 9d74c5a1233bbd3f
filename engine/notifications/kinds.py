"""Every kind of notification, and where it goes unless a person has chosen otherwise: one table."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

NOW, DIGEST, NEVER = "now", "digest", "never"
APP, MAIL, WEBHOOK = "app", "mail", "webhook"

#: What may be wanted of each channel. A robot gets no digest: it speaks when something happens.
WANTED = MappingProxyType({APP: (NOW, NEVER), MAIL: (NOW, DIGEST, NEVER), WEBHOOK: (NOW, NEVER)})


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind, and what becomes of it on each channel by default."""

    id: str
    mail: str = NEVER
    app: str = NOW
    #: Whoever has a webhook of their own wants to hear by it.
    webhook: str = NOW

    def default(self, channel: str) -> str:
        """What is wanted of a channel by whoever has chosen nothing."""
        return {APP: self.app, MAIL: self.mail, WEBHOOK: self.webhook}[channel]


_ALL = (
    # The to-do box shows a task already: on the pages it would be told twice.
    Kind("task_opened", mail=NOW, app=NEVER),
    Kind("returned", mail=NOW),
    Kind("taken_back"),
    Kind("handed_to_you", mail=NOW),
    Kind("handed_over", mail=NOW),
    Kind("advice_asked", mail=NOW),
    Kind("advice_given", mail=NOW),
    Kind("signer_added", mail=NOW),
    Kind("copied", mail=DIGEST),
    Kind("mentioned", mail=NOW),
    Kind("commented", mail=DIGEST),
    Kind("attached", mail=DIGEST),
    Kind("urged", mail=NOW),
    Kind("urge_escalated", mail=NOW),
    Kind("reminder", mail=NOW),
    Kind("escalated", mail=NOW),
    Kind("decided_by_timeout", mail=NOW),
    Kind("decision_dropped", mail=NOW),
    Kind("case_ended", mail=NOW),
    Kind("suspended", mail=DIGEST),
    Kind("resumed", mail=DIGEST),
    Kind("terminated", mail=NOW),
    Kind("corrected", mail=DIGEST),
    Kind("proxy_set", mail=NOW),
    Kind("proxy_ended", mail=NOW),
    Kind("advice_recalled"),
    Kind("applicant_left", mail=DIGEST),
    Kind("nobody_found", mail=NOW),
    Kind("found_stuck", mail=DIGEST),
)
KINDS = MappingProxyType({kind.id: kind for kind in _ALL})
#: A new task: found by its row rather than told, so that a completion costs no further statement.
TASK_OPENED = "task_opened"
CASE_ENDED = "case_ended"
#: Whoever was told one of these of a task need not be told that it is new.
COMES_TO_YOU = (TASK_OPENED, "returned", "handed_to_you", "handed_over", "signer_added")
#: What an administrator sends to see whether a webhook works; nobody is told it otherwise.
TEST = "test"


def kind_of(id: str) -> Kind:
    """The kind; one the table does not know is shown on the pages and leaves by no channel."""
    return KINDS.get(id) or Kind(id, webhook=NEVER)
