"""The union at work, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.testing import temporary_engine
from tests.engine.organisation import MORNING, Union, people


@pytest.fixture
def union(database_url: str) -> Iterator[Union]:
    """The union on SQLite and on PostgreSQL."""
    with temporary_engine(people(), MORNING, url=database_url) as engine:
        yield Union(engine)
