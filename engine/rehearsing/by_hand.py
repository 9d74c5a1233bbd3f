"""A case played by hand: the steps so far done again in a throw-away house, and what can be done next.

Whoever plays adds one step at a time; what has been played is a scenario like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine.catalog.package import Package
from engine.catalog.steps import Outcome, read_candidates
from engine.commands.access import holders_of, place_keys
from engine.errors import EngineError, InvalidForm
from engine.forms import Form
from engine.jobs.leases import next_due
from engine.rehearsing.samples import examples, sample_form, usual_starters
from engine.store.tables import instance, payment_order, signer, task
from engine.testing.directory import CastDirectory
from engine.testing.house import ZONE, temporary_engine
from engine.testing.play import Act, Player, Story
from engine.testing.refusals import ScenarioFailed
from engine.testing.times import instant_of


@dataclass(frozen=True, slots=True)
class Doable:
    """An open task: who could do it, how, and something to write into its form."""

    element: str
    name: str
    run: int | None
    people: tuple[tuple[str, str], ...]
    outcomes: tuple[Outcome, ...]
    form: Form | None
    values: dict[str, Any]


@dataclass
class Standing:
    """Where a case stands after its steps."""

    at: datetime
    acts: list[Act] = field(default_factory=list)
    state: str = ""
    end_event: str = ""
    title: str = ""
    open: list[Doable] = field(default_factory=list)
    #: When something happens by itself; None: nothing will.
    due: datetime | None = None
    #: Payments wait for the bank.
    to_be_paid: bool = False
    passed: list[str] = field(default_factory=list)
    #: How many steps were done; a step that was refused is the last, and `problem` says why.
    done: int = 0
    problem: str = ""
    parts: dict[str, Any] = field(default_factory=dict)


def starters(package: Package, cast: Path) -> list[tuple[str, str]]:
    """The people of the cast who may start the process: id and name."""
    directory = CastDirectory.load(cast)
    roles, usual = package.manifest.start_roles, usual_starters(package)
    people = [
        person
        for person in directory.people
        if any(directory.actor(person).has_role(role) for role in roles)
    ]
    # Examples fit whoever they were written for, so those come first.
    people.sort(key=lambda one: usual.index(one) if one in usual else len(usual))
    return [(person, directory.name(person)) for person in people]


def start_values(
    package: Package, form: Form | None, content: Mapping[str, Any], cast: Path
) -> Any:
    """Something to write into the start form."""
    directory = CastDirectory.load(cast)
    places = directory.places(content["starter"])
    today = instant_of(content["at"]).astimezone(ZONE).date()
    people = _choosable(directory, places, form, content["starter"])
    return sample_form(form, today, people, examples(package).get(""))


def stand(package: Package, content: Mapping[str, Any], cast: Path) -> Standing:
    """Do the steps of a scenario, and say where the case stands. A refused step ends the telling.

    Raise `InvalidPackage` for a package that cannot run.
    """
    at = instant_of(content["at"])
    with temporary_engine(CastDirectory.load(cast), at) as engine:
        player = Player(engine, package, dict(content), Story("", ""))
        standing = Standing(at)
        try:
            for step in content["steps"]:
                player.do(step)
                standing.done += 1
        except InvalidForm as error:
            standing.problem, standing.parts = error.problem, dict(error.parts)
        except EngineError as error:
            standing.problem, standing.parts = error.problem, dict(error.parts)
        except ScenarioFailed as error:
            standing.problem, standing.parts = "story_failed", {"failure": error.failure}
        _look(player, standing, examples(package))
        return standing


def _look(player: Player, standing: Standing, written: Mapping[str, dict[str, Any]]) -> None:
    engine = player.engine
    standing.at, standing.acts = engine.clock.now(), player.story.acts
    if not player.instance_id:
        return
    standing.passed = sorted(player.passed())
    standing.due = next_due(engine)
    with engine.database.read() as connection:
        case = connection.execute(select(instance).where(instance.c.id == player.instance_id)).one()
        standing.state, standing.end_event = case.state, case.end_event or ""
        standing.title = case.title
        rows = connection.execute(
            select(task)
            .where(task.c.instance_id == case.id, task.c.state == "open")
            .order_by(task.c.created_at, task.c.id)
        ).all()
        ready = select(payment_order.c.id).where(payment_order.c.state == "ready").limit(1)
        standing.to_be_paid = connection.execute(ready).one_or_none() is not None
        for row in rows:
            asked = connection.execute(
                select(signer.c.person_id)
                .where(signer.c.task_id == row.id, signer.c.state == "open")
                .order_by(signer.c.position)
            ).scalars()
            example = written.get(row.element_id)
            standing.open.append(
                _doable(player, row, list(asked), case.places, case.starter_id, example)
            )


def _doable(
    player: Player,
    row: Any,
    signers: list[str],
    places: Mapping[str, str],
    starter: str,
    example: Mapping[str, Any] | None,
) -> Doable:
    directory, step = player.engine.directory, player.definition.steps[row.element_id]
    people = signers or holders_of(directory, row.candidate_keys or [])
    form = player.definition.form_of(step)
    today = player.engine.clock.now().astimezone(ZONE).date()
    return Doable(
        element=step.id,
        name=step.name,
        run=row.run,
        people=tuple((one, directory.name(one)) for one in people),
        outcomes=step.outcomes,
        form=form,
        values=sample_form(form, today, _choosable(directory, places, form, starter), example),
    )


def _choosable(
    directory: Any, places: Mapping[str, str], form: Form | None, starter: str
) -> dict[str, list[str]]:
    """Candidates as fields name them → who may be chosen there."""
    found: dict[str, list[str]] = {}
    for text in _candidates(form):
        keys = [
            key
            for one in read_candidates(text, "candidates")
            for key in place_keys(directory, places, one)
        ]
        found[text] = [one for one in holders_of(directory, keys) if one != starter]
    return found


def _candidates(form: Form | None) -> Iterable[str]:
    return {one.candidates for _path, one in form.fields() if one.candidates} if form else set()
