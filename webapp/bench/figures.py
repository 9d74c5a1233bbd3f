"""From measurements to figures with their bars; the bars are those of DESIGN.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from webapp.bench.client import percentile
from webapp.bench.growth import Crowd, Pair
from webapp.bench.inboxes import Looks
from webapp.bench.report import Figure
from webapp.bench.sample import Blocks, ratio

STATEMENTS = 12
COMMITS = 1
CPU_RATIO = 2.5
BYTES = 20 * 1024
GROWTH = 1.2
SLOWEST = 1.0
PAGE_MS = 100.0

Counts = Mapping[str, Mapping[str, float]]
_COMPLETE = "tasks.Complete"
_START = "processes.ProcessInstances"


def approvals(
    database: str, ours: Blocks, bare: Blocks, counts: Counts, grown: float, lasting: float
) -> list[Figure]:
    """`approve3` beside the bare endpoint."""

    def figure(name: str, value: float, unit: str, **more: object) -> Figure:
        return Figure(database, f"approve3 {name}", value, unit, **more)  # type: ignore[arg-type]

    found = _counted(database, "approve3", counts, bars=True)
    found += [
        figure("CPU against bare", ratio(ours, bare), "×", bar=CPU_RATIO, note="median of blocks"),
        figure("server CPU per completion", ours.cpu_ms, "ms", bare=bare.cpu_ms),
        figure("answer p50", ours.p50_ms, "ms", bare=bare.p50_ms),
        figure("answer p95", ours.p95_ms, "ms", bare=bare.p95_ms),
        figure("completions per second", ours.rate, "/s", bare=bare.rate),
        figure("bytes per finished case", grown, "B", bar=BYTES, note="all tables and indexes"),
        figure("bytes after a day", lasting, "B", note="without the kept answers"),
    ]
    if ours.database_ms is not None:
        more = figure("database CPU per completion", ours.database_ms, "ms", bare=bare.database_ms)
        found.insert(4, more)
    return found


def growth(
    database: str,
    steps: Pair,
    voting: Pair,
    rush: Sequence[Crowd],
    depth: int,
    many: int,
    cast: int,
) -> list[Figure]:
    """What must not grow."""
    slowest = max(one.slowest for one in rush)
    note = f"{cast:,} have voted; medians in turns"
    return [
        Figure(database, f"step {depth:,} against the 10th", steps.ratio, "×", GROWTH),
        Figure(database, f"vote among {many:,} against 5", voting.ratio, "×", GROWTH, note=note),
        Figure(database, "30 sign at once: errors", sum(one.errors for one in rush), "", 0),
        Figure(database, "30 sign at once: slowest", slowest, "s", SLOWEST),
    ]


def inboxes(database: str, found: Sequence[Looks]) -> list[Figure]:
    """Pages of the inbox and searches, and how they grow with the work there is."""
    figures = []
    for searching, what in ((False, "inbox"), (True, "search")):
        for one in found:
            slowest = one.slowest(searching=searching)
            note = f"slowest: {slowest.kind}, p50 {1000 * percentile(slowest.seconds, 0.5):.0f} ms"
            p95 = 1000 * percentile(one.seconds(searching=searching), 0.95)
            name = f"{what} of {one.tasks:,} tasks, who sees {one.who}: p95"
            figures.append(Figure(database, name, p95, "ms", PAGE_MS, note=note))
    for one in found:
        name = f"inbox of {one.tasks:,} tasks, who sees {one.who}: CPU"
        figures.append(Figure(database, name, one.cpu_ms, "ms", note="server and database"))
    for who in dict.fromkeys(one.who for one in found):
        few, *_, many = sorted((one for one in found if one.who == who), key=lambda one: one.tasks)
        name = f"inbox of {many.tasks:,} against {few.tasks:,}, who sees {who}: CPU"
        figures.append(Figure(database, name, many.cpu_ms / few.cpu_ms, "×"))
    return figures


def aid(database: str, seconds: Sequence[float], counts: Counts, grown: float) -> list[Figure]:
    """`illness_aid`."""

    def figure(name: str, value: float, unit: str, **more: object) -> Figure:
        return Figure(database, f"illness_aid {name}", value, unit, **more)  # type: ignore[arg-type]

    return [
        *_counted(database, "illness_aid", counts),
        figure("answer p50", 1000 * percentile(seconds, 0.5), "ms", note="while counting"),
        figure("answer p95", 1000 * percentile(seconds, 0.95), "ms", note="while counting"),
        figure("bytes per finished case", grown, "B", note="without files"),
    ]


def _counted(database: str, name: str, counts: Counts, *, bars: bool = False) -> list[Figure]:
    done, begun = counts[_COMPLETE], counts[_START]

    def each(of: Mapping[str, float], what: str) -> float:
        return of[what] / of["requests"]

    statements = each(done, "statements")
    most = f"at most {done['most_statements']:.0f}"
    return [
        Figure(
            database, f"{name} statements per completion", statements, "",
            STATEMENTS if bars else None, note=most,
        ),
        Figure(
            database, f"{name} commits per completion", each(done, "commits"), "",
            COMMITS if bars else None,
        ),
        Figure(database, f"{name} handler CPU per completion", 1000 * each(done, "cpu"), "ms"),
        Figure(database, f"{name} statements per start", each(begun, "statements"), ""),
    ]  # fmt: skip
