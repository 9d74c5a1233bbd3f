"""DMN 1.1 to 1.5 files: reading, checking and deciding."""

from engine.feel.dmn.elements import Definitions, HitPolicy
from engine.feel.dmn.model import DecisionResult, DmnModel, TableUse, load_dmn
from engine.feel.dmn.table import Match, Miss, TableExplanation

__all__ = [
    "DecisionResult",
    "Definitions",
    "DmnModel",
    "HitPolicy",
    "Match",
    "Miss",
    "TableExplanation",
    "TableUse",
    "load_dmn",
]
