"""Packages as zip files: written for people and git, read as what anybody may have sent."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib

from engine.catalog.package import MAX_FILE, Package
from engine.errors import Invalid
from engine.studio.paths import BadPath, check_path, is_companion
from engine.studio.writing import MOST_BYTES, MOST_FILES

#: What computers put beside people's files: left out without a word.
_LITTER = ("__MACOSX/", ".git/", ".svn/", ".idea/", ".vscode/")
_LITTER_NAMES = (".DS_Store", "Thumbs.db", "desktop.ini", ".gitignore")
#: A fixed date, so that the same package is the same zip.
_DATE = (2000, 1, 1, 0, 0, 0)


class BadArchive(Invalid):
    """This zip file cannot be taken in; `why` is a word for the reason and `name` the file it is about."""

    problem = "bad_archive"


def pack(package: Package, folder: str) -> bytes:
    """A zip with the package in a folder of its name, and beside it the tables it shares with others."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted({**package.files, **package.companions}.items()):
            name = path if path.startswith("_shared/") else f"{folder}/{path}"
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return out.getvalue()


def unpack(content: bytes) -> Package:
    """The package in a zip, at its top or in one folder; raise `BadArchive` for everything else.

    Nothing is unpacked onto a disk, and no more is read than a package may hold, whatever the zip
    says of its own sizes.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise BadArchive(why="no_zip") from error
    with archive:
        return _read(archive)


def _read(archive: zipfile.ZipFile) -> Package:
    entries = [one for one in archive.infolist() if not one.is_dir() and not _litter(one.filename)]
    if len(entries) > MOST_FILES:
        raise BadArchive(why="too_many", name=str(len(entries)))
    for entry in entries:
        _refuse_hostile(entry)
    folder = _folder(entries)
    files: dict[str, bytes] = {}
    left = MOST_BYTES
    for entry in entries:
        path = _path_of(entry.filename, folder)
        if path in files:
            raise BadArchive(why="twice", name=path)
        files[path] = _content(archive, entry, left)
        left -= len(files[path])
    return Package(
        {path: text for path, text in files.items() if not is_companion(path)},
        {path: text for path, text in files.items() if is_companion(path)},
    )


def _litter(name: str) -> bool:
    return any(f"/{name}".find(f"/{part}") >= 0 for part in _LITTER) or (
        name.rpartition("/")[2] in _LITTER_NAMES
    )


def _refuse_hostile(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    if entry.flag_bits & 0x1:
        raise BadArchive(why="encrypted", name=name)
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise BadArchive(why="link", name=name)
    parts = name.split("/")
    if name.startswith("/") or "\\" in name or ":" in name or ".." in parts or "\x00" in name:
        raise BadArchive(why="outside", name=name[:200])


def _folder(entries: list[zipfile.ZipInfo]) -> str:
    """The folder that holds process.toml: the package is what lies in it."""
    found = [one.filename for one in entries if one.filename.rpartition("/")[2] == "process.toml"]
    if not found:
        raise BadArchive(why="no_package")
    if len(found) > 1:
        raise BadArchive(why="several", name=", ".join(sorted(found)[:5]))
    return found[0].removesuffix("process.toml")


def _path_of(name: str, folder: str) -> str:
    if name.startswith(folder):
        path = name[len(folder) :]
    else:
        # Shared tables lie beside the package's folder.
        beside = folder.rstrip("/").rpartition("/")[0]
        path = name[len(beside) :].lstrip("/") if name.startswith(beside) else name
        if not path.startswith("_shared/"):
            raise BadArchive(why="wrong_name", name=name)
    try:
        return check_path(path)
    except BadPath:
        raise BadArchive(why="wrong_name", name=name) from None


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes:
    # The size a zip states is a claim: read at most what is allowed and one byte more.
    most = min(MAX_FILE, left)
    try:
        with archive.open(entry) as file:
            content = file.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise BadArchive(why="damaged", name=entry.filename) from error
    except NotImplementedError as error:
        raise BadArchive(why="damaged", name=entry.filename) from error
    if len(content) > most:
        raise BadArchive(why="too_large", name=entry.filename)
    return content
