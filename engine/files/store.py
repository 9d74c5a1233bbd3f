"""A content-addressed store: a file's name is the SHA-256 of its content.

A file is written, synced and renamed into place before the database commit that names it; what no
commit came to name is swept later. A stored file never changes.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import io
import os
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from engine.errors import EngineError, Invalid, NotFound
from engine.files import parts

#: More than any upload or letter needs; a larger stream is a mistake.
MAX_BYTES = 100 * 1024 * 1024
_DIGEST = re.compile(r"[0-9a-f]{64}")
_INCOMING = "incoming"

#: Seals or opens content; the second argument binds it to its digest.
Cipher = Callable[[bytes, str], bytes]


class FileMissing(NotFound):
    """The store has no file with this digest."""

    problem = "file_missing"


class FileDamaged(EngineError):
    """What the store has under this digest is not what was put there."""

    problem = "file_damaged"


class FileTooLarge(Invalid):
    """The file is larger than the store takes."""

    problem = "file_too_large"


@dataclass(frozen=True, slots=True)
class FileRef:
    """What a row keeps of a file: SHA-256 of the content (64 hex digits) and its size in bytes."""

    digest: str
    size: int


class Files(Protocol):
    """Where files lie: a folder, or any store with the same promises."""

    @property
    def parts(self) -> parts.Parts:
        """Uploads that have not arrived whole."""

    def put(self, content: bytes | BinaryIO) -> FileRef:
        """Keep the content durably; the same content twice is one file."""

    def read(self, digest: str) -> bytes:
        """The content; raises `FileMissing` or `FileDamaged`."""

    def open(self, digest: str) -> BinaryIO:
        """The content as a stream; raises as `read` does."""

    def exists(self, digest: str) -> bool:
        """Whether there is a file with this digest."""

    def delete(self, digest: str) -> None:
        """Remove the file; nothing happens if there is none."""

    def list(self) -> Iterator[str]:
        """The digests of all files, in no order."""

    def sweep(
        self, referenced: Callable[[str], bool], older_than: datetime.timedelta
    ) -> tuple[str, ...]:
        """Remove files that nothing refers to and that have lain for longer; their digests."""


class FolderFiles:
    """Files in a folder, encrypted at rest by the two callables.

    A file lies at `ab/abcdef…`, named by the digest of its plain content: whoever can read the
    folder can tell whether it holds a file they already have, and nothing else.
    """

    def __init__(
        self,
        root: Path | str,
        seal_bytes: Cipher,
        open_bytes: Cipher,
        *,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._root = Path(root)
        self._seal = seal_bytes
        self._open = open_bytes
        self._max_bytes = max_bytes
        self._parts = parts.Parts(self._root / parts.FOLDER, seal_bytes, open_bytes)

    @property
    def parts(self) -> parts.Parts:
        """Uploads that have not arrived whole, in a folder beside."""
        return self._parts

    def put(self, content: bytes | BinaryIO) -> FileRef:
        """Write, sync and rename; raises `FileTooLarge`. Call it before the commit."""
        data = content if isinstance(content, bytes) else content.read(self._max_bytes + 1)
        if len(data) > self._max_bytes:
            raise FileTooLarge(max_bytes=self._max_bytes)
        digest = hashlib.sha256(data).hexdigest()
        ref = FileRef(digest, len(data))
        target = self._path(digest)
        # A file that is there already counts as new: the sweep must wait for this commit, too.
        with contextlib.suppress(FileNotFoundError):
            os.utime(target)
            return ref
        incoming = self._root / _INCOMING / secrets.token_hex(16)
        incoming.parent.mkdir(parents=True, exist_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(incoming, "xb") as file:
                file.write(self._seal(data, digest))
                file.flush()
                os.fsync(file.fileno())
            incoming.replace(target)
        finally:
            incoming.unlink(missing_ok=True)
        _sync_folder(target.parent)
        _sync_folder(self._root)  # the folder `ab` itself may be new
        return ref

    def read(self, digest: str) -> bytes:
        """The content, checked against its digest; raises `FileMissing` or `FileDamaged`."""
        try:
            sealed = self._path(digest).read_bytes()
        except FileNotFoundError:
            raise FileMissing(digest=digest) from None
        try:
            data = self._open(sealed, digest)
        except EngineError as error:
            raise FileDamaged(digest=digest) from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise FileDamaged(digest=digest)
        return data

    def open(self, digest: str) -> BinaryIO:
        """The content as a stream. It is opened as a whole: half a file cannot be checked."""
        return io.BytesIO(self.read(digest))

    def exists(self, digest: str) -> bool:
        """Whether there is a file with this digest."""
        return self._path(digest).is_file()

    def delete(self, digest: str) -> None:
        """Remove the file; nothing happens if there is none."""
        self._path(digest).unlink(missing_ok=True)

    def list(self) -> Iterator[str]:
        """The digests of all files, in no order."""
        for path in self._root.glob("[0-9a-f][0-9a-f]/*"):
            if _DIGEST.fullmatch(path.name):
                yield path.name

    def sweep(
        self, referenced: Callable[[str], bool], older_than: datetime.timedelta
    ) -> tuple[str, ...]:
        """Remove old files that nothing refers to, and what interrupted writes left behind.

        `older_than` must be longer than any transaction takes. Age is measured by the file
        system's own clock, so neither a demo's clock nor another machine's moves it.
        """
        (self._root / _INCOMING).mkdir(parents=True, exist_ok=True)
        limit = self._file_system_now() - older_than.total_seconds()
        for left in (self._root / _INCOMING).iterdir():
            with contextlib.suppress(FileNotFoundError):
                if left.stat().st_mtime < limit:
                    left.unlink()
        return tuple(
            digest
            for digest in self.list()
            if self._is_old(digest, limit)
            and not referenced(digest)
            and self._remove_if_still_old(digest, limit)
        )

    def _is_old(self, digest: str, limit: float) -> bool:
        try:
            return self._path(digest).stat().st_mtime < limit
        except FileNotFoundError:
            return False

    def _remove_if_still_old(self, digest: str, limit: float) -> bool:
        # Somebody may put the same content at this moment. Once moved aside, either their touch
        # came before (seen here, and moved back) or they find nothing and write it anew.
        path = self._path(digest)
        aside = self._root / _INCOMING / f"{digest}.{secrets.token_hex(4)}"
        try:
            path.replace(aside)
        except FileNotFoundError:
            return False
        if aside.stat().st_mtime >= limit:
            aside.replace(path)
            return False
        aside.unlink()
        return True

    def _file_system_now(self) -> float:
        probe = self._root / _INCOMING / secrets.token_hex(16)
        probe.touch()
        try:
            return probe.stat().st_mtime
        finally:
            probe.unlink(missing_ok=True)

    def _path(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise FileMissing(digest=digest[:64])
        return self._root / digest[:2] / digest


def _sync_folder(folder: Path) -> None:
    """Make a rename durable; Windows neither needs nor allows it."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
