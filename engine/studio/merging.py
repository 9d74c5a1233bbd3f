"""A draft in which a new release and the version in use are brought together."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import insert

from engine.catalog.package import Package
from engine.catalog.versions import keep_release
from engine.comparing.standing import Standing, bring_together, standing
from engine.errors import Conflict, Invalid
from engine.store.tables import package_merge
from engine.store.unit_of_work import UnitOfWork
from engine.studio.drafts import create_draft
from engine.studio.reading import require_studio


class UndecidedMerge(Invalid):
    """Both changed the same things; somebody has to say whose change counts, for each."""

    problem = "undecided_merge"


class NothingToMerge(Conflict):
    """The release has nothing that the version in use lacks, or another version is in use by now."""

    problem = "nothing_to_merge"


def begin_merged(
    uow: UnitOfWork, release: Package, choices: Mapping[str, str], *, over: str, title: str = ""
) -> str:
    """A draft of the version in use with what the release changed; return its id.

    `choices`: conflict → `ours` or `theirs`; every conflict needs one: raise `UndecidedMerge`. `over` is the
    version that was in use when they were made; raise `NothingToMerge` when another is by now. Nothing is
    deployed: the draft is proposed like any other.
    """
    require_studio(uow.actor)
    found = standing(uow.connection, release)
    moved_on = found.standing in (Standing.FILES, Standing.BOTH)
    if found.active is None or found.active.id != over or not moved_on:
        raise NothingToMerge(process=found.key)
    merged = bring_together(uow.connection, found.release, found.active, release, dict(choices))
    open_ = [one.id for one in merged.conflicts if one.id not in choices]
    if open_:
        raise UndecidedMerge(process=found.key, open=len(open_))
    release_id = keep_release(uow, release)
    draft_id = create_draft(uow, merged.package, title=title, base=found.active.id)
    uow.execute(
        insert(package_merge).values(draft_id=draft_id, release_id=release_id, merged_at=uow.now)
    )
    uow.record_in(
        f"draft:{draft_id}",
        "studio.merged",
        {"draft": draft_id, "release": release_id, "over": over},
        {"choices": {one.id: one.chosen for one in merged.conflicts}},
    )
    return draft_id
