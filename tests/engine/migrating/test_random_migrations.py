"""Random verbs on random processes, whose case moves to a version that says the same and back, at any moment.

The token game beside it knows nothing of versions: where it agrees afterwards, nothing has changed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from engine.catalog.package import Package
from engine.errors import CannotMigrate
from engine.migrating.batch import migrate, undo_migration
from engine.testing.house import temporary_engine
from tests.engine.commands.casework import MONDAY, directory
from tests.engine.migrating.moving import deploy_version, state_of
from tests.engine.verbs.machine import Verbs

SEQUENCES = int(os.environ.get("MIGRATION_SEQUENCES", "25"))


def twin(package: Package) -> Package:
    """The same process under another title: another version, in which everything is called the same."""
    facts = package.files["process.toml"].replace("画出来的流程".encode(), "又一版".encode())
    return Package({**package.files, "process.toml": facts})


class Migrating(Verbs):
    """The verbs, and moving between two versions that say the same."""

    def versions(self) -> list[Any]:
        """Both versions."""
        if not hasattr(self, "both"):
            self.both = [
                self.office.definition,
                deploy_version(self.office, twin(self.drawn.package)),
            ]
        return self.both

    @rule(back=st.booleans())
    def migrate(self, back: bool) -> None:
        """The case moves to the other version; or there and back."""
        first, second = self.versions()
        here = self.office.definition
        there = second if here.id == first.id else first
        before = state_of(self.office)
        try:
            batch = self.office.do(
                "keeper",
                lambda uow: migrate(uow, self.office.case, there, chosen={}, reason="better"),
            )
        except CannotMigrate as error:
            reasons = [one.why for one in error.parts["reasons"]]  # type: ignore[attr-defined]
            # An open sub-process or join may make looking for an end take too long.
            assert reasons in (["not_running"], ["cannot_end"]), reasons
            assert state_of(self.office) == before
            return
        self.office.definition = there
        after = state_of(self.office)
        assert after.pop("instance") == {**before["instance"], "definition_id": there.id}
        assert after == {key: rows for key, rows in before.items() if key != "instance"}
        self.check()
        if back:
            assert self.office.do("keeper", lambda uow: undo_migration(uow, batch)) == 1
            self.office.work()
            self.office.definition = here
            if self.state == "active":
                assert state_of(self.office) == before
            self.check()


@pytest.fixture
def machine() -> Iterator[type[Migrating]]:
    with temporary_engine(directory(), MONDAY) as engine:
        yield type("Machine", (Migrating,), {"engine": engine})


def test_a_case_that_moves_to_the_same_diagram_goes_on_as_if_nothing_had_happened(
    machine: type[Migrating],
) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=15,
            deadline=None,
            derandomize=True,
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )
