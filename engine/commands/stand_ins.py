"""Who acts for an applicant who has left: the head of their unit, or of the nearest one above it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.actors import Directory, person_key


def for_applicant(
    directory: Directory, places: Mapping[str, str], may: Callable[[str], bool]
) -> list[str]:
    """Keys of the heads of the nearest place that has one who is active and may do the step."""
    unit = places.get("applicant.unit", "")
    for place in directory.chain(unit) or [unit]:
        able = [one for one in directory.heads(place) if directory.is_active(one) and may(one)]
        if able:
            return [person_key(one) for one in able]
    return []
