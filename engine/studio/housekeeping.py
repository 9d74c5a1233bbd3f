"""What the studio keeps for a time only: drafts that were discarded, contents that nothing names."""

from __future__ import annotations

from sqlalchemy import delete, exists, not_, select

from engine.store.blobs import sweep_blobs
from engine.store.tables import (
    package_draft,
    package_draft_file,
    package_draft_save,
    package_draft_share,
    proposal,
)
from engine.store.unit_of_work import UnitOfWork
from engine.studio.drafts import KEPT
from engine.studio.scenario_runs import forget_runs

_OF_A_DRAFT = (package_draft_file, package_draft_save, package_draft_share)


def drop_discarded(uow: UnitOfWork) -> int:
    """Let go of drafts that can no longer be brought back; return how many.

    What was proposed of one stays: it lies with the candidate, and the record says whose it was.
    """
    gone = list(
        uow.execute(
            select(package_draft.c.id).where(package_draft.c.discarded_at < uow.now - KEPT)
        ).scalars()
    )
    for table in _OF_A_DRAFT:
        uow.execute(delete(table).where(table.c.draft_id.in_(gone)))
    named = exists().where(proposal.c.draft_id == package_draft.c.id)
    uow.execute(delete(package_draft).where(package_draft.c.id.in_(gone), not_(named)))
    forget_runs(uow)
    sweep_blobs(uow)
    return len(gone)
