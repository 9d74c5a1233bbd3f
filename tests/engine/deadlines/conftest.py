"""The errand's house for every test of this folder."""

from tests.engine.deadlines.errand import house

__all__ = ["house"]
