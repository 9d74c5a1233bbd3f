"""What can go wrong with people and signing in, in the engine's family of errors."""

from engine.errors import Conflict, EngineError, Invalid


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
