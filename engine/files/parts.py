"""Files on their way: what has arrived of an upload waits in pieces until the rest is there.

A connection that breaks loses at most the piece it was carrying; whoever sends the file asks how far it
came and goes on from there, after a reload too. Each piece lies sealed, as the whole file will. Nothing
in the database names a file on its way: what nobody goes on with is swept.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.errors import EngineError, Invalid, NotFound

#: One piece, in bytes; the last may be shorter.
PIECE = 1024 * 1024
#: So many uploads may one person have on their way.
MOST_AT_ONCE = 30
FOLDER = "parts"
_HEAD = "upload.json"
_ID = re.compile(r"[0-9a-f]{32}")
#: Seals or opens content; the second argument binds it to its place.
_Cipher = Callable[[bytes, str], bytes]


class OffsetDiffers(EngineError):
    """The piece does not continue what has arrived; `offset` says how far that is."""

    problem = "offset_differs"


class TooManyUploads(Invalid):
    """One person has more uploads on their way than anybody needs."""

    problem = "too_many_uploads"


class NotWhole(Invalid):
    """What arrived is not what was announced: pieces are missing, or the hash is another."""

    problem = "not_whole"


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """An upload that has begun: what was announced, and how much of it is here."""

    id: str
    name: str
    size: int
    digest: str
    offset: int


class Parts:
    """Uploads on their way, each in a folder below its owner's; nobody finds another's."""

    def __init__(self, root: Path, seal: _Cipher, open_: _Cipher) -> None:
        self._root = root
        self._seal = seal
        self._open = open_

    def begin(self, owner: str, name: str, size: int, digest: str = "", mark: str = "") -> OnItsWay:
        """Begin, or find what has arrived of the same file (by name, size, hash and the sender's mark)."""
        facts = {"name": name, "size": size, "digest": digest}
        same = json.dumps([owner, facts, mark], ensure_ascii=False, sort_keys=True)
        id = hashlib.sha256(same.encode("utf-8", "replace")).hexdigest()[:32]
        folder = self._folder(owner, id)
        if not (folder / _HEAD).is_file():
            others = folder.parent.iterdir() if folder.parent.is_dir() else ()
            if sum(1 for _one in others) >= MOST_AT_ONCE:
                raise TooManyUploads(most=MOST_AT_ONCE)
            self._write(folder / _HEAD, json.dumps(facts).encode(), id)
        return self.find(owner, id)

    def find(self, owner: str, id: str) -> OnItsWay:
        """How far an upload has come; raise `NotFound` for another's, and for one that is over."""
        if not _ID.fullmatch(id):
            raise NotFound(upload=id)
        folder = self._folder(owner, id)
        try:
            facts = json.loads(self._open((folder / _HEAD).read_bytes(), id))
        except (FileNotFoundError, EngineError):
            raise NotFound(upload=id) from None
        offset = sum(
            min(PIECE, facts["size"] - start)
            for start, _path in self._pieces(folder, facts["size"])
        )
        return OnItsWay(id, facts["name"], facts["size"], facts["digest"], offset)

    def add(self, owner: str, id: str, offset: int, content: bytes) -> OnItsWay:
        """Take the next piece; raise `OffsetDiffers` for any other, `NotWhole` for one of another length."""
        found = self.find(owner, id)
        if offset != found.offset:
            raise OffsetDiffers(offset=found.offset)
        if len(content) != min(PIECE, found.size - offset) or not content:
            raise NotWhole(offset=found.offset)
        self._write(self._folder(owner, id) / f"{offset:012}", content, f"{id}:{offset}")
        return self.find(owner, id)

    def read(self, owner: str, id: str) -> tuple[OnItsWay, bytes]:
        """The whole file; raise `NotWhole` where it is not, and forget pieces that do not fit together."""
        found = self.find(owner, id)
        folder = self._folder(owner, id)
        if found.offset != found.size:
            raise NotWhole(offset=found.offset)
        try:
            content = b"".join(
                self._open(path.read_bytes(), f"{id}:{start}")
                for start, path in self._pieces(folder, found.size)
            )
        except (EngineError, FileNotFoundError):
            content = b""
        if len(content) != found.size or found.digest not in (
            "",
            hashlib.sha256(content).hexdigest(),
        ):
            self.drop(owner, id)
            raise NotWhole(offset=0)
        return found, content

    def drop(self, owner: str, id: str) -> None:
        """Forget an upload; nothing happens if there is none."""
        if _ID.fullmatch(id):
            shutil.rmtree(self._folder(owner, id), ignore_errors=True)
            with contextlib.suppress(OSError):  # another one is on its way
                self._folder(owner, id).parent.rmdir()

    def sweep(self, older_than: datetime.timedelta) -> int:
        """Remove what nobody has gone on with for so long; how many. By the file system's own clock."""
        if not self._root.is_dir():
            return 0
        probe = self._root / secrets.token_hex(16)
        probe.touch()
        limit = probe.stat().st_mtime - older_than.total_seconds()
        probe.unlink()
        old = [one for one in self._root.glob("*/*") if _last_change(one) < limit]
        for one in old:
            shutil.rmtree(one, ignore_errors=True)
            with contextlib.suppress(OSError):
                one.parent.rmdir()
        return len(old)

    def _folder(self, owner: str, id: str) -> Path:
        return self._root / hashlib.sha256(owner.encode()).hexdigest()[:32] / id

    def _pieces(self, folder: Path, size: int) -> Iterator[tuple[int, Path]]:
        """The pieces from the beginning, as far as they follow each other."""
        for start in range(0, size, PIECE):
            path = folder / f"{start:012}"
            if not path.is_file():
                return
            yield start, path

    def _write(self, path: Path, content: bytes, context: str) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = path.with_name(f".{secrets.token_hex(8)}")
        try:
            aside.write_bytes(self._seal(content, context))
            # Whole or not at all: half a piece is never taken for one.
            os.replace(aside, path)
        finally:
            aside.unlink(missing_ok=True)


def _last_change(folder: Path) -> float:
    try:
        return max(one.stat().st_mtime for one in (folder, *folder.glob("*")))
    except FileNotFoundError:
        return float("inf")
