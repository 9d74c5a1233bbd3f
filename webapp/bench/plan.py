"""What is measured on one database, in which order and how often."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from engine.engine import Engine
from engine.store.idempotency import KEPT
from engine.store.tables import idempotency
from webapp.assembly import build_engine
from webapp.bench import aid, bare, figures, inboxes
from webapp.bench.approvals import Approvals, Bare
from webapp.bench.children import Child
from webapp.bench.client import drive
from webapp.bench.growth import crowd, late_steps, votes
from webapp.bench.homes import SQLITE, Home, Place, used_bytes
from webapp.bench.organisation import OWN_PROCESSES, PROCESSES, People, Team, deploy_folders
from webapp.bench.report import Figure
from webapp.bench.sample import Blocks, Sample, measured

LANES = 8
CROWD = 30
FEW = 5

__all__ = ["FULL", "KEPT", "QUICK", "Plan", "measure"]


@dataclass(frozen=True)
class Plan:
    """How much of everything."""

    teams: int
    rounds: int
    #: Cases per round; each has two completions.
    cases: int
    #: Requests after which caches are warm.
    warm: int
    counted: int
    depth: int
    turns: int
    many: int
    #: Votes cast before the large sign-off is measured.
    cast: int
    stories: int
    #: Open tasks in the house, and how often each page of the inbox is looked at with so many.
    open_tasks: tuple[int, ...]
    looks: int


FULL = Plan(
    teams=32, rounds=5, cases=120, warm=40, counted=20, depth=1000, turns=60,
    many=5000, cast=1000, stories=4, open_tasks=(1_000, 100_000, 1_000_000), looks=20,
)  # fmt: skip
QUICK = Plan(
    teams=8, rounds=1, cases=16, warm=8, counted=8, depth=30, turns=8,
    many=50, cast=10, stories=0, open_tasks=(1_000, 10_000), looks=2,
)  # fmt: skip


def measure(
    place: Place, plan: Plan, say: Callable[[str], None], part: str | None = None
) -> list[Figure]:
    """All figures of one database, or those of one part."""
    parts = {"approvals": _approvals, "growth": _growth, "inbox": _inboxes, "aid": _aid}
    found: list[Figure] = []
    with ExitStack() as cleaning:
        for name, measured in parts.items():
            if part in (None, name) and (name != "aid" or plan.stories):
                found += measured(place, plan, say, cleaning)
    return found


def _approvals(
    place: Place, plan: Plan, say: Callable[[str], None], cleaning: ExitStack
) -> list[Figure]:
    say(f"{place.kind}: approve3 beside the bare endpoint")
    home, engine, people, teams = _organisation(place, plan, "approvals", cleaning)
    people.write(engine)
    deploy_folders(engine, PROCESSES / "approve3")
    names = [team.clerk for team in teams]
    bare_home = place.home("bare")
    tokens, tasks = bare.prepare(bare_home.database_url, names, plan.teams * 4)
    work = Approvals(teams, people.tokens, LANES)
    bare_work = Bare(tokens, tasks, LANES)
    with Child("gongban", home) as server, Child("bare", bare_home) as yardstick:
        drive(server.port, work.complete(work.start(server.port, plan.warm)))
        drive(yardstick.port, bare_work.complete(2 * plan.warm))
        before = used_bytes(engine.database)
        ours: list[Sample] = []
        theirs: list[Sample] = []
        cases = 0
        for _ in range(plan.rounds):
            waiting = work.start(server.port, plan.cases)
            cases += sum(map(len, waiting))
            ours.append(measured(server, work.complete(waiting), home.server_pid))
            lanes = bare_work.complete(2 * plan.cases)
            theirs.append(measured(yardstick, lanes, bare_home.server_pid))
        grown = used_bytes(engine.database) - before
    with Child("gongban", home, count=True) as server:
        drive(server.port, work.complete(work.start(server.port, plan.counted)))
        counts = server.counts()
    lasting = grown - _forgotten(engine)
    return figures.approvals(
        place.kind, Blocks(ours), Blocks(theirs), counts, grown / cases, lasting / cases
    )


def _forgotten(engine: Engine) -> int:
    """Bytes that are given back when a day has passed: the answers to repeated requests."""
    before = used_bytes(engine.database)
    with engine.database.write() as connection:
        connection.execute(idempotency.delete())
        connection.commit()
    return before - used_bytes(engine.database)


def _growth(
    place: Place, plan: Plan, say: Callable[[str], None], cleaning: ExitStack
) -> list[Figure]:
    say(f"{place.kind}: long cases, large sign-offs, thirty at once")
    home, engine, people, teams = _organisation(place, plan, "growth", cleaning)
    many = people.voters("many", plan.many)
    few = people.voters("few", FEW)
    thirty = people.voters("thirty", CROWD)
    signed_in = [teams[0].clerk, *many[: plan.turns], *few, *thirty]
    people.write(engine, signed_in)
    deploy_folders(engine, OWN_PROCESSES / "vote", OWN_PROCESSES / "loop")
    token = people.tokens[teams[0].clerk]
    with Child("gongban", home) as server:
        steps = late_steps(server.port, engine, teams[0], token, depth=plan.depth, turns=plan.turns)
        voting = votes(
            server.port, engine, people.tokens,
            large=many, small=few, cast=plan.cast, turns=plan.turns,
        )  # fmt: skip
        rush = [crowd(server.port, engine, people.tokens, thirty) for _ in range(3)]
    return figures.growth(place.kind, steps, voting, rush, plan.depth, plan.many, plan.cast)


def _inboxes(
    place: Place, plan: Plan, say: Callable[[str], None], cleaning: ExitStack
) -> list[Figure]:
    home = place.home("inboxes")
    home.prepare()
    engine = _engine(home, cleaning)
    people = inboxes.people()
    people.write(engine, inboxes.SIGNED_IN)
    filling = inboxes.filling(engine)
    found: list[inboxes.Looks] = []
    for tasks in plan.open_tasks:
        say(f"{place.kind}: the inbox with {tasks:,} open tasks")
        filling.fill(tasks)
        with Child("gongban", home) as server:
            found += inboxes.looks(
                server, engine, people.tokens, tasks, plan.looks, home.server_pid
            )
    return figures.inboxes(place.kind, found)


def _aid(place: Place, plan: Plan, say: Callable[[str], None], cleaning: ExitStack) -> list[Figure]:
    say(f"{place.kind}: illness_aid from application to follow-up")
    home = place.home("aid")
    home.prepare()
    people = People()
    aid.cast(people, plan.stories)
    engine = _engine(home, cleaning)
    aid.prepare(engine)
    engine = _engine(home, cleaning)  # once more: the clock is another one now
    people.write(engine)
    deploy_folders(engine, PROCESSES / "illness_aid")
    with engine.database.read() as connection:
        definition = engine.catalog.active(connection, "illness_aid")
    together = threading.Barrier(plan.stories)
    stories = [
        aid.Story(engine, definition, people.tokens, copy, place.kind != SQLITE, together)
        for copy in range(plan.stories)
    ]
    before = used_bytes(engine.database)
    with Child("gongban", home, count=True) as server:
        seconds = drive(server.port, [one.play for one in stories])
        counts = server.counts()
    grown = used_bytes(engine.database) - before
    return figures.aid(place.kind, seconds, counts, grown / plan.stories)


def _organisation(
    place: Place, plan: Plan, name: str, cleaning: ExitStack
) -> tuple[Home, Engine, People, list[Team]]:
    home = place.home(name)
    home.prepare()
    people = People()
    people.unit("root", "root", None)
    teams = [people.team(number) for number in range(plan.teams)]
    return home, _engine(home, cleaning), people, teams


def _engine(home: Home, cleaning: ExitStack) -> Engine:
    engine = build_engine(home.settings)
    cleaning.callback(engine.database.close)
    return engine
