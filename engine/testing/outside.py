"""What happens outside the case in a scenario: the bank answers, a colleague objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.engine import Engine


def answer_payments(engine: Engine, result: str, reason: str) -> None:
    """Send the orders that are ready in one batch and import the bank's reply to all of them."""
    raise NotImplementedError


def hand_in_objection(engine: Engine, instance_id: str, facts: Mapping[str, Any]) -> None:
    """Object to the case's open notice."""
    raise NotImplementedError
