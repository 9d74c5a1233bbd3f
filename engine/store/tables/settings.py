"""Facts the administrators keep: the working-day table and a few settings of the installation."""

from sqlalchemy import Boolean, Column, Date, String, Table

from engine.store.metadata import metadata
from engine.store.types import Json

#: Days on which the administrators' word counts more than the published calendar's.
working_day = Table(
    "working_day",
    metadata,
    Column("day", Date, primary_key=True),
    Column("working", Boolean, nullable=False),
    Column("note", String(200), nullable=False),
)

setting = Table(
    "setting",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Json, nullable=False),
)
