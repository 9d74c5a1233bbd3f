"""Copies: who may give them, who gets one by itself, and when it counts as read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import event as database_event
from sqlalchemy import select

from engine.audit.records import verify
from engine.commands.claim import claim
from engine.commands.complete import complete
from engine.commands.copies import UnknownPerson, copy_to, mark_read
from engine.commands.withdraw import withdraw
from engine.errors import NotAllowed, NotFound
from engine.queries.case import may_read, read_case
from engine.queries.inbox import counts, inbox
from engine.store.tables import copy
from engine.testing import CastDirectory, temporary_engine
from tests.engine.commands.acting import MORNING, PROCESSES, House, approve3, later


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    cast = CastDirectory.load(PROCESSES / "_shared" / "cast.yaml")
    with temporary_engine(cast, MORNING, url=database_url) as engine:
        yield House(engine)


def reads(house: House, person: str, case: str) -> bool:
    actor = house.engine.directory.actor(person)
    with house.engine.database.read() as connection:
        return may_read(connection, house.engine, actor, case)


def holders(house: House, case: str) -> list[str]:
    query = select(copy.c.person_id).where(copy.c.instance_id == case).order_by(copy.c.person_id)
    return [row.person_id for row in house.rows(query)]


def test_a_copy_lets_its_holder_read_and_nothing_else(house: House) -> None:
    case = house.begin()
    assert not reads(house, "tian_ye", case)
    copied = house.act("chen_jing", copy_to, case, ["tian_ye"], note="供参考")
    assert copied.people == ["tian_ye"]
    assert reads(house, "tian_ye", case)
    assert house.told("copied") == ["tian_ye"]
    for verb in (claim, complete):
        with pytest.raises(NotAllowed):
            house.act("tian_ye", verb, house.open_task(case))
    with pytest.raises(NotAllowed):
        house.act("tian_ye", withdraw, case)
    # What was tried and refused is on the record.
    assert house.types(case) == ["instance.started", "case.copied", "refused", "refused", "refused"]
    said = house.events(case)[1]
    assert said.payload is not None
    assert said.payload["names"] == ["田野"]
    assert said.payload["note"] == "供参考"
    assert verify(house.engine).ok


def test_who_only_has_a_copy_does_not_pass_it_on(house: House) -> None:
    case = house.begin()
    house.act("clerk_wang", copy_to, case, ["tian_ye"])
    with pytest.raises(NotAllowed):
        house.act("tian_ye", copy_to, case, ["clerk_bai"])
    with pytest.raises(NotFound):
        house.act("clerk_bai", copy_to, case, ["tian_ye"])
    assert holders(house, case) == ["tian_ye"]


def test_a_second_copy_changes_nothing_about_the_first(house: House) -> None:
    case = house.begin()
    house.act("chen_jing", copy_to, case, ["tian_ye"])
    assert house.act("tian_ye", mark_read, case)
    again = house.act("clerk_wang", copy_to, case, ["tian_ye", "sun_li", "sun_li"])
    assert again.people == ["sun_li"]
    rows = house.rows(select(copy.c.person_id, copy.c.by_id, copy.c.read_at))
    assert {row.person_id: (row.by_id, row.read_at is not None) for row in rows} == {
        "tian_ye": ("chen_jing", True),
        "sun_li": ("clerk_wang", False),
    }
    assert house.told("copied") == ["sun_li", "tian_ye"]


@pytest.mark.parametrize("people", [[], ["nobody"], ["chen_jing"], [f"p{n}" for n in range(51)]])
def test_copies_go_to_people_there_are(house: House, people: list[str]) -> None:
    case = house.begin()
    with pytest.raises(UnknownPerson):
        house.act("chen_jing", copy_to, case, people)
    assert holders(house, case) == []


def test_nobody_who_has_left_gets_a_copy(house: House) -> None:
    case = house.begin()
    directory = house.engine.directory
    assert isinstance(directory, CastDirectory)
    directory.left.add("sun_li")
    with pytest.raises(UnknownPerson):
        house.act("chen_jing", copy_to, case, ["tian_ye", "sun_li"])
    assert holders(house, case) == []


def test_a_copy_is_read_once_and_keeps_the_moment(house: House) -> None:
    case = house.begin()
    house.act("chen_jing", copy_to, case, ["tian_ye"])
    assert house.act("tian_ye", mark_read, case)
    first = house.rows(select(copy.c.read_at))[0].read_at
    later(house, hours=1)
    assert not house.act("tian_ye", mark_read, case)
    assert house.rows(select(copy.c.read_at))[0].read_at == first == MORNING
    # Reading is no act in the case: the record does not grow by it.
    assert house.types(case) == ["instance.started", "case.copied"]
    actor = house.engine.directory.actor("chen_jing")
    with house.engine.database.read() as connection:
        (seen,) = read_case(connection, house.engine, actor, case).copies
    assert (seen.person_id, seen.read_at) == ("tian_ye", MORNING)


def test_the_box_of_copies_has_the_unread_first(house: House) -> None:
    cases = []
    for number in range(5):
        case = house.begin()
        house.act("chen_jing", copy_to, case, ["tian_ye"])
        later(house, minutes=number + 1)
        cases.append(case)
    for case in (cases[4], cases[1]):
        house.act("tian_ye", mark_read, case)
    actor = house.engine.directory.actor("tian_ye")
    seen: list[tuple[str, bool]] = []
    after = None
    with house.engine.database.read() as connection:
        for _page in range(5):
            page = inbox(connection, actor, "cc", limit=2, after=after)
            seen += [(one.instance_id, one.unread) for one in page.items]
            after = page.next
            if after is None:
                break
        assert counts(connection, actor)["cc"] == 3
        assert inbox(connection, actor, "cc", text="没有这样的").items == []
    expected = [cases[3], cases[2], cases[0], cases[4], cases[1]]
    assert seen == [(one, one not in (cases[4], cases[1])) for one in expected]


def test_a_step_copies_to_whom_the_diagram_names_when_it_is_done(house: House) -> None:
    case = house.begin(
        approve3(
            cc="head @ applicant.group, party_org @ applicant.unit, unit_clerk @ applicant.unit"
        )
    )
    assert holders(house, case) == []
    house.agree(case, "clerk_wang")
    # The clerk has just decided and needs no copy.
    assert holders(house, case) == ["party_shen", "zu_zhang_tang"]
    assert house.types(case)[-2:] == ["task.completed", "case.copied"]
    assert house.events(case)[-1].subject == {"element": "check", "automatic": True}
    assert house.told("copied") == ["party_shen", "zu_zhang_tang"]
    assert verify(house.engine).ok


def test_a_copy_to_nobody_stops_no_case(house: House) -> None:
    case = house.begin(
        approve3(cc="= null", facts='[cc]\nstarted = "archivist @ applicant.cluster"')
    )
    house.agree(case, "clerk_wang")
    assert holders(house, case) == []
    assert house.types(case) == ["instance.started", "task.completed"]


def test_a_process_copies_when_it_begins_and_when_it_has_ended(house: House) -> None:
    package = approve3(
        '[cc]\nstarted = "head @ applicant.group"\nended = "archivist @ root, starter"'
    )
    case = house.begin(package)
    assert holders(house, case) == ["zu_zhang_tang"]
    assert house.types(case) == ["instance.started", "case.copied"]
    house.agree(case, "clerk_wang")
    house.agree(case, "chair_han")
    assert holders(house, case) == ["dangan_ou", "zu_zhang_tang"]
    assert house.types(case)[-2:] == ["instance.ended", "case.copied"]
    assert verify(house.engine).ok


def test_a_step_that_copies_to_nobody_costs_no_statement(house: House) -> None:
    plain, copying = house.begin(), house.begin(approve3(cc="party_org @ applicant.unit"))
    counted: list[str] = []

    def executed(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        counted.append(statement)

    engine = house.engine.database.engine
    database_event.listen(engine, "before_cursor_execute", executed)
    try:
        house.agree(plain, "clerk_wang")
        without, counted = counted, []
        house.agree(copying, "clerk_wang")
    finally:
        database_event.remove(engine, "before_cursor_execute", executed)
    assert not [one for one in without if " cc" in one]
    assert [one for one in counted if "INSERT INTO cc" in one]
