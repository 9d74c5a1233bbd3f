"""The engine's own words for what can go wrong.

One family. A class's docstring is its default message (for logs and developers); `problem` is the
stable name the web turns into `urn:gongban:problem:<name>` and into a sentence for the reader;
`parts` are the facts the sentence needs. Which HTTP status belongs to a problem is the web's affair.
"""

from __future__ import annotations


class EngineError(Exception):
    """Something the engine refuses or cannot do."""

    problem = "engine"

    def __init__(self, message: str | None = None, **parts: object) -> None:
        self.parts = parts
        super().__init__(message or (type(self).__doc__ or "").strip())

    def __str__(self) -> str:
        text = super().__str__()
        facts = ", ".join(
            f"{key}={value}" for key, value in self.parts.items() if value is not None
        )
        return f"{text} ({facts})" if facts else text


class NotFound(EngineError):
    """There is no such thing, or the caller may not know of it."""

    problem = "not_found"


class NotAllowed(EngineError):
    """The caller knows of the thing but may not do this to it."""

    problem = "not_allowed"


class SeparationOfDuties(NotAllowed):
    """The same person may not do both of these."""

    problem = "separation_of_duties"


class Conflict(EngineError):
    """Somebody else was first."""

    problem = "conflict"


class AlreadyDone(Conflict):
    """The task is no longer open."""

    problem = "already_done"


class AlreadyClaimed(Conflict):
    """Somebody else has taken the task."""

    problem = "already_claimed"


class BeingDecided(Conflict):
    """Somebody has decided the task a moment ago; it counts in some seconds unless it is taken back."""

    problem = "being_decided"


class NothingToUndo(Conflict):
    """No decision of the actor's is being held: it counts already, or has been taken back."""

    problem = "nothing_to_undo"


class MessageNotAwaited(Conflict):
    """The case does not wait for this message (any more, or yet)."""

    problem = "message_not_awaited"


class FieldConflict(Conflict):
    """A field was changed by somebody else since the form was opened."""

    problem = "field_conflict"


class OldVersion(Conflict):
    """The page was opened before somebody else changed the case."""

    problem = "old_version"


class Invalid(EngineError):
    """What was sent does not hold."""

    problem = "invalid"


class ChangeRefused(Invalid):
    """An administrator's change would break something; `why` says what, the other parts fill its sentence."""

    problem = "change_refused"

    def __init__(self, why: str, **parts: object) -> None:
        super().__init__(None, why=why, **parts)


class InvalidForm(Invalid):
    """The form does not hold; `errors` says which field and why."""

    problem = "invalid_form"


class UnknownOutcome(Invalid):
    """The task offers no such outcome."""

    problem = "unknown_outcome"


class OpinionRequired(Invalid):
    """This outcome needs an opinion."""

    problem = "opinion_required"


class ConfirmationRequired(Invalid):
    """What follows this step cannot be undone; it must be said that it is wanted."""

    problem = "confirmation_required"


class TooLate(EngineError):
    """The case has gone past the point where this can be done."""

    problem = "too_late"


class IrreversibleEffect(TooLate):
    """An effect of this case can no longer be undone."""

    problem = "irreversible_effect"


class NobodyFound(EngineError):
    """Nobody holds the role that a task needs."""

    problem = "nobody_found"


class InvalidPackage(EngineError):
    """A process package has findings that forbid deploying it."""

    problem = "invalid_package"


class PolicyBroken(NotAllowed):
    """What was asked for would lead past what a policy of the process asks for."""

    problem = "policy_broken"


class UnexplainedWarnings(InvalidPackage):
    """A process package has warnings, and nobody has said why they are no obstacle."""

    problem = "unexplained_warnings"


class Suspended(Conflict):
    """The case stands still until an administrator lets it go on."""

    problem = "suspended"


class ReasonRequired(Invalid):
    """An administrator's act needs a reason."""

    problem = "reason_required"


class NoSuchTarget(Conflict):
    """The case cannot be sent to this place from here."""

    problem = "no_such_target"


class SomebodyActed(Conflict):
    """Somebody has acted since, so it cannot be taken back any more."""

    problem = "somebody_acted"


class NotAPossiblePerson(Invalid):
    """This person cannot be given the task."""

    problem = "not_a_possible_person"


class AlreadySigns(Conflict):
    """This person is a signer here already."""

    problem = "already_signs"


class NoLongerAsked(Conflict):
    """The person was taken off the list of signers."""

    problem = "no_longer_asked"


class VotesAreCounted(Conflict):
    """Where votes are counted nobody is asked after another, and nobody added once the count is certain."""

    problem = "votes_are_counted"


class VoteIsFinal(Conflict):
    """The package lets no vote be taken back."""

    problem = "vote_is_final"


class TooFewSigners(Conflict):
    """Fewer people than the package wants would be left to sign."""

    problem = "too_few_signers"


class WaitsForAdvice(Conflict):
    """The task was given to somebody for advice, which has not come back yet."""

    problem = "waits_for_advice"


class NoList(Conflict):
    """The task is one person's alone; there is no list to put it back into."""

    problem = "no_list"


class ProxyOverlaps(Conflict):
    """Somebody else already stands in for this person at that time."""

    problem = "proxy_overlaps"


class TooSoon(Conflict):
    """It has been done a short while ago; `again_at` says from when it may be done again."""

    problem = "too_soon"


class CannotMigrate(Conflict):
    """The case cannot move to that version; `reasons` says why."""

    problem = "cannot_migrate"


class KeyReused(Invalid):
    """The same Idempotency-Key came with another request."""

    problem = "idempotency_key_reused"


class InFlight(Conflict):
    """The same request is still being worked on."""

    problem = "in_flight"


class DatabaseVersion(EngineError):
    """The database belongs to another version of the program."""

    problem = "database_version"
