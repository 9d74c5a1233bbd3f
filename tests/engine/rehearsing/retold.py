"""Cases of the past for rehearsals: scenarios played, and their packages changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from engine.catalog.definition import Definition, compile_definition
from engine.catalog.package import Package
from engine.engine import Engine
from engine.queries.history import history
from engine.rehearsing.past import Past, read_past
from engine.rehearsing.verdict import Verdict, judge
from engine.rehearsing.walking import Kept
from engine.store.tables import case_document, instance
from engine.testing.play import told

PROCESSES = Path(__file__).parents[3] / "processes"
Change = Callable[[dict[str, bytes]], None]


@dataclass
class Retold:
    """One case of the past in the house it was played in."""

    engine: Engine
    then: Definition
    past: Past | None
    kept: Kept

    def under(self, change: Change) -> Verdict:
        """What would have become of it under its package with a change."""
        files = dict(self.then.package.files)
        change(files)
        return judge(
            self.engine, self.then, compile_definition(Package(files)), self.past, self.kept
        )

    def as_it_was(self) -> Verdict:
        """What its own version makes of it."""
        return judge(self.engine, self.then, self.then, self.past, self.kept)


@contextmanager
def retold(package: str, scenario: str) -> Iterator[Retold]:
    folder = PROCESSES / package
    with told(folder, folder / "scenarios" / f"{scenario}.yaml") as (engine, instance_id, _story):
        with engine.database.read() as connection:
            row = connection.execute(
                select(instance, case_document.c.content)
                .join(case_document)
                .where(instance.c.id == instance_id)
            ).one()
            past = read_past(history(connection, instance_id))
        kept = Kept(row.id, row.number, row.starter_id, row.places, row.content)
        yield Retold(engine, engine.catalog.get(row.definition_id), past, kept)


def replaced(path: str, old: str, new: str) -> Change:
    """A change that puts one text of a file in place of another; it must be there exactly once."""

    def change(files: dict[str, bytes]) -> None:
        text = files[path].decode()
        assert text.count(old) == 1, (path, old, text.count(old))
        files[path] = text.replace(old, new).encode()

    return change
