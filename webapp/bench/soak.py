"""Kills the server again and again while people work; then nothing acknowledged may be lost."""

from __future__ import annotations

from dataclasses import dataclass, field

from webapp.bench.homes import Place


@dataclass
class Soak:
    """What came of it."""

    findings: list[str] = field(default_factory=list)

    @property
    def summary(self) -> str:
        """One line."""
        return ""


def soak(place: Place, seconds: float) -> Soak:
    """Work for so long."""
    return Soak()
