"""What can go wrong with people and signing in, in the engine's family of errors."""

from engine.errors import Conflict, EngineError, Invalid, NotAllowed, NotFound


class LoginRefused(EngineError):
    """The user name or the password is wrong."""

    problem = "login_refused"
    status = 401


class TooManyAttempts(EngineError):
    """Too many attempts to sign in; `retry_after` is in seconds."""

    problem = "too_many_attempts"
    status = 429


class SecondFactorRequired(EngineError):
    """The password is right; this account also asks for a one-time code."""

    problem = "second_factor_required"
    status = 401


class CodeRefused(EngineError):
    """The one-time code is wrong, or has been used."""

    problem = "code_refused"
    status = 401


class SecondFactorMissing(EngineError):
    """A role of this person asks for a second factor, and none is set up yet."""

    problem = "second_factor_missing"
    status = 403


class SecondFactorThere(Conflict):
    """A second factor is set up already."""

    problem = "second_factor_there"


class NewPasswordRequired(EngineError):
    """The password has to be changed on the pages before it opens anything else."""

    problem = "new_password_required"
    status = 403


class SignInOver(EngineError):
    """The sign-in that was begun took too long; it begins again."""

    problem = "sign_in_over"
    status = 401


class DirectoryAway(EngineError):
    """The directory that checks this person's password does not answer."""

    problem = "directory_away"
    status = 503


class ProviderRefused(EngineError):
    """Signing in at the provider came to nothing; `why` says what was wrong."""

    problem = "provider_refused"
    status = 401


class WeakPassword(Invalid):
    """The policy does not allow this password; `why` is short, long, known, common or former."""

    problem = "weak_password"


class NameTaken(Conflict):
    """There is already one with this name or number."""

    problem = "name_taken"
    status = 409


class OwnAccount(NotAllowed):
    """Nobody changes their own roles or account."""

    problem = "own_account"


class UnknownRole(Invalid):
    """There is no such role."""

    problem = "unknown_role"


class UnknownUnit(NotFound):
    """There is no unit with this id."""

    problem = "unknown_unit"


class UnitEnded(Invalid):
    """The unit has merged into another."""

    problem = "unit_ended"


class MergeRefused(Invalid):
    """A unit merges into another of its kind that does not stand below it, today or on a day gone by."""

    problem = "merge_refused"
