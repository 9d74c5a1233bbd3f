"""Tables as lines of JSON: a dump that needs no tool of the database, and its way back.

A line is an array in the order of the first line, which names the columns. Bytes are base64, times
and days ISO text; JSON columns stay the text they are, for hashes depend on it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    Text,
    column,
    insert,
    select,
    table,
)

from engine.store.database import Database
from engine.store.types import Json, UtcTime

_BATCH = 500


def dump_tables(database: Database, schemas: Iterable[MetaData], folder: Path) -> int:
    """Write every table as of one moment into a new folder; return the number of rows."""
    folder.mkdir(mode=0o700, parents=True)
    count = 0
    with database.read() as connection:
        if not database.is_sqlite:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        for each in _tables(schemas):
            plain = _plain(each)
            statement = select(*plain.c).execution_options(yield_per=_BATCH)
            with (folder / f"{each.name}.jsonl").open("w", encoding="utf-8") as out:
                out.write(json.dumps([one.name for one in plain.c]) + "\n")
                for row in connection.execute(statement):
                    out.write(json.dumps([_written(value) for value in row], ensure_ascii=False))
                    out.write("\n")
                    count += 1
    return count


def load_tables(database: Database, schemas: Iterable[MetaData], folder: Path) -> int:
    """Put a dump's rows into empty tables, in one transaction; return their number."""
    count = 0
    with database.write() as connection:
        for each in _tables(schemas):
            plain = _plain(each)
            rows = _read_rows(folder / f"{each.name}.jsonl", each)
            if any(key.column.table is each for key in each.foreign_keys):
                rows = _parents_first(each, rows)
            while batch := list(islice(rows, _BATCH)):
                connection.execute(insert(plain), batch)
                count += len(batch)
        connection.commit()
    return count


def _tables(schemas: Iterable[MetaData]) -> Iterator[Table]:
    """Every table after those it refers to."""
    for schema in schemas:
        yield from schema.sorted_tables


def _plain(each: Table) -> Any:
    """The table without our own types: what lies in the database is dumped, not what we make of it."""
    columns = []
    for one in each.columns:
        kind: Any = one.type
        if isinstance(kind, Json):
            kind = Text()
        elif isinstance(kind, UtcTime):
            kind = DateTime(timezone=True)
        columns.append(column(one.name, kind))
    return table(each.name, *columns)


def _read_rows(file: Path, each: Table) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        names = json.loads(next(lines))
        readers = [_reader(each.c[name].type) for name in names]
        for line in lines:
            values = json.loads(line)
            yield {
                name: None if value is None else read(value)
                for name, read, value in zip(names, readers, values, strict=True)
            }


def _reader(kind: Any) -> Any:
    if isinstance(kind, LargeBinary):
        return base64.b64decode
    if isinstance(kind, UtcTime):
        return datetime.fromisoformat
    if isinstance(kind, Date):
        return date.fromisoformat
    return lambda value: value


def _written(value: Any) -> Any:
    if isinstance(value, (bytes, memoryview)):
        return base64.b64encode(value).decode()
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return value


def _parents_first(each: Table, rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Rows of a table that refers to itself, each after the one it refers to."""
    key = next(iter(each.primary_key.columns)).name
    parent = next(one.parent.name for one in each.foreign_keys if one.column.table is each)
    waiting, known = list(rows), {None}
    while waiting:
        ready = [row for row in waiting if row[parent] in known]
        if not ready:
            raise ValueError(f"rows of {each.name} refer to rows that are not there")
        yield from ready
        known |= {row[key] for row in ready}
        waiting = [row for row in waiting if row[parent] not in known or row[key] not in known]
