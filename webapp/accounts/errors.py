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


class WeakPassword(Invalid):
    """A password needs at least 10 characters and may not be the user name."""

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
