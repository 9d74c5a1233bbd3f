"""The folder of key files: one small JSON file per key, readable by its owner alone.

    <folder>/<key id>.key    {"algorithm": …, "created": …, "key": base64}
    <folder>/index.key       the same, for equality look-ups
    <folder>/current         the id of the key that new values are sealed with

Whoever copies the database without this folder has no sensitive value; whoever loses the folder has
none either. It is backed up apart from the database.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from engine.sealing.errors import KeyringBroken

INDEX = "index"
INDEX_ALGORITHM = "HMAC-SHA-256"
INDEX_KEY_BYTES = 32
_KEY_ID = re.compile(r"k[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class KeyFile:
    """One key as it lies on disk."""

    id: str
    algorithm: str
    key: bytes = field(repr=False)


def new_folder(folder: Path) -> None:
    """Make the folder (0700). Raises `KeyringBroken` if it already holds keys."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.glob("*.key")):
        raise KeyringBroken("The folder already holds keys.", folder=str(folder))


def write_key(folder: Path, algorithm: str, size: int, key_id: str | None = None) -> KeyFile:
    """Make a random key of `size` bytes and write its file (0600); never over an existing one."""
    made = KeyFile(key_id or "k" + secrets.token_hex(4), algorithm, secrets.token_bytes(size))
    text = json.dumps(
        {
            "algorithm": algorithm,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "key": base64.b64encode(made.key).decode(),
        }
    )
    _write(folder / f"{made.id}.key", text)
    return made


def read_keys(folder: Path, *, check_modes: bool = True) -> dict[str, KeyFile]:
    """All keys of the folder by id, the index key among them. Raises `KeyringBroken`."""
    found = {path.stem: _read(path, check_modes) for path in sorted(folder.glob("*.key"))}
    if INDEX not in found or len(found) < 2:
        raise KeyringBroken("The folder lacks keys.", folder=str(folder))
    return found


def has_key(folder: Path, key_id: str) -> bool:
    """Whether the folder holds that sealing key; the id may come from an untrusted token."""
    return bool(_KEY_ID.fullmatch(key_id)) and (folder / f"{key_id}.key").exists()


def read_current(folder: Path) -> str:
    """The id of the key for new values. Raises `KeyringBroken`."""
    try:
        return (folder / "current").read_text().strip()
    except OSError as error:
        raise KeyringBroken("The current key is not named.", folder=str(folder)) from error


def write_current(folder: Path, key_id: str) -> None:
    """Name the key for new values, in one step: a reader sees the old name or the new one."""
    draft = folder / f"current.{secrets.token_hex(4)}"
    _write(draft, key_id + "\n")
    os.replace(draft, folder / "current")
    _sync_folder(folder)


def _write(path: Path, text: str) -> None:
    # The mode is given when the file is made: a chmod afterwards would leave a moment to read it.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())  # a key that seals a value must not be lost to a power cut
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(path: Path, check_modes: bool) -> KeyFile:
    if path.stem != INDEX and not _KEY_ID.fullmatch(path.stem):
        raise KeyringBroken("A key file has a name that is not a key's.", file=str(path))
    if check_modes and os.name != "nt" and path.stat().st_mode & 0o077:
        raise KeyringBroken("A key file can be read by others than its owner.", file=str(path))
    try:
        content = json.loads(path.read_text())
        key = base64.b64decode(content["key"], validate=True)
        return KeyFile(path.stem, str(content["algorithm"]), key)
    except (OSError, ValueError, KeyError, TypeError, binascii.Error):
        # Without the cause: a JSON error shows a piece of the file, and the file is a key.
        raise KeyringBroken("A key file cannot be read.", file=str(path)) from None
