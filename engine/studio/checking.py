"""A draft held against everything a package is checked for, with what the organisation says beside it."""

from __future__ import annotations

from pathlib import Path

from engine.catalog.check import check
from engine.catalog.checks.parts import FACTS_FILE, error
from engine.catalog.package import Package
from engine.errors import InvalidPackage
from schemas.finding import Finding


def whole(package: Package, shared: Path | None) -> Package:
    """The package with the shared tables it names: its own copy of them, else the organisation's.

    Shared tables that it does not name any more are left out, as they are when it is read from a folder.
    """
    try:
        named = {f"_shared/{name}.dmn": name for name in package.manifest.use_dmn}
    except InvalidPackage:
        return package
    files = {
        path: content
        for path, content in package.files.items()
        if not path.startswith("_shared/") or path in named
    }
    for path, name in named.items():
        if path not in files and shared is not None and (shared / f"{name}.dmn").is_file():
            files[path] = (shared / f"{name}.dmn").read_bytes()
    return Package(files, package.companions)


def check_draft(package: Package, shared: Path | None) -> list[Finding]:
    """What is wrong with a draft, however broken it is."""
    complete = whole(package, shared)
    found = check(complete, shared=shared)
    try:
        missing = [
            name
            for name in complete.manifest.use_dmn
            if f"_shared/{name}.dmn" not in complete.files
        ]
    except InvalidPackage:
        return found
    return found + [
        error("unknown_table", name, FACTS_FILE, f"there is no shared table {name}", name=name)
        for name in missing
    ]
