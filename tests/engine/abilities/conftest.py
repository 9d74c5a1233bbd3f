"""The workshop's fixtures for every test of this folder."""

from tests.engine.abilities.workshop import house, postgres_server

__all__ = ["house", "postgres_server"]
