"""Many cases to another version: resumed where it was killed, stopped, put back; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from engine.commands.withdraw import withdraw
from engine.errors import Invalid, NotFound, ReasonRequired
from engine.jobs.leases import claim_due
from engine.jobs.run import run_due, run_job
from engine.migrating.batch import begin_migration, stop_migration
from engine.migrating.looking import Batch, cases_of, preview, read_batch
from engine.store.tables import instance, job
from tests.engine.commands.casework import APPLICANT, DOER, FORM, package
from tests.engine.migrating.moving import Moving, moving, state_of

OLD = (f"user a {DOER}", f"user b {DOER}", "s > a > b > e")
NEW = (f"user a {DOER}", f"user between {DOER}", f"user b {DOER}", "s > a > between > b > e")


@pytest.fixture
def it(database_url: str) -> Iterator[Moving]:
    ends = ("start s", "end e")
    old = package(*ends, *OLD, forms={"s": FORM})
    new = package(*ends, *NEW, forms={"s": FORM})
    with moving(old, new, database_url) as found:
        yield found


def begin(it: Moving, count: int) -> list[str]:
    """So many cases on the old version."""
    return [it.at.start({"wish": f"desk {one}"}) for one in range(count)]


def told(it: Moving, batch: str) -> Batch:
    """How far it is."""
    with it.at.engine.database.read() as connection:
        return read_batch(connection, batch)


def reasons(it: Moving, batch: str) -> dict[str, list[str]]:
    """Case → why not."""
    with it.at.engine.database.read() as connection:
        return {one.id: [why.why for why in one.reasons] for one in cases_of(connection, batch)}


def versions(it: Moving) -> dict[str, str]:
    """Case → its version."""
    return {row.id: row.definition_id for row in it.at.rows(instance.select())}


def test_all_cases_move_each_by_itself_and_go_on_in_the_new_version(it: Moving) -> None:
    cases = begin(it, 3)
    batch = it.begin()
    assert told(it, batch).counts == {"waiting": 3}
    it.at.work()
    assert told(it, batch).counts == {"done": 3}
    assert set(versions(it).values()) == {it.new.id}
    for it.at.case in cases:
        it.check()
        for element in ("a", "between", "b"):
            it.at.complete(element, "ann")
        assert it.at.read().state == "completed"
        it.check()


def test_a_worker_that_dies_in_the_middle_loses_nothing_and_does_nothing_twice(it: Moving) -> None:
    begin(it, 3)
    batch = it.begin()
    run_due(it.at.engine, "first", limit=1)
    claim_due(it.at.engine, "dies here", limit=1)
    it.at.work()
    assert told(it, batch).counts == {"done": 2, "waiting": 1}
    it.at.wait(timedelta(minutes=3))
    assert told(it, batch).counts == {"done": 3}
    for row in it.at.rows(job.select()):
        run_job(it.at.engine, row.id, "once more")
    for case in versions(it):
        it.at.case = case
        assert len(it.at.events("case.migrated")) == 1


def test_a_stopped_batch_leaves_the_rest_where_it_is(it: Moving) -> None:
    begin(it, 3)
    batch = it.begin()
    run_due(it.at.engine, "office", limit=1)
    assert it.at.do("keeper", lambda uow: stop_migration(uow, batch)) == 2
    it.at.work()
    assert told(it, batch).counts == {"done": 1, "stopped": 2}
    assert sorted(versions(it).values()).count(it.old.id) == 2


def test_undo_puts_back_exactly_what_has_not_moved_since(it: Moving) -> None:
    still, moved, ended = begin(it, 3)
    it.at.case = still
    before = state_of(it.at)
    batch = it.begin()
    it.at.work()
    it.at.definition = it.new
    it.at.case = moved
    it.at.complete("a", "ann")
    it.at.do(APPLICANT, lambda uow: withdraw(uow, ended))
    assert it.undo(batch) == 3
    assert told(it, batch).counts == {"undone": 1, "kept": 2}
    assert reasons(it, batch) == {still: [], moved: ["moved_since"], ended: ["moved_since"]}
    it.at.case = still
    assert state_of(it.at) == before
    it.check()
    assert it.undo(batch) == 0
    it.at.complete("a", "ann")
    it.at.complete("b", "ann")
    assert it.at.read().state == "completed"
    it.check()


def test_what_ended_or_moved_meanwhile_is_left_out_with_its_reason(it: Moving) -> None:
    first, second = begin(it, 2)
    batch, again = it.begin(), it.begin()
    it.at.do(APPLICANT, lambda uow: withdraw(uow, first))
    it.at.work()
    assert told(it, batch).counts == {"done": 1, "skipped": 1}
    # Another administrator wanted the same: nothing is done twice.
    assert told(it, again).counts == {"skipped": 2}
    assert reasons(it, batch) == {first: ["not_running"], second: []}
    assert reasons(it, again) == {first: ["not_running"], second: ["other_version"]}


def test_the_preview_counts_what_the_batch_will_do(it: Moving) -> None:
    first, second, third = begin(it, 3)
    it.at.case = second
    it.at.complete("a", "ann")
    with it.at.engine.database.read() as connection:
        keeper = it.at.engine.directory.actor("keeper")
        gone: dict[str, Any] = {"b": None}
        found = preview(it.at.engine, connection, keeper, it.old, it.new, gone)
        some = preview(it.at.engine, connection, keeper, it.old, it.new, {}, [first, third])
    assert (found.possible, len(found.lines)) == (2, 3)
    assert found.by_reason == [(("element_gone", "b"), 1)]
    assert [one.id for one in some.lines] == [first, third]


def test_only_administrators_with_a_reason_and_something_to_move_begin(it: Moving) -> None:
    def tries(by: str, reason: str = "better", **chosen: str) -> None:
        it.at.do(
            by,
            lambda uow: begin_migration(uow, it.old, it.new, chosen=chosen, reason=reason),
        )

    with pytest.raises(Invalid):
        tries("keeper")
    begin(it, 1)
    with pytest.raises(NotFound):
        tries("ann")
    with pytest.raises(ReasonRequired):
        tries("keeper", " ")
    with pytest.raises(Invalid):
        tries("keeper", a="e")
    with pytest.raises(Invalid):
        tries("keeper", a="b")
