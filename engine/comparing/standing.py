"""How a package in a folder stands to what is deployed under its key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select

from engine.catalog.package import Package
from engine.catalog.versions import FILES, STUDIO, stored_package
from engine.comparing.difference import compare
from engine.comparing.threeway import Merged, threeway
from engine.store.tables import candidate, definition, package_merge, proposal


class Standing(StrEnum):
    """Which of both has moved on."""

    #: nothing is deployed under this key
    NEW = "new"
    #: the version in use says what the files say
    SAME = "same"
    #: the files are a version that was in use before
    OLDER = "older"
    #: the files have moved on, and deploying them loses nothing that was done in the studio
    FILES = "files"
    #: the version in use was edited in the studio, and the files are what it was made from
    STUDIO = "studio"
    #: both have moved on
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Version:
    """A deployed version."""

    id: str
    number: int
    origin: str
    by: str
    at: datetime


@dataclass(frozen=True)
class PackageStanding:
    """A package of a folder, the version in use, and the release that one was made from."""

    key: str
    title: str
    standing: Standing
    package: Package
    active: Version | None = None
    #: of which release the version in use is an edited copy
    release: Version | None = None
    #: Both brought together, where both have moved on.
    merged: Merged | None = None

    @property
    def deployable(self) -> bool:
        """Whether deploying the files undoes nothing that was done in the studio."""
        return self.standing not in (Standing.STUDIO, Standing.BOTH)


def standing(connection: Connection, package: Package) -> PackageStanding:
    """Hold a package against what is deployed; raise `InvalidPackage` where its facts cannot be read."""
    key, title = package.manifest.id, package.manifest.title
    row = connection.execute(
        select(definition).where(definition.c.key == key, definition.c.active.is_(True))
    ).one_or_none()
    if row is None:
        return PackageStanding(key, title, Standing.NEW, package)
    active = _version(row)
    if row.id == package.hash:
        return PackageStanding(key, title, Standing.SAME, package, active)
    release = release_behind(connection, row.id)
    if row.origin != STUDIO:
        known = _known(connection, key, package.hash)
        moved = Standing.OLDER if known is not None and known < active.number else Standing.FILES
        return PackageStanding(key, title, moved, package, active, active)
    if release is not None and release.id == package.hash:
        return PackageStanding(key, title, Standing.STUDIO, package, active, release)
    merged = bring_together(connection, release, active, package)
    contained = not merged.conflicts and compare(merged.package, package).empty
    moved = Standing.FILES if contained else Standing.BOTH
    return PackageStanding(key, title, moved, package, active, release, merged)


def bring_together(
    connection: Connection,
    release: Version | None,
    active: Version,
    package: Package,
    choices: dict[str, str] | None = None,
) -> Merged:
    """The version in use and a new package as one; without a common beginning every difference is asked."""
    base = Package({}) if release is None else stored_package(connection, release.id)
    return threeway(base, stored_package(connection, active.id), package, choices)


def release_behind(connection: Connection, definition_id: str) -> Version | None:
    """The release that a version was made from, or brought together with, last.

    Versions whose beginning was not recorded are taken to be made from the last release before them.
    """
    seen: set[str] = set()
    at: str | None = definition_id
    last: Any = None
    while at is not None and at not in seen:
        seen.add(at)
        row = connection.execute(select(definition).where(definition.c.id == at)).one_or_none()
        if row is None:
            break
        if row.origin == FILES:
            return _version(row)
        merged = _merged_with(connection, at)
        if merged is not None:
            return _version(merged)
        last, at = row, row.base_id
    if last is None:
        return None
    earlier = connection.execute(
        select(definition)
        .where(
            definition.c.key == last.key,
            definition.c.origin == FILES,
            definition.c.version < last.version,
        )
        .order_by(definition.c.version.desc())
        .limit(1)
    ).one_or_none()
    return None if earlier is None else _version(earlier)


def _merged_with(connection: Connection, definition_id: str) -> Row[Any] | None:
    """The release that the draft of this version had been brought together with."""
    return connection.execute(
        select(definition)
        .join(package_merge, package_merge.c.release_id == definition.c.id)
        .join(proposal, proposal.c.draft_id == package_merge.c.draft_id)
        .join(candidate, candidate.c.id == proposal.c.candidate_id)
        .where(candidate.c.definition_id == definition_id, proposal.c.state == "deployed")
        .order_by(package_merge.c.merged_at.desc())
        .limit(1)
    ).one_or_none()


def _known(connection: Connection, key: str, definition_id: str) -> int | None:
    return connection.execute(
        select(definition.c.version).where(
            definition.c.key == key, definition.c.id == definition_id
        )
    ).scalar_one_or_none()


def _version(row: Row[Any]) -> Version:
    return Version(row.id, row.version, row.origin, row.deployed_by, row.deployed_at)
