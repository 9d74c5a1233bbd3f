"""What a draft can begin as: a deployed version, the small package that runs, somebody's zip or diagram."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from sqlalchemy import select

from engine.catalog.foreign import adopt
from engine.catalog.package import Package
from engine.catalog.versions import stored_package
from engine.errors import Invalid, InvalidPackage, NotFound
from engine.store.tables import definition
from engine.store.unit_of_work import UnitOfWork
from engine.studio.archives import unpack
from engine.studio.drafts import create_draft
from engine.studio.paths import is_companion
from engine.studio.reading import require_studio
from schemas.finding import Finding

_TEMPLATE = Path(__file__).parent / "template"
_PLACEHOLDER = b"NEW_PROCESS"
_NAME = re.compile(r"[a-z][a-z0-9_]{2,39}")


class BadProcessName(Invalid):
    """A process is named in snake_case, with 3 to 40 letters and digits."""

    problem = "bad_process_name"


def new_package(name: str) -> Package:
    """The small package that runs, under a name of its own; raise `BadProcessName`."""
    if not _NAME.fullmatch(name):
        raise BadProcessName(name=name[:64])
    files = {path: text.replace(_PLACEHOLDER, name.encode()) for path, text in _template().items()}
    return Package(
        {path: text for path, text in files.items() if not is_companion(path)},
        {path: text for path, text in files.items() if is_companion(path)},
    )


def begin_new(uow: UnitOfWork, name: str, *, title: str = "") -> str:
    """A draft of a new process; raise `BadProcessName`, also for one that exists."""
    require_studio(uow.actor)
    _free_name(uow, name)
    return create_draft(uow, new_package(name), title=title)


def _free_name(uow: UnitOfWork, name: str) -> None:
    if not _NAME.fullmatch(name):
        raise BadProcessName(name=name[:64])
    taken = uow.execute(select(definition.c.id).where(definition.c.key == name).limit(1)).first()
    if taken is not None:
        raise BadProcessName(name=name, taken=True)


def begin_from_version(uow: UnitOfWork, definition_id: str, *, title: str = "") -> str:
    """A draft that holds a deployed version, its README and its scenarios too; raise `NotFound`."""
    known = uow.execute(
        select(definition.c.id).where(definition.c.id == definition_id)
    ).scalar_one_or_none()
    if known is None:
        raise NotFound(definition=definition_id)
    package = stored_package(uow.connection, definition_id)
    return create_draft(uow, package, title=title, base=definition_id)


def begin_from_archive(uow: UnitOfWork, content: bytes, *, title: str = "") -> str:
    """A draft of a zip's package; where a process of its name is in use, that is its base."""
    return begin_from_package(uow, unpack(content), title=title)


def begin_from_diagram(
    uow: UnitOfWork, xml: bytes, name: str, *, title: str = ""
) -> tuple[str, list[Finding]]:
    """A draft made of a BPMN file from anywhere, and what was decided about it.

    Raise `BadProcessName`, also for a process that exists, and `UnreadableDiagram` for what is no BPMN.
    """
    require_studio(uow.actor)
    _free_name(uow, name)
    adopted = adopt(xml, name, title)
    draft = create_draft(uow, adopted.package, title=title)
    told = [one for one in adopted.findings if one.rule in ("process_chosen", "made_executable")]
    return draft, told


def begin_from_package(uow: UnitOfWork, package: Package, *, title: str = "") -> str:
    """A draft of any package; its base is the very version it equals, else the one in use."""
    return create_draft(uow, package, title=title, base=_base(uow, package))


def _base(uow: UnitOfWork, package: Package) -> str | None:
    try:
        of_key = definition.c.key == package.manifest.id
    except InvalidPackage:
        return None
    same = uow.execute(select(definition.c.id).where(of_key, definition.c.id == package.hash))
    active = uow.execute(select(definition.c.id).where(of_key, definition.c.active.is_(True)))
    return same.scalar_one_or_none() or active.scalar_one_or_none()


@cache
def _template() -> dict[str, bytes]:
    return {
        path.relative_to(_TEMPLATE).as_posix(): path.read_bytes()
        for path in sorted(_TEMPLATE.rglob("*"))
        if path.is_file()
    }
