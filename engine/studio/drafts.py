"""Drafts as a whole: begun, renamed, shared, discarded and brought back."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, func, insert, select, update

from engine.catalog.package import Package
from engine.errors import Invalid, InvalidPackage, NotAllowed, NotFound, TooLate
from engine.ids import new_id
from engine.store.tables import definition, package_draft, package_draft_share
from engine.store.unit_of_work import UnitOfWork
from engine.studio.paths import check_path
from engine.studio.reading import DraftView, read_draft, require_studio, still_drafts
from engine.studio.writing import DraftTooLarge, lock_draft, write_files

MAX_TITLE = 200
#: So many a person may have: more is a sign that something goes wrong.
MOST_DRAFTS = 200
#: For how long a discarded draft can be brought back.
KEPT = timedelta(days=30)


class CannotShare(Invalid):
    """A draft is shared with other administrators who are active."""

    problem = "cannot_share"


class DraftGone(TooLate):
    """The draft was discarded too long ago to be brought back."""

    problem = "draft_gone"


def create_draft(
    uow: UnitOfWork, package: Package, *, title: str = "", base: str | None = None
) -> str:
    """A new draft of the actor's that holds a package, broken or not; return its id.

    `base` is the deployed version it was made from. Raise `BadPath` for a file no package has,
    `DraftTooLarge`.
    """
    require_studio(uow.actor)
    own = package_draft.c.owner_id == uow.actor.id
    alive = package_draft.c.discarded_at.is_(None)
    if uow.execute(select(func.count()).where(own, alive)).scalar_one() >= MOST_DRAFTS:
        raise DraftTooLarge(drafts=MOST_DRAFTS)
    files = {**package.files, **package.companions}
    for path in files:
        check_path(path)
    key, known_title = _identity(package)
    draft_id = new_id()
    uow.execute(
        insert(package_draft).values(
            id=draft_id,
            key=key,
            title=_title(title or known_title or key or "…"),
            base_id=base,
            owner_id=uow.actor.id,
            created_at=uow.now,
            updated_at=uow.now,
            updated_by=uow.actor.id,
            saves=0,
        )
    )
    uow.record_in(
        f"draft:{draft_id}",
        "studio.begun",
        {"draft": draft_id},
        {"key": key, "base": base, "files": len(files)},
    )
    if files:
        write_files(uow, read_draft(uow.connection, uow.actor, draft_id, edits=True), files)
    return draft_id


def rename_draft(uow: UnitOfWork, draft_id: str, title: str) -> None:
    """Give a draft another title in the lists of its people."""
    title = _title(title)
    _lock(uow, draft_id)
    read_draft(uow.connection, uow.actor, draft_id, edits=True)
    uow.execute(update(package_draft).where(package_draft.c.id == draft_id).values(title=title))
    uow.record_in(f"draft:{draft_id}", "studio.renamed", {"draft": draft_id}, {"title": title})


def share_draft(uow: UnitOfWork, draft_id: str, person_id: str, *, edits: bool) -> None:
    """Let another administrator read a draft, or also change it; raise `CannotShare`."""
    _own(uow, draft_id)
    directory = uow.engine.directory
    if person_id == uow.actor.id or not directory.is_active(person_id):
        raise CannotShare(person=person_id)
    if not directory.actor(person_id).administers:
        raise CannotShare(person=person_id)
    table = package_draft_share
    here = (table.c.draft_id == draft_id) & (table.c.person_id == person_id)
    changed = uow.execute(update(table).where(here).values(edits=edits))
    if not changed.rowcount:
        uow.execute(
            insert(table).values(
                draft_id=draft_id, person_id=person_id, edits=edits, shared_at=uow.now
            )
        )
    uow.record_in(
        f"draft:{draft_id}",
        "studio.shared",
        {"draft": draft_id, "person": person_id},
        {"edits": edits},
    )


def unshare_draft(uow: UnitOfWork, draft_id: str, person_id: str) -> None:
    """Somebody no longer sees the draft: its owner says so, or they themselves."""
    _lock(uow, draft_id)
    draft = read_draft(uow.connection, uow.actor, draft_id)
    if not draft.owns and person_id != uow.actor.id:
        raise NotAllowed(draft=draft_id, person=uow.actor.id)
    table = package_draft_share
    here = (table.c.draft_id == draft_id) & (table.c.person_id == person_id)
    if not uow.execute(delete(table).where(here)).rowcount:
        raise NotFound(draft=draft_id, person=person_id)
    uow.record_in(
        f"draft:{draft_id}", "studio.unshared", {"draft": draft_id, "person": person_id}, {}
    )


def take_over_draft(uow: UnitOfWork, draft_id: str) -> None:
    """Make a draft the actor's whose owner cannot work on it any more; raise `NotFound` for any other.

    The owner before sees it again, should they come back, and stays an author of what they saved.
    """
    require_studio(uow.actor)
    row = uow.execute(
        select(package_draft)
        .where(package_draft.c.id == draft_id, package_draft.c.discarded_at.is_(None))
        .with_for_update()
    ).one_or_none()
    if row is None or still_drafts(uow.engine.directory, row.owner_id):
        raise NotFound(draft=draft_id)
    share = package_draft_share
    uow.execute(
        delete(share).where(
            share.c.draft_id == draft_id, share.c.person_id.in_([uow.actor.id, row.owner_id])
        )
    )
    uow.execute(
        insert(share).values(
            draft_id=draft_id, person_id=row.owner_id, edits=False, shared_at=uow.now
        )
    )
    uow.execute(
        update(package_draft).where(package_draft.c.id == draft_id).values(owner_id=uow.actor.id)
    )
    subject = {"draft": draft_id, "person": uow.actor.id}
    uow.record_in(f"draft:{draft_id}", "studio.taken_over", subject, {"from": row.owner_id})


def discard_draft(uow: UnitOfWork, draft_id: str) -> None:
    """Put a draft away; its owner can bring it back for a while."""
    draft = _own(uow, draft_id)
    if draft.discarded_at is None:
        _set_discarded(uow, draft_id, uow.now, "studio.discarded")


def bring_back(uow: UnitOfWork, draft_id: str) -> None:
    """Take a discarded draft up again; raise `DraftGone` after a while."""
    draft = _own(uow, draft_id)
    if draft.discarded_at is None:
        return
    if draft.discarded_at + KEPT < uow.now:
        raise DraftGone(draft=draft_id)
    _set_discarded(uow, draft_id, None, "studio.brought_back")


def go_on_from(uow: UnitOfWork, draft_id: str, definition_id: str) -> None:
    """From now on the draft counts as a change of this version: somebody has taken over what it changed.

    Raise `NotFound` for what is no version of the draft's process.
    """
    draft = lock_draft(uow, draft_id)
    known = uow.execute(
        select(definition.c.id).where(
            definition.c.id == definition_id, definition.c.key == draft.key
        )
    ).first()
    if known is None:
        raise NotFound(definition=definition_id, process=draft.key)
    uow.execute(
        update(package_draft).where(package_draft.c.id == draft_id).values(base_id=definition_id)
    )
    uow.record_in(
        f"draft:{draft_id}",
        "studio.rebased",
        {"draft": draft_id},
        {"from": draft.base_id, "to": definition_id},
    )


def _set_discarded(uow: UnitOfWork, draft_id: str, at: object, type: str) -> None:
    uow.execute(update(package_draft).where(package_draft.c.id == draft_id).values(discarded_at=at))
    uow.record_in(f"draft:{draft_id}", type, {"draft": draft_id}, {})


def _own(uow: UnitOfWork, draft_id: str) -> DraftView:
    _lock(uow, draft_id)
    draft = read_draft(uow.connection, uow.actor, draft_id)
    if not draft.owns:
        raise NotAllowed(draft=draft_id, person=uow.actor.id)
    return draft


def _lock(uow: UnitOfWork, draft_id: str) -> None:
    uow.execute(select(package_draft.c.id).where(package_draft.c.id == draft_id).with_for_update())


def _identity(package: Package) -> tuple[str, str]:
    try:
        return package.manifest.id, package.manifest.title
    except InvalidPackage:
        return "", ""


def _title(title: str) -> str:
    title = " ".join(title.split())
    if not 0 < len(title) <= MAX_TITLE:
        raise Invalid("A title has 1 to 200 characters.")
    return title
