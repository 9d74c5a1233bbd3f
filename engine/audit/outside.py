"""Where checkpoints go: a place that whoever can change the database cannot change.

A sink is anything that takes a checkpoint. The one given here appends lines to a file; put it on
another machine's disk, a write-once medium, or send the lines by mail.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from engine.audit.canonical import canonical
from engine.audit.checkpoint import Checkpoint, Ed25519Signer, checkpoint_row

Sink = Callable[[Checkpoint], None]


class CheckpointFile:
    """Appends each checkpoint as one line to `checkpoints.jsonl` in a folder; never one twice."""

    def __init__(self, folder: Path | str) -> None:
        self.path = Path(folder) / "checkpoints.jsonl"

    @property
    def last(self) -> int:
        """Number of the last checkpoint in the file; 0 while it is empty."""
        numbers = [0]
        if self.path.exists():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                try:
                    numbers.append(int(json.loads(line)["number"]))
                except (ValueError, KeyError, TypeError):
                    continue  # half a line, written while the machine went down
        return max(numbers)

    def __call__(self, made: Checkpoint) -> None:
        """Append, unless the file has it already; on the disk when this returns."""
        if made.number <= self.last:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab+") as out:
            out.write(_line_end(self.path) + canonical(checkpoint_row(made)) + b"\n")
            out.flush()
            os.fsync(out.fileno())


def _line_end(path: Path) -> bytes:
    """What a line cut short needs before the next can follow."""
    content = path.read_bytes()
    return b"" if not content or content.endswith(b"\n") else b"\n"


def signer_at(key_file: Path | str) -> Ed25519Signer:
    """The installation's signer; its key is made when there is none yet. `SigningKeyBroken`."""
    if not Path(key_file).exists():
        Path(key_file).parent.mkdir(parents=True, exist_ok=True)
        try:
            return Ed25519Signer.create(key_file)
        except FileExistsError:
            pass  # another process was first; its key is the one
    return Ed25519Signer.load(key_file)
