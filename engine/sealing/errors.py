"""What can go wrong with sealed values. No message ever contains a value, sealed or open."""

from __future__ import annotations

from engine.errors import EngineError, Invalid


class SealingError(EngineError):
    """A sensitive value cannot be sealed or opened."""

    problem = "sealing"


class NotSealed(SealingError):
    """This is not a sealed value."""

    problem = "not_sealed"


class UnknownSealingKey(SealingError):
    """The value was sealed with a key that this keyring does not hold."""

    problem = "unknown_sealing_key"


class Tampered(SealingError):
    """The sealed value was altered, or belongs to another case or field."""

    problem = "tampered"


class KeyringBroken(SealingError):
    """The folder of keys cannot be used."""

    problem = "keyring_broken"


class NothingToIndex(Invalid):
    """After normalisation nothing is left of the value to look up."""

    problem = "nothing_to_index"
