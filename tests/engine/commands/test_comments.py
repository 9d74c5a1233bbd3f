"""Remarks: who may make them, whom they may name, and what comes with them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from engine.audit.records import verify
from engine.commands.claim import claim
from engine.commands.comments import MayNotRead, NothingSaid, add_comment, attach
from engine.commands.copies import UnknownPerson, copy_to
from engine.errors import AlreadyDone, NotAllowed, NotFound
from engine.queries.comments import remarks
from engine.store.tables import comment, document_file
from engine.testing import CastDirectory, temporary_engine
from tests.engine.commands.acting import MORNING, PROCESSES, House, later


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    cast = CastDirectory.load(PROCESSES / "_shared" / "cast.yaml")
    with temporary_engine(cast, MORNING, url=database_url) as engine:
        yield House(engine)


def test_a_remark_tells_who_is_named_and_who_follows_the_case(house: House) -> None:
    case = house.begin()
    house.act("clerk_wang", claim, house.open_task(case))
    house.act("chen_jing", copy_to, case, ["tian_ye"])
    said = house.act("chen_jing", add_comment, case, "@田野 请看第二页", mentions=["tian_ye"])
    assert (said.mentions, said.copied) == (["tian_ye"], [])
    assert house.told("mentioned") == ["tian_ye"]
    assert house.told("commented") == ["clerk_wang"]
    last = house.events(case)[-1]
    assert last.type == "case.commented"
    # What was said can be erased by law, so it stands in the payload alone.
    assert last.subject == {"comment": said.id}
    assert last.payload is not None
    assert last.payload["text"] == "@田野 请看第二页"
    assert verify(house.engine).ok


def test_who_has_a_copy_may_say_something_and_who_knows_nothing_may_not(house: House) -> None:
    case = house.begin()
    house.act("chen_jing", copy_to, case, ["tian_ye"])
    house.act("tian_ye", add_comment, case, "收到")
    with pytest.raises(NotFound):
        house.act("clerk_bai", add_comment, case, "路过")
    assert len(house.rows(select(comment.c.id))) == 1


@pytest.mark.parametrize("text", ["", "  \n ", "字" * 2001])
def test_a_remark_says_something_within_limits(house: House, text: str) -> None:
    case = house.begin()
    with pytest.raises(NothingSaid):
        house.act("chen_jing", add_comment, case, text)


def test_an_outsider_is_named_only_with_a_copy(house: House) -> None:
    case = house.begin()
    with pytest.raises(MayNotRead) as refused:
        house.act("chen_jing", add_comment, case, "@田野", mentions=["tian_ye"])
    assert refused.value.parts["people"] == ["tian_ye"]
    assert house.types(case) == ["instance.started"]
    said = house.act("chen_jing", add_comment, case, "@田野", mentions=["tian_ye"], copy=True)
    assert said.copied == ["tian_ye"]
    assert house.types(case)[-2:] == ["case.commented", "case.copied"]
    assert house.told("mentioned") == ["tian_ye"]
    with pytest.raises(NotAllowed):
        house.act("tian_ye", add_comment, case, "@白晓芸", mentions=["clerk_bai"], copy=True)
    with pytest.raises(UnknownPerson):
        house.act("chen_jing", add_comment, case, "@谁", mentions=["nobody"], copy=True)


def test_files_come_with_a_remark_and_belong_to_the_case(house: House) -> None:
    case = house.begin()
    file = house.upload("chen_jing")
    house.act("chen_jing", add_comment, case, "补一张票据", files=[file, file])
    with house.engine.database.read() as connection:
        (found,), following = remarks(connection, case)
    assert following is None
    (brought,) = found.files
    assert (brought.id, brought.name) == (file, "票据.pdf")
    assert house.events(case)[-1].subject["file_1"] == brought.digest
    query = select(document_file.c.instance_id).where(document_file.c.id == file)
    assert house.rows(query)[0].instance_id == case


def test_only_ones_own_files_are_brought_and_only_once(house: House) -> None:
    case, other = house.begin(), house.begin()
    foreign, own = house.upload("clerk_wang"), house.upload("chen_jing")
    for files in ([foreign], [own, foreign], ["nothing"]):
        with pytest.raises(NotFound):
            house.act("chen_jing", attach, case, files)
    house.act("chen_jing", attach, case, [own])
    with pytest.raises(NotFound):
        house.act("chen_jing", attach, other, [own])
    assert house.types(other) == ["instance.started"]


def test_files_alone_are_added_with_a_word_on_what_they_are(house: House) -> None:
    case = house.begin()
    file = house.upload("chen_jing")
    with pytest.raises(NothingSaid):
        house.act("chen_jing", attach, case, [])
    house.act("chen_jing", attach, case, [file], note="体检报告")
    last = house.events(case)[-1]
    assert (last.type, len(str(last.subject["file_1"]))) == ("case.attached", 64)
    assert last.payload is not None
    assert last.payload["files"] == ["票据.pdf"]


def test_what_was_decided_on_does_not_grow_afterwards(house: House) -> None:
    case = house.begin()
    file = house.upload("chen_jing")
    house.agree(case, "clerk_wang")
    house.agree(case, "chair_han")
    for verb, facts in ((attach, ([file],)), (add_comment, ("补充",))):
        with pytest.raises(AlreadyDone):
            house.act(
                "chen_jing", verb, case, *facts, **({} if verb is attach else {"files": [file]})
            )
    house.act("chen_jing", add_comment, case, "谢谢")
    assert verify(house.engine).ok


def test_remarks_come_in_pages_newest_first(house: House) -> None:
    case = house.begin()
    for number in range(5):
        house.act("chen_jing", add_comment, case, f"第 {number} 句")
        later(house, minutes=1)
    seen: list[str] = []
    after = None
    with house.engine.database.read() as connection:
        for _page in range(3):
            found, after = remarks(connection, case, limit=2, after=after)
            seen += [one.text for one in found]
    assert after is None
    assert seen == [f"第 {number} 句" for number in (4, 3, 2, 1, 0)]
