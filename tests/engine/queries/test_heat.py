"""Where the cases of a version are: each number is the length of the list behind it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from engine.queries.figures import WorkClock
from engine.queries.heat import ALL, INCIDENT, OVERDUE, Heat, cases_at, heat
from tests.engine.commands.casework import DOER, FORM, Office, office, package

DRAWN = (
    "start s", "end e", f"user a {DOER} due=duration(\"P3D\")", f"user b {DOER}", "timer t",
    "service x ability=broken", "parallel f", "parallel j", "timer edge on a stays",
    "s > a > f", "f > b > j", "f > t > x > j", "j > e", "edge > e",
)  # fmt: skip


@pytest.fixture
def at(database_url: str) -> Iterator[Office]:
    with office(package(*DRAWN, forms={"s": FORM}), database_url) as found:
        yield found


def look(at: Office) -> Heat:
    now = at.clock.now()
    with at.engine.database.read() as connection:
        clock = WorkClock(at.engine.working_days, at.engine.zone, now - timedelta(days=90), now)
        return heat(connection, at.definition, clock, now, now - timedelta(days=30))


def listed(at: Office, element: str, only: str) -> list[str]:
    with at.engine.database.read() as connection:
        found = cases_at(connection, at.definition, element, at.clock.now(), only)
    return [one.id for one in found]


def test_every_number_is_the_length_of_its_list(at: Office) -> None:
    early = [at.start({"wish": f"{one}"}) for one in range(3)]
    at.wait(timedelta(days=4))
    late = at.start({"wish": "late"})
    at.case = early[0]
    at.complete("a", "ann")
    at.wait(timedelta(hours=1))
    found = look(at)
    numbers = {one.element: (one.cases, one.overdue, one.incidents) for one in found.places}
    assert found.cases == 4
    assert numbers == {"a": (3, 2, 0), "b": (1, 0, 0), "t": (1, 0, 0)}
    for one in found.places:
        assert one.cases == len(listed(at, one.element, ALL))
        assert one.overdue == len(listed(at, one.element, OVERDUE))
        assert one.incidents == len(listed(at, one.element, INCIDENT))
    assert set(listed(at, "a", OVERDUE)) == {*early[1:]}
    assert late in listed(at, "a", ALL)
    a = next(one for one in found.places if one.element == "a")
    assert a.median_days is not None
    assert 4 <= a.median_days < 4.2
    assert a.done == 1
    assert a.done_median is not None
    assert a.median is not None
    assert a.done_median > 8 * 3


def test_what_gave_up_is_marked_where_it_stands(at: Office) -> None:
    at.start({"wish": "x"})
    at.complete("a", "ann")
    for _ in range(10):
        at.wait(timedelta(days=1))
    found = {one.element: one for one in look(at).places}
    assert (found["x"].cases, found["x"].incidents) == (1, 1)
    assert listed(at, "x", INCIDENT) == [at.case]
    assert look(at).cases == 1
