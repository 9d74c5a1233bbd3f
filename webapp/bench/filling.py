"""A million open tasks in a minute: two real cases, copied inside the database with other people, units,
amounts and deadlines.

Who sees what is laid down by units: some hold a large part of the work, some a few tasks, some none, and
the rest lies with everybody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, text

from engine.engine import Engine
from engine.store.database import Database
from engine.store.tables import case_document, case_gram, instance, task, task_candidate

#: Open tasks of one case.
EACH = 4
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红玲建国海燕"
_THINGS = ("羽毛球拍", "便携式音箱", "会议横幅", "急救药箱", "图书角书架", "职工文艺汇演服装")


@dataclass(frozen=True)
class Share:
    """Units that have so much of the work, in turn: `part` of the whole, or `tasks`."""

    units: tuple[str, ...]
    part: float = 0.0
    tasks: int = 0


class Filling:
    """One database that gets more and more open tasks."""

    def __init__(
        self, engine: Engine, templates: list[str], shares: list[Share], role: str
    ) -> None:
        self._engine = engine
        self._templates = templates
        self._shares = shares
        self._role = role
        self._filled = 0

    def fill(self, tasks: int) -> None:
        """Until there are so many."""
        database = self._engine.database
        begin, end = self._filled // EACH, tasks // EACH
        with database.write() as connection:
            indexes = list(task_candidate.indexes)
            for index in indexes:
                index.drop(connection)
            for number, (first, last, units) in enumerate(self._blocks(begin, end)):
                self._cases(connection, first, last, units, self._templates[number % 2])
            for index in indexes:
                index.create(connection)
            connection.commit()
        if not database.is_sqlite:
            analyse(database)
        self._filled = tasks

    def _blocks(self, begin: int, end: int) -> list[tuple[int, int, tuple[str, ...]]]:
        """Which numbers of cases go to which units."""
        blocks = []
        at = begin
        total = end - begin
        for share in self._shares:
            cases = round(total * share.part)
            if share.tasks:
                cases = share.tasks // EACH if begin == 0 else 0
            if share.part < 0:
                cases = end - at
            half = cases // 2
            blocks += [(at, at + half, share.units), (at + half, at + cases, share.units)]
            at += cases
        return [one for one in blocks if one[0] < one[1]]

    def _cases(
        self, connection: Connection, begin: int, end: int, units: tuple[str, ...], template: str
    ) -> None:
        sql = _Words(self._engine.database.is_sqlite)
        given = {
            "begin": begin,
            "end": end,
            "template": template,
            "now": sql.instant(self._engine.clock.now()),
            "prefix": units[0].rpartition("_")[0],
            "first": int(units[0].rpartition("_")[2]),
            "units": len(units),
            "role": self._role,
        }
        for table, source, values in sql.copies():
            names = [column.name for column in table.c]
            picked = ", ".join(values.get(name, f"o.{name}") for name in names)
            statement = (
                f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {picked} FROM {source}"
            )
            used = {name: value for name, value in given.items() if f":{name}" in statement}
            connection.execute(text(statement), used)


class _Words:
    """What the two databases say differently."""

    def __init__(self, sqlite: bool) -> None:
        self._sqlite = sqlite

    def instant(self, now: Any) -> Any:
        return now.strftime("%Y-%m-%d %H:%M:%S") if self._sqlite else now

    def ago(self, seconds: str) -> str:
        """An instant before now; a negative number is after it."""
        if self._sqlite:
            return f"strftime('%Y-%m-%d %H:%M:%f', :now, (-({seconds})) || ' seconds') || '000'"
        return f"(CAST(:now AS timestamptz) - ({seconds}) * interval '1 second')"

    def padded(self, number: str, width: int) -> str:
        if self._sqlite:
            return f"printf('%0{width}d', {number})"
        return f"lpad(CAST({number} AS text), {width}, '0')"

    def numbers(self, begin: str, end: str, name: str) -> str:
        """From begin to end - 1."""
        if self._sqlite:
            return (
                f"(WITH RECURSIVE up(i) AS (SELECT {begin} UNION ALL SELECT i + 1 FROM up"
                f" WHERE i + 1 < {end}) SELECT i FROM up) AS {name}"
            )
        return f"generate_series(CAST({begin} AS int), CAST({end} AS int) - 1) AS {name}(i)"

    def copies(self) -> list[tuple[Table, str, Mapping[str, str]]]:
        """The tables in order: what rows are copied, and what is different in the copies."""
        case = f"'case' || {self.padded('n.i', 10)}"
        task_id = f"'task' || {self.padded(f'n.i * {EACH} + k.i', 10)}"
        many = self.numbers(":begin", ":end", "n")
        each = self.numbers("0", str(EACH), "k")
        unit = ":prefix || '_' || CAST(:first + n.i % :units AS text)"
        surname = f"substr('{_SURNAMES}', 1 + n.i % {len(_SURNAMES)}, 1)"
        given = [f"substr('{_GIVEN}', 1 + n.i / {step} % {len(_GIVEN)}, 1)" for step in (3, 97)]
        name = " || ".join((surname, *given))
        thing = " ".join(f"WHEN {n} THEN '{one}'" for n, one in enumerate(_THINGS))
        title = f"{name} || '领用' || CASE n.i % {len(_THINGS)} {thing} END"
        number = f"'bg-2026-' || {self.padded('n.i', 7)}"
        line = "'\n'" if self._sqlite else "E'\\n'"
        words = f" || {line} || ".join((name, f"'第' || {unit} || '基层工会'", number, title))
        none = "'9999-12-31 00:00:00.000000'" if self._sqlite else "'9999-12-31 00:00:00+00'"
        due = f"CASE WHEN o2.i % 10 = 0 THEN NULL ELSE {self.ago('(o2.i % 60 * 37 % 60 - 40) * 86400')} END"
        return [
            (
                instance,
                f"{many} CROSS JOIN (SELECT * FROM instance WHERE id = :template) AS o",
                {
                    "id": case,
                    "number": f"upper({number})",
                    "title": title,
                    "words": words,
                    "amount_fen": "CASE WHEN n.i % 7 = 0 THEN NULL ELSE n.i * 1007 % 50000 * 100 END",
                    "started_at": self.ago("9000000 - n.i * 30"),
                },
            ),
            (
                case_document,
                f"{many} CROSS JOIN"
                " (SELECT * FROM case_document WHERE instance_id = :template) AS o",
                {"instance_id": case},
            ),
            (
                task,
                f"{many} CROSS JOIN {each} CROSS JOIN"
                " (SELECT * FROM task WHERE instance_id = :template) AS o",
                {
                    "id": task_id,
                    "instance_id": case,
                    "created_at": self.ago(f"9000000 - n.i * 30 - k.i * {7 * 86400}"),
                    "due_at": due.replace("o2.i", f"(n.i * {EACH} + k.i)"),
                    "announced": "true",
                },
            ),
            (
                task_candidate,
                f"{many} JOIN instance ON instance.id = {case}"
                " JOIN task AS o ON o.instance_id = instance.id",
                {
                    "key": f":role || '@' || {unit}",
                    "lies_with": f":role || '@' || {unit}",
                    "task_id": "o.id",
                    "open": "true",
                    "process": "instance.key",
                    "starter_id": "instance.starter_id",
                    "due_at": f"coalesce(o.due_at, {none})",
                    "amount_fen": "coalesce(instance.amount_fen, -1)",
                },
            ),
            (
                case_gram,
                f"(SELECT DISTINCT substr(instance.words, p.i, 2) AS gram, instance.id AS instance_id"
                f" FROM {many} JOIN instance ON instance.id = {case}"
                f" JOIN {self.numbers('1', '90', 'p')} ON p.i < length(instance.words)"
                f" WHERE substr(instance.words, p.i, 2) NOT LIKE '%' || {line} || '%') AS o"
                " ORDER BY o.gram, o.instance_id",
                {},
            ),
        ]


def analyse(database: Database) -> None:
    """What PostgreSQL does by itself some minutes after so much has come."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
