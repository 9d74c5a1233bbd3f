"""The workshop's fixture for every test of this folder."""

from tests.engine.abilities.workshop import house

__all__ = ["house"]
