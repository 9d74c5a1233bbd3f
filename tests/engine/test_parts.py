"""Uploads in pieces: they go on where they broke off, and belong to who sends them."""

from __future__ import annotations

import hashlib
import os
from datetime import timedelta
from pathlib import Path

import pytest

from engine.errors import NotFound
from engine.files.parts import MOST_AT_ONCE, PIECE, NotWhole, OffsetDiffers, Parts, TooManyUploads
from tests.engine.test_files import seal, unseal

CONTENT = os.urandom(2 * PIECE + 500)
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return Parts(tmp_path / "parts", seal, unseal)


def begin(parts: Parts, owner: str = "chen_jing", digest: str = DIGEST) -> str:
    return parts.begin(owner, "ct.pdf", len(CONTENT), digest).id


def send(parts: Parts, id: str, start: int) -> int:
    return parts.add("chen_jing", id, start, CONTENT[start : start + PIECE]).offset


def test_a_file_in_pieces_arrives_whole(parts: Parts) -> None:
    id, at = begin(parts), 0
    while at < len(CONTENT):
        at = send(parts, id, at)
    found, content = parts.read("chen_jing", id)
    assert content == CONTENT
    assert found.name == "ct.pdf"


def test_the_same_file_goes_on_where_it_broke_off(parts: Parts) -> None:
    send(parts, begin(parts), 0)
    again = parts.begin("chen_jing", "ct.pdf", len(CONTENT), DIGEST)
    assert again.offset == PIECE
    other = parts.begin("chen_jing", "ct.pdf", len(CONTENT), "0" * 64)
    assert other.offset == 0


def test_a_piece_sent_twice_or_too_early_is_refused_with_where_to_go_on(parts: Parts) -> None:
    id = begin(parts)
    send(parts, id, 0)
    for wrong in (0, 2 * PIECE):
        with pytest.raises(OffsetDiffers) as refused:
            parts.add("chen_jing", id, wrong, CONTENT[wrong : wrong + PIECE])
        assert refused.value.parts["offset"] == PIECE


@pytest.mark.parametrize("length", [0, 1, PIECE - 1, PIECE + 1])
def test_a_piece_has_its_length(parts: Parts, length: int) -> None:
    with pytest.raises(NotWhole):
        parts.add("chen_jing", begin(parts), 0, CONTENT[:length])


def test_nobody_finds_anothers_upload(parts: Parts) -> None:
    id = begin(parts)
    for tried in (id, "0" * 32, "../" + id, ""):
        with pytest.raises(NotFound):
            parts.find("clerk_wang", tried)
    parts.drop("clerk_wang", id)
    assert parts.find("chen_jing", id).offset == 0


def test_what_is_not_what_was_announced_is_forgotten(parts: Parts) -> None:
    id, at = begin(parts, digest="0" * 64), 0
    while at < len(CONTENT):
        at = send(parts, id, at)
    with pytest.raises(NotWhole):
        parts.read("chen_jing", id)
    assert parts.begin("chen_jing", "ct.pdf", len(CONTENT), "0" * 64).offset == 0


def test_pieces_lie_sealed(parts: Parts, tmp_path: Path) -> None:
    send(parts, begin(parts), 0)
    lying = [one.read_bytes() for one in (tmp_path / "parts").rglob("*") if one.is_file()]
    assert len(lying) == 2
    assert all(one.startswith(b"sealed:") for one in lying)


def test_one_person_has_so_many_on_their_way(parts: Parts) -> None:
    for number in range(MOST_AT_ONCE):
        parts.begin("chen_jing", f"{number}.pdf", 10)
    with pytest.raises(TooManyUploads):
        parts.begin("chen_jing", "one-more.pdf", 10)
    parts.begin("clerk_wang", "ct.pdf", 10)


def test_what_nobody_goes_on_with_is_swept(parts: Parts, tmp_path: Path) -> None:
    old, new = begin(parts), parts.begin("chen_jing", "new.pdf", 10).id
    send(parts, old, 0)
    folder = next((tmp_path / "parts").glob(f"*/{old}"))
    for path in (folder, *folder.iterdir()):
        then = path.stat().st_mtime - 2 * 86400
        os.utime(path, (then, then))
    assert parts.sweep(timedelta(days=1)) == 1
    with pytest.raises(NotFound):
        parts.find("chen_jing", old)
    assert parts.find("chen_jing", new).offset == 0
