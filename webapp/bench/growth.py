"""What must not grow: a step late in a long case, a vote among thousands, thirty people at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.actors import Actor
from engine.commands.complete import complete as command
from engine.commands.start import Acted, start
from engine.engine import Engine
from engine.ids import new_id
from webapp.bench.approvals import complete
from webapp.bench.client import Client, drive, median
from webapp.bench.organisation import Team

MORE = {"outcome": "more", "form": {}}
VOTE = {"outcome": "agree", "form": {}}


@dataclass(frozen=True)
class Pair:
    """Two things measured in turns, so that what disturbs one disturbs the other."""

    large: Sequence[float]
    small: Sequence[float]

    @property
    def ratio(self) -> float:
        """How much more the large one costs."""
        return median(self.large) / median(self.small)


@dataclass(frozen=True)
class Crowd:
    """Many who sign one task at the same instant."""

    seconds: Sequence[float]
    statuses: Sequence[int]

    @property
    def errors(self) -> int:
        """Answers that were not 200."""
        return sum(status != 200 for status in self.statuses)

    @property
    def slowest(self) -> float:
        """Seconds of the last answer."""
        return max(self.seconds)


def late_steps(
    port: int, engine: Engine, team: Team, token: str, *, depth: int, turns: int
) -> Pair:
    """A step after `depth` completed ones in its case, against a step around the tenth."""
    old = _Loop(engine, team).advanced(depth)
    large: list[float] = []
    small: list[float] = []
    client = Client(port)
    try:
        while len(small) < turns:
            young = _Loop(engine, team).advanced(9)
            for _ in range(min(10, turns)):
                old.task = _timed(client, old.task, MORE, token, large)
                young.task = _timed(client, young.task, MORE, token, small)
    finally:
        client.close()
    return Pair(large, small)


class _Loop:
    """A case that goes round and round; brought to its place without the web."""

    def __init__(self, engine: Engine, team: Team) -> None:
        self._engine = engine
        self._clerk = engine.directory.actor(team.clerk)
        self.task = begin(engine, "loop", engine.directory.actor(team.member))

    def advanced(self, steps: int) -> _Loop:
        for _ in range(steps):
            with self._engine.command(self._clerk) as uow:
                self.task = command(uow, self.task, outcome="more").moved.opened[0].id
                uow.commit()
        return self


def votes(
    port: int,
    engine: Engine,
    tokens: dict[str, str],
    *,
    large: Sequence[str],
    small: Sequence[str],
    cast: int,
    turns: int,
) -> Pair:
    """A vote among many against a vote among few, when `cast` of the many have voted already."""
    many = begin(engine, "vote", _starter(engine, large))
    for who in large[turns : turns + cast]:
        with engine.command(engine.directory.actor(who)) as uow:
            command(uow, many, outcome="agree")
            uow.commit()
    long: list[float] = []
    short: list[float] = []
    client = Client(port)
    # The last vote of the few decides; only those before it are compared.
    each = len(small) - 1
    try:
        for turn in range(turns):
            if turn % each == 0:
                few = begin(engine, "vote", _starter(engine, small))
            _timed(client, many, VOTE, tokens[large[turn]], long)
            _timed(client, few, VOTE, tokens[small[turn % each]], short)
    finally:
        client.close()
    return Pair(long, short)


def crowd(port: int, engine: Engine, tokens: dict[str, str], people: Sequence[str]) -> Crowd:
    """All sign one task at once, on connections that are open already."""
    task = begin(engine, "vote", _starter(engine, people))
    together = threading.Barrier(len(people))
    statuses: list[int] = []

    def lane(who: str) -> Callable[[Client], None]:
        def run(client: Client) -> None:
            client.post(f"/api/v1/tasks/{new_id()}/claim", {}, tokens[who], new_id(), timed=False)
            together.wait()
            path = f"/api/v1/tasks/{task}/complete"
            statuses.append(client.post(path, VOTE, tokens[who], new_id())[0])

        return run

    seconds = drive(port, [lane(who) for who in people])
    return Crowd(seconds, statuses)


def begin(engine: Engine, key: str, actor: Actor) -> str:
    """Start a case without the web; return its first task."""
    return started(engine, key, actor).moved.opened[0].id


def started(engine: Engine, key: str, actor: Actor, form: object = None) -> Acted:
    """Start a case without the web."""
    with engine.command(actor) as uow:
        acted = start(uow, engine.catalog.active(uow.connection, key), form)
        uow.commit()
    return acted


def _starter(engine: Engine, voters: Sequence[str]) -> Actor:
    name = voters[0].rpartition("_")[0]
    return engine.directory.actor(f"{name}_member")


def _timed(client: Client, task: str, body: Any, token: str, into: list[float]) -> str:
    begin_at = time.perf_counter()
    answer = complete(client, task, body, token)
    into.append(time.perf_counter() - begin_at)
    return answer["next"][0]["task"] if answer["next"] else task
