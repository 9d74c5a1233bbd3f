"""Pictures that were drawn of files, kept sealed beside them: drawing the same page twice is waste."""

from __future__ import annotations

import contextlib
import datetime
import os
import re
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from engine.errors import EngineError

FOLDER = "pictures"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_Cipher = Callable[[bytes, str], bytes]


class Pictures:
    """Pictures by the digest of their file and a name; losing one costs a moment, nothing more."""

    def __init__(self, root: Path, seal: _Cipher, open_: _Cipher) -> None:
        self._root, self._seal, self._open = root, seal, open_

    def read(self, digest: str, name: str) -> bytes | None:
        """A picture that was kept; None where there is none that can be opened."""
        path = self._path(digest, name)
        try:
            found = self._open(path.read_bytes(), f"{digest}/{name}")
            os.utime(path)
        except (FileNotFoundError, EngineError):
            return None
        return found

    def keep(self, digest: str, name: str, picture: bytes) -> None:
        """Keep a picture; a full disk keeps none and disturbs nobody."""
        path = self._path(digest, name)
        aside = path.with_name(f".{secrets.token_hex(8)}")
        with contextlib.suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            aside.write_bytes(self._seal(picture, f"{digest}/{name}"))
            os.replace(aside, path)

    def sweep(self, exists: Callable[[str], bool], older_than: datetime.timedelta) -> int:
        """Remove pictures of files that are gone, and those nobody looked at for so long; how many files'."""
        if not self._root.is_dir():
            return 0
        probe = self._root / secrets.token_hex(16)
        probe.touch()
        limit = probe.stat().st_mtime - older_than.total_seconds()
        probe.unlink()
        gone = [
            one
            for one in self._root.glob("??/*")
            if not exists(one.name)
            or max((each.stat().st_mtime for each in one.iterdir()), default=0.0) < limit
        ]
        for one in gone:
            shutil.rmtree(one, ignore_errors=True)
        return len(gone)

    def _path(self, digest: str, name: str) -> Path:
        assert _DIGEST.fullmatch(digest), "pictures are kept by the digest of their file"
        return self._root / digest[:2] / digest / name
