"""A page of the inbox with more and more open tasks, for people with 200 keys who see much, little, nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from engine.engine import Engine
from engine.queries.open_work import Sieve, first, lists_of
from engine.queries.orders import ORDERS
from webapp.bench.approvals import FORM
from webapp.bench.client import Client, percentile
from webapp.bench.filling import Filling, Share
from webapp.bench.growth import started
from webapp.bench.organisation import OWN_PROCESSES, PROCESSES, People, deploy_folders

ROLE = "unit_clerk"
#: Keys of each of the three, and units of everybody else.
KEYS = 200
OTHERS = 1_000
#: Lines of a page, as the page has them.
PAGE = 30
DEEP = 500
WHO = ("15 %", "60", "none")
#: A name many have, a number nobody else has, a part of it, and a word that every case has.
SEARCHES = ("王伟", "BG-2026-0000007", "00007", "领用")
_SEARCH = "search "
SIGNED_IN = ("much", "little", "nothing")


@dataclass(frozen=True)
class Pages:
    """Seconds of one kind of page: who, in which order, the first or a late one."""

    tasks: int
    who: str
    sort: str
    page: int
    seconds: Sequence[float]

    @property
    def is_search(self) -> bool:
        """Looked for, rather than leafed through."""
        return self.sort.startswith(_SEARCH)

    @property
    def kind(self) -> str:
        """Which of this person's pages it is."""
        return self.sort if self.is_search else f"by {self.sort}, page {self.page}"

    @property
    def p95_ms(self) -> float:
        """What one in twenty exceeds."""
        return 1000 * percentile(self.seconds, 0.95)


def people() -> People:
    """Three clerks of 200 units each, somebody who starts cases, and units of others."""
    found = People()
    found.unit("root", "root", None)
    for name in SIGNED_IN:
        held = [(ROLE, found.unit(f"{name}_{number}")) for number in range(KEYS)]
        found.person(name, f"{name}_0", *held)
    for number in range(OTHERS):
        found.unit(f"other_{number}")
    found.person("starter", "other_0", ("member", "other_0"))
    return found


def filling(engine: Engine) -> Filling:
    """What fills the house with cases like two that have really been started."""
    deploy_folders(engine, PROCESSES / "approve3", OWN_PROCESSES / "loop")
    starter = engine.directory.actor("starter")
    begun = (("approve3", FORM), ("loop", None))
    templates = [started(engine, key, starter, form).case.id for key, form in begun]
    return Filling(engine, templates, shares(), ROLE)


def shares() -> list[Share]:
    """15 % lie with the units of the first, 60 tasks with those of the second, none with the third's."""
    return [
        Share(_units("much", KEYS), part=0.15),
        Share(_units("little", KEYS), tasks=60),
        Share(_units("other", OTHERS), part=-1),
    ]


def _units(name: str, count: int) -> tuple[str, ...]:
    return tuple(f"{name}_{number}" for number in range(count))


def pages(port: int, engine: Engine, tokens: dict[str, str], tasks: int, turns: int) -> list[Pages]:
    """Every order, for all three: the first page and the 500th, or the last there is."""
    client = Client(port)
    found = []
    try:
        for who, person in zip(WHO, SIGNED_IN, strict=True):
            for sort in ORDERS:
                for page, after in ((1, None), (DEEP, _mark(engine, person, sort))):
                    path = f"/inbox?box=pool&sort={quote(sort)}"
                    if after:
                        path += f"&after={quote(after)}"
                    seconds = _timed(client, path, tokens[person], turns)
                    found.append(Pages(tasks, who, sort, page, seconds))
            for text in SEARCHES:
                path = f"/inbox?box=pool&q={quote(text)}"
                seconds = _timed(client, path, tokens[person], turns)
                found.append(Pages(tasks, who, f"{_SEARCH}{text}", 1, seconds))
    finally:
        client.close()
    return found


def _mark(engine: Engine, person: str, sort: str) -> str | None:
    """Where the 500th page begins; the last page of who has fewer."""
    actor, order = engine.directory.actor(person), ORDERS[sort]
    with engine.database.read() as connection:
        lines = first(
            connection,
            lists_of(actor, "pool", ()),
            order,
            sieve=Sieve(),
            after=None,
            most=(DEEP - 1) * PAGE,
        )
    if len(lines) < (DEEP - 1) * PAGE:
        lines = lines[: -(len(lines) % PAGE or PAGE)]
    return order.mark(lines[-1].value, lines[-1].task_id) if lines else None


def _timed(client: Client, path: str, token: str, turns: int) -> list[float]:
    # Once for what is remembered between requests.
    client.page(path, token)
    return [_once(lambda: client.page(path, token)) for _ in range(turns)]


def _once(act: Callable[[], object]) -> float:
    begin_at = time.perf_counter()
    act()
    return time.perf_counter() - begin_at
