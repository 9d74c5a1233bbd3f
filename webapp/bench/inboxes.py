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
from webapp.bench.children import Child, family_cpu
from webapp.bench.client import Client, median
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
class Looks:
    """What one person's pages took, and the processor time of the server and its database for each."""

    tasks: int
    who: str
    pages: Sequence[Pages]
    cpu_ms: float

    def seconds(self, *, searching: bool) -> list[float]:
        """Of every look, in every order."""
        return [one for page in self.pages if page.is_search is searching for one in page.seconds]

    def slowest(self, *, searching: bool) -> Pages:
        """The kind of page that took longest, by its median."""
        kinds = [page for page in self.pages if page.is_search is searching]
        return max(kinds, key=lambda page: median(page.seconds))


@dataclass(frozen=True)
class Pages:
    """Seconds of one kind of page: who, in which order, the first or a late one."""

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


def looks(
    server: Child,
    engine: Engine,
    tokens: dict[str, str],
    tasks: int,
    turns: int,
    database_pid: int | None,
) -> list[Looks]:
    """Every order, for all three: the first page and the 500th, or the last there is."""
    client = Client(server.port)
    found = []
    try:
        for who, person in zip(WHO, SIGNED_IN, strict=True):
            kinds = _kinds(engine, person)
            for _sort, _page, path in kinds:
                # Once for what is remembered between requests.
                client.page(path, tokens[person])
            spent = _cpu(server, database_pid)
            pages = [
                Pages(sort, page, _timed(client, path, tokens[person], turns))
                for sort, page, path in kinds
            ]
            spent = _cpu(server, database_pid) - spent
            found.append(Looks(tasks, who, pages, 1000 * spent / (turns * len(kinds))))
    finally:
        client.close()
    return found


def _kinds(engine: Engine, person: str) -> list[tuple[str, int, str]]:
    """The pages somebody looks at: order, number, address."""
    found = []
    for sort in ORDERS:
        for page, after in ((1, None), (DEEP, _mark(engine, person, sort))):
            path = f"/inbox?box=pool&sort={quote(sort)}"
            found.append((sort, page, f"{path}&after={quote(after)}" if after else path))
    for text in SEARCHES:
        found.append((f"{_SEARCH}{text}", 1, f"/inbox?box=pool&q={quote(text)}"))
    return found


def _cpu(server: Child, database_pid: int | None) -> float:
    return server.cpu() + (family_cpu(database_pid) or 0.0)


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
    return [_once(lambda: client.page(path, token)) for _ in range(turns)]


def _once(act: Callable[[], object]) -> float:
    begin_at = time.perf_counter()
    act()
    return time.perf_counter() - begin_at
