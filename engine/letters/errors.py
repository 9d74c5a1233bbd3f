"""Why a letter could not be made."""

from __future__ import annotations

from engine.errors import EngineError


class LetterError(EngineError):
    """A letter could not be made."""

    problem = "letter"


class LetterSource(LetterError):
    """The letter's source has a mistake, or does not fit its data."""


class UnknownFont(LetterError):
    """The letter asks for a font that is not here, and for no other."""


class MissingGlyph(LetterError):
    """No font of the letter has this character; a font with rare characters is needed."""


class LetterLimit(LetterError):
    """Making the letter took too long or needed too much memory."""
