"""The organisation with the process deployed that asks for consent."""

from __future__ import annotations

import pytest

from engine.actors import SYSTEM
from engine.catalog.package import Package
from engine.catalog.versions import deploy
from tests.builders import PROCESSES, House


@pytest.fixture
def consenting_house(house: House) -> House:
    """What was drafted here can be proposed."""
    with house.engine.command(SYSTEM) as uow:
        deploy(uow, Package.from_folder(PROCESSES / "process_change"))
        uow.commit()
    return house
