"""Which files a package may have, by their path."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from engine.catalog.package import COMPANIONS, PATTERNS
from engine.errors import Invalid

#: Tables that several packages use lie beside the packages.
SHARED = "_shared/*.dmn"
LONGEST = 200
_PART = re.compile(r"[^\W_.][\w.\- ()（）]*|_shared", re.UNICODE)


class BadPath(Invalid):
    """A package has no such file."""

    problem = "bad_path"


def check_path(path: str) -> str:
    """The path, when a package may have such a file; raise `BadPath`.

    Nothing is read or written at it: it is a name in the database, but becomes one on a disk when
    the package is exported.
    """
    parts = path.split("/")
    known = any(
        fnmatchcase(path, pattern) and path.count("/") == pattern.count("/")
        for pattern in (*PATTERNS, *COMPANIONS, SHARED)
    )
    clean = all(_PART.fullmatch(part) and not part.endswith((".", " ")) for part in parts)
    if not known or not clean or len(path) > LONGEST:
        raise BadPath(path=path[:LONGEST])
    return path


def is_companion(path: str) -> bool:
    """True for what goes with a version without being part of what it says."""
    return any(fnmatchcase(path, pattern) for pattern in COMPANIONS)
