"""Random verbs on random processes: a few hundred here, many thousands in `make soak`."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from engine.testing.house import temporary_engine
from tests.engine.commands.casework import MONDAY, directory
from tests.engine.verbs.machine import Verbs

SEQUENCES = int(os.environ.get("VERB_SEQUENCES", "80"))


@pytest.fixture
def machine() -> Iterator[type[Verbs]]:
    with temporary_engine(directory(), MONDAY) as engine:
        yield type("Machine", (Verbs,), {"engine": engine})


def test_no_verb_leaves_a_case_stuck_or_anything_behind(machine: type[Verbs]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=25,
            deadline=None,
            # The same sequences each time; `make soak` draws others.
            derandomize=True,
            # Making a failure smaller can take an hour; VERB_SHRINK=1 asks for it.
            phases=tuple(Phase)
            if os.environ.get("VERB_SHRINK")
            else (Phase.explicit, Phase.reuse, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )
