"""Letters: Typst sources of a package and data of a case become a PDF/A-2b file."""

from engine.letters.amounts import amount_in_words
from engine.letters.errors import (
    LetterError,
    LetterLimit,
    LetterSource,
    MissingGlyph,
    UnknownFont,
)
from engine.letters.fonts import Fonts
from engine.letters.typesetting import render

__all__ = [
    "Fonts",
    "LetterError",
    "LetterLimit",
    "LetterSource",
    "MissingGlyph",
    "UnknownFont",
    "amount_in_words",
    "render",
]
