"""A warning stands only where somebody has said why, and what was said stays with the version."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.actors import SYSTEM
from engine.catalog.accepted import reasons_before, reasons_of
from engine.catalog.check import Reason, check, refuse_unexplained, unexplained
from engine.catalog.package import Package
from engine.catalog.versions import deploy
from engine.engine import Engine
from engine.errors import InvalidPackage, UnexplainedWarnings
from engine.store.tables import event_payload
from engine.testing import CastDirectory, temporary_engine
from tests.engine.catalog.test_check import PROCESSES, build

WHY = "the English follows in June"
REASON = Reason("no_english", "", "", WHY)


@pytest.fixture
def engine(database_url) -> Iterator[Engine]:
    directory = CastDirectory.load(PROCESSES / "_shared" / "cast.yaml")
    with temporary_engine(directory, datetime(2026, 3, 2, tzinfo=UTC), url=database_url) as made:
        yield made


@pytest.fixture
def untranslated(tmp_path: Path) -> Path:
    return build("english_missing", tmp_path)[0]


def accepting(folder: Path, **facts: str) -> None:
    said = "\n".join(f"{name} = {json.dumps(value)}" for name, value in facts.items())
    with (folder / "process.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[[accepted]]\n{said}\n")


def test_a_warning_without_a_reason_keeps_a_package_from_being_deployed(untranslated):
    with pytest.raises(UnexplainedWarnings, match=r"no_english in i18n/en\.json") as refused:
        refuse_unexplained(Package.from_folder(untranslated))
    assert refused.value.parts["count"] == 1


def test_a_reason_lets_the_warning_stand(untranslated):
    refuse_unexplained(Package.from_folder(untranslated), [REASON])


@pytest.mark.parametrize(
    "reason",
    [
        Reason("no_default", "", "", WHY),
        Reason("no_english", "review", "", WHY),
        Reason("no_english", "", "process.bpmn", WHY),
    ],
)
def test_a_reason_is_for_the_warning_it_names_alone(untranslated, reason):
    assert unexplained(check(untranslated), [reason])


def test_a_reason_may_lie_in_the_package_itself(untranslated):
    accepting(untranslated, rule="no_english", why=WHY)
    refuse_unexplained(Package.from_folder(untranslated))
    (found,) = check(untranslated)
    assert found.accepted == WHY


def test_a_reason_that_says_nothing_is_none(untranslated):
    accepting(untranslated, rule="no_english", why="  ")
    assert [one.rule for one in check(untranslated)] == ["unreadable_package"]


def test_no_reason_excuses_an_error(tmp_path):
    folder, _ = build("outcome_unknown", tmp_path)
    package = Package.from_folder(folder)
    reasons = [Reason(one.rule, one.element, one.file, WHY) for one in check(folder)]
    with pytest.raises(InvalidPackage, match="review has no outcome agreed"):
        refuse_unexplained(package, reasons)


def test_what_was_said_is_on_the_record_and_offered_with_the_next_version(
    engine: Engine, untranslated: Path
) -> None:
    with engine.command(SYSTEM) as uow:
        first, _ = deploy(uow, Package.from_folder(untranslated), reasons=[REASON])
        uow.commit()
    accepting(untranslated, rule="rung_to", element="review", why="it is read aloud")
    with engine.command(SYSTEM) as uow:
        second, new = deploy(uow, Package.from_folder(untranslated))
        uow.commit()
    assert new
    with engine.database.read() as connection:
        assert reasons_of(connection, first) == [REASON]
        (own,) = reasons_of(connection, second)
        assert own.why == "it is read aloud"
        assert reasons_before(connection, "sample") == [REASON, own]
        own_stream = event_payload.c.stream == "definition:sample"
        said = connection.execute(
            select(event_payload.c.payload).where(own_stream).order_by(event_payload.c.seq)
        ).scalars()
        recorded = [[one["why"] for one in json.loads(text)["reasons"]] for text in said]
    assert recorded == [[WHY], ["it is read aloud"]]
