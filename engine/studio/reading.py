"""Drafts as their people see them: whose they are, what is in them, how they were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, literal, or_, select

from engine.actors import Actor, Directory
from engine.catalog.package import Package
from engine.errors import NotAllowed, NotFound
from engine.store.tables import (
    blob,
    package_draft,
    package_draft_file,
    package_draft_save,
    package_draft_share,
)
from engine.studio.paths import is_companion


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft, and what its reader may do with it."""

    id: str
    key: str
    title: str
    base_id: str | None
    owner_id: str
    created_at: datetime
    updated_at: datetime
    updated_by: str
    saves: int
    discarded_at: datetime | None
    #: May this reader write? Is it their own?
    edits: bool
    owns: bool


@dataclass(frozen=True, slots=True)
class FileView:
    """A file of a draft without its content."""

    path: str
    version: int
    hash: str
    size: int
    updated_by: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class SaveView:
    """One save: which files changed, by whom, when."""

    number: int
    paths: tuple[str, ...]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ShareView:
    """Somebody who sees a draft that is not theirs."""

    person_id: str
    edits: bool


def drafts_of(
    connection: Connection, actor: Actor, *, discarded: bool = False, limit: int = 200
) -> list[DraftView]:
    """The actor's drafts and those shared with them, the latest first."""
    require_studio(actor)
    gone = package_draft.c.discarded_at
    statement = (
        _visible(actor)
        .where(gone.is_not(None) if discarded else gone.is_(None))
        .order_by(package_draft.c.updated_at.desc(), package_draft.c.id)
        .limit(limit)
    )
    return [_view(row, actor) for row in connection.execute(statement)]


def left_drafts(connection: Connection, actor: Actor, directory: Directory) -> list[DraftView]:
    """Drafts whose owner is no administrator any more: any administrator may take one over."""
    require_studio(actor)
    statement = (
        select(package_draft, literal(False).label("edits"))
        .where(package_draft.c.discarded_at.is_(None), package_draft.c.owner_id != actor.id)
        .order_by(package_draft.c.updated_at.desc(), package_draft.c.id)
    )
    found = [_view(row, actor) for row in connection.execute(statement)]
    gone = {
        owner for owner in {one.owner_id for one in found} if not still_drafts(directory, owner)
    }
    return [one for one in found if one.owner_id in gone]


def still_drafts(directory: Directory, person_id: str) -> bool:
    """Whether somebody is there and administers."""
    return directory.is_active(person_id) and directory.actor(person_id).administers


def read_draft(
    connection: Connection, actor: Actor, draft_id: str, *, edits: bool = False
) -> DraftView:
    """A draft that the actor sees; raise `NotFound`, with `edits` also `NotAllowed` who only reads it.

    A discarded draft is only its owner's to see, to bring it back.
    """
    require_studio(actor)
    row = connection.execute(_visible(actor).where(package_draft.c.id == draft_id)).one_or_none()
    if row is None or (row.discarded_at is not None and row.owner_id != actor.id):
        raise NotFound(draft=draft_id)
    found = _view(row, actor)
    if edits and (not found.edits or found.discarded_at is not None):
        raise NotAllowed(draft=draft_id, person=actor.id)
    return found


def require_studio(actor: Actor) -> None:
    """Drafts are administrators' affair; raise `NotAllowed` for everybody else."""
    if not actor.administers:
        raise NotAllowed(person=actor.id)


def files_of(connection: Connection, draft_id: str) -> list[FileView]:
    """The files that are there, by path. Whoever asks has read the draft."""
    table = package_draft_file
    rows = connection.execute(
        select(table)
        .where(table.c.draft_id == draft_id, table.c.hash.is_not(None))
        .order_by(table.c.path)
    )
    return [
        FileView(row.path, row.version, row.hash, row.size, row.updated_by, row.updated_at)
        for row in rows
    ]


def content_of(connection: Connection, draft_id: str, path: str) -> tuple[FileView, bytes]:
    """A file with its content; raise `NotFound`."""
    table = package_draft_file
    row = connection.execute(
        select(table, blob.c.content)
        .join(blob, blob.c.hash == table.c.hash)
        .where(table.c.draft_id == draft_id, table.c.path == path)
    ).one_or_none()
    if row is None:
        raise NotFound(draft=draft_id, path=path)
    view = FileView(row.path, row.version, row.hash, row.size, row.updated_by, row.updated_at)
    return view, row.content


def package_of(connection: Connection, draft_id: str) -> Package:
    """All a draft holds, as a package: it may be broken in every way. Whoever asks has read the draft."""
    table = package_draft_file
    rows = connection.execute(
        select(table.c.path, blob.c.content)
        .join(blob, blob.c.hash == table.c.hash)
        .where(table.c.draft_id == draft_id)
        .order_by(table.c.path)
    ).all()
    return Package(
        {row.path: row.content for row in rows if not is_companion(row.path)},
        {row.path: row.content for row in rows if is_companion(row.path)},
    )


def saves_of(connection: Connection, draft_id: str, *, limit: int = 100) -> list[SaveView]:
    """The saves that were kept, the latest first."""
    table = package_draft_save
    numbers = connection.execute(
        select(table.c.number)
        .where(table.c.draft_id == draft_id)
        .group_by(table.c.number)
        .order_by(table.c.number.desc())
        .limit(limit)
    ).scalars()
    wanted = list(numbers)
    rows = connection.execute(
        select(table)
        .where(table.c.draft_id == draft_id, table.c.number.in_(wanted))
        .order_by(table.c.number.desc(), table.c.path)
    )
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.number, []).append(row)
    return [
        SaveView(number, tuple(one.path for one in group), group[0].saved_by, group[0].saved_at)
        for number, group in found.items()
    ]


def saved_state(connection: Connection, draft_id: str, number: int) -> dict[str, str]:
    """Path → hash of every file as it was after a save; raise `NotFound` for one that was not kept."""
    table = package_draft_save
    latest = (
        select(table.c.path, func.max(table.c.number).label("number"))
        .where(table.c.draft_id == draft_id, table.c.number <= number)
        .group_by(table.c.path)
        .subquery()
    )
    rows = connection.execute(
        select(table.c.path, table.c.hash, table.c.number)
        .join(latest, and_(latest.c.path == table.c.path, latest.c.number == table.c.number))
        .where(table.c.draft_id == draft_id)
    ).all()
    if not any(row.number == number for row in rows):
        raise NotFound(draft=draft_id, save=number)
    return {row.path: row.hash for row in rows if row.hash is not None}


def shares_of(connection: Connection, draft_id: str) -> list[ShareView]:
    """Who else sees a draft."""
    table = package_draft_share
    rows = connection.execute(
        select(table).where(table.c.draft_id == draft_id).order_by(table.c.shared_at)
    )
    return [ShareView(row.person_id, row.edits) for row in rows]


def _visible(actor: Actor) -> Any:
    share = package_draft_share
    mine = and_(share.c.draft_id == package_draft.c.id, share.c.person_id == actor.id)
    return (
        select(package_draft, share.c.edits)
        .outerjoin(share, mine)
        .where(or_(package_draft.c.owner_id == actor.id, share.c.person_id.is_not(None)))
    )


def _view(row: Row[Any], actor: Actor) -> DraftView:
    owns = row.owner_id == actor.id
    return DraftView(
        row.id,
        row.key,
        row.title,
        row.base_id,
        row.owner_id,
        row.created_at,
        row.updated_at,
        row.updated_by,
        row.saves,
        row.discarded_at,
        edits=owns or bool(row.edits),
        owns=owns,
    )
