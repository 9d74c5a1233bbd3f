"""The packages that lie in a folder beside the program, held against what is deployed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import structlog
from flask import url_for
from sqlalchemy import Connection

from engine.catalog.package import Package
from engine.comparing.standing import PackageStanding, Standing, standing
from engine.errors import InvalidPackage
from webapp.language import gettext as _
from webapp.requests import settings
from webapp.studio.readable import english_of

log = structlog.get_logger()


def package_beside(key: str) -> Package | None:
    """The package of a process in the folder of packages, as it is on the disk now."""
    for path in folders_beside():
        try:
            package = Package.from_folder(path)
            if package.manifest.id == key:
                return package
        except (InvalidPackage, OSError) as error:
            log.info("studio.package_unreadable", folder=path.name, why=str(error))
    return None


def folders_beside() -> list[Path]:
    """The folders of packages, by name."""
    root = settings().processes
    if not root.is_dir():
        return []
    return sorted(one for one in root.iterdir() if (one / "process.toml").is_file())


def standing_line(connection: Connection, key: str) -> dict[str, Any] | None:
    """How the files of a process stand to what is deployed; None where there are none."""
    package = package_beside(key)
    return None if package is None else told(standing(connection, package))


def all_standing(connection: Connection) -> list[dict[str, Any]]:
    """How every package of the folder stands."""
    found = []
    for path in folders_beside():
        try:
            found.append(told(standing(connection, Package.from_folder(path))))
        except (InvalidPackage, OSError) as error:
            found.append(
                {
                    "key": path.name,
                    "title": path.name,
                    "standing": "unreadable",
                    "text": _("The files cannot be read."),
                    "detail": str(error),
                    "url": None,
                }
            )
    return found


def told(found: PackageStanding) -> dict[str, Any]:
    """A standing in a sentence, with the page that shows it."""
    active, release = found.active, found.release
    number = active.number if active else 0
    made_from = release.number if release else 0
    sentences = {
        Standing.NEW: _("The files are not deployed."),
        Standing.SAME: _(
            "The files say the same as version %(number)s, which is in use.", number=number
        ),
        Standing.OLDER: _("The files are an earlier version than the one in use."),
        Standing.FILES: _(
            "The files are newer than version %(number)s, which is in use.", number=number
        ),
        Standing.STUDIO: _(
            "Version %(number)s was drawn here; the files are still version %(release)s.",
            number=number,
            release=made_from,
        ),
        Standing.BOTH: _(
            "Version %(number)s was drawn here, and the files have changed since, too.",
            number=number,
        ),
    }
    differs = active is not None and found.standing != Standing.SAME
    return {
        "key": found.key,
        "title": english_of(found.package).get(found.title, found.title),
        "standing": str(found.standing),
        "text": sentences[found.standing],
        "detail": "",
        "conflicts": len(found.merged.conflicts) if found.merged else 0,
        "url": url_for("pages.studio_release", key=found.key) if differs else None,
    }
