from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.audit.checkpoint import (
    NO_CHECKPOINT,
    Ed25519Signer,
    PublicKey,
    SigningKeyBroken,
    checkpoint_row,
    is_signed_by,
    make_checkpoint,
)
from engine.audit.events import Head

AT = datetime(2026, 3, 2, tzinfo=UTC)
HEADS = [Head("a", 1, bytes(32)), Head("b", 2, bytes(32))]
SIGNER = Ed25519Signer.from_private_bytes(bytes(range(32)))
KEY = PublicKey(SIGNER.algorithm, SIGNER.public_key)
VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text())


def test_checkpoints_are_numbered_chained_and_signed():
    first = make_checkpoint(None, at=AT, heads=HEADS, signer=SIGNER)
    second = make_checkpoint(first, at=AT, heads=HEADS, signer=SIGNER)
    assert (first.number, first.previous, first.count) == (1, NO_CHECKPOINT, 2)
    assert (second.number, second.previous) == (2, first.hash)
    assert is_signed_by(first, KEY)
    assert is_signed_by(second, KEY)


@pytest.mark.parametrize(
    "change",
    [
        {"number": 2},
        {"at": AT + timedelta(microseconds=1)},
        {"previous": b"\1" * 32},
        {"root": b"\1" * 32},
        {"count": 3},
        {"algorithm": "SM2"},
        {"key": "0" * 32},
        {"signature": bytes(64)},
        {"signature": b""},
    ],
    ids=str,
)
def test_every_part_of_a_checkpoint_is_signed(change):
    checkpoint = make_checkpoint(None, at=AT, heads=HEADS, signer=SIGNER)
    assert not is_signed_by(replace(checkpoint, **change), KEY)


def test_another_key_signed_something_else():
    other = Ed25519Signer.from_private_bytes(bytes(32))
    checkpoint = make_checkpoint(None, at=AT, heads=HEADS, signer=other)
    assert not is_signed_by(checkpoint, KEY)
    assert is_signed_by(checkpoint, PublicKey(other.algorithm, other.public_key))


def test_a_signing_key_is_kept_in_a_file_of_its_owner(tmp_path):
    file = tmp_path / "signing.key"
    made = Ed25519Signer.create(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Ed25519Signer.load(file).public_key == made.public_key
    assert file.read_text().strip() not in repr(made)
    with pytest.raises(FileExistsError):
        Ed25519Signer.create(file)


@pytest.mark.parametrize("content", ["", "not hex", "00"])
def test_a_broken_key_file_is_refused_without_showing_it(tmp_path, content):
    file = tmp_path / "signing.key"
    file.write_text(content)
    with pytest.raises(SigningKeyBroken) as refusal:
        Ed25519Signer.load(file)
    assert refusal.value.__cause__ is None
    with pytest.raises(SigningKeyBroken):
        Ed25519Signer.load(tmp_path / "missing")


def test_published_vectors_hold():
    vectors = VECTORS["checkpoints"]
    signer = Ed25519Signer.from_private_bytes(bytes.fromhex(vectors["private_key"]))
    assert signer.public_key.hex() == vectors["public_key"]
    heads = [
        Head(row["stream"], row["length"], bytes.fromhex(row["hash"]))
        for row in VECTORS["merkle"]["heads"]
    ]
    previous = None
    for vector in vectors["rows"]:
        made = make_checkpoint(
            previous,
            at=datetime.fromisoformat(vector["row"]["at"]),
            heads=heads[: vector["heads"]],
            signer=signer,
        )
        assert checkpoint_row(made) == vector["row"]
        assert made.hash.hex() == vector["hash"]
        previous = made
