"""A package as a zip comes back as it was; a hostile one is refused in words and unpacked nowhere."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalog.package import Package
from engine.studio.archives import BadArchive, pack, unpack
from engine.studio.beginning import new_package
from engine.studio.candidates import candidate_id

PROCESSES = Path(__file__).parents[3] / "processes"
FOLDERS = sorted(path.parent for path in PROCESSES.glob("*/process.toml"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda one: one.name)
def test_what_is_packed_comes_out_the_same(folder: Path) -> None:
    package = Package.from_folder(folder)
    packed = pack(package, folder.name)
    found = unpack(packed)
    assert (found.files, found.companions) == (package.files, package.companions)
    assert (found.hash, candidate_id(found)) == (package.hash, candidate_id(package))
    assert pack(found, folder.name) == packed


def zipped(
    files: dict[str, bytes], change: Callable[[zipfile.ZipInfo], None] | None = None
) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            if change is not None and name.endswith("process.toml"):
                change(entry)
            archive.writestr(entry, content)
    return out.getvalue()


FACTS = {"process.toml": b'id = "x"'}


def link(entry: zipfile.ZipInfo) -> None:
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16


def encrypted() -> bytes:
    content = bytearray(zipped(FACTS))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.index(signature) + offset
        content[at : at + 2] = struct.pack("<H", struct.unpack("<H", content[at : at + 2])[0] | 1)
    return bytes(content)


def lying_bomb() -> bytes:
    """300 MB of nothing in a few hundred KB, said to be ten bytes."""
    content = bytearray(zipped({"process.toml": bytes(300 * 1024 * 1024)}))
    at = content.index(b"PK\x01\x02") + 24
    content[at : at + 4] = struct.pack("<I", 10)
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no_zip"),
        (b"PK\x03\x04nonsense", "no_zip"),
        (zipped({"readme.txt": b"x"}), "no_package"),
        (zipped({"a/process.toml": b"", "b/process.toml": b""}), "several"),
        (zipped({f"forms/f{n}.json": b"{}" for n in range(301)} | FACTS), "too_many"),
        (encrypted(), "encrypted"),
        (zipped(FACTS, link), "link"),
        (zipped(FACTS | {"../../etc/cron.d/x": b""}), "outside"),
        (zipped(FACTS | {"/etc/passwd": b""}), "outside"),
        (zipped(FACTS | {"forms\\..\\x.json": b""}), "outside"),
        (zipped(FACTS | {"C:/x.json": b""}), "outside"),
        (zipped(FACTS | {"run.sh": b""}), "wrong_name"),
        (zipped(FACTS | {"letters/a/b.typ": b""}), "wrong_name"),
        (zipped({"p/process.toml": b"", "other/x.json": b""}), "wrong_name"),
        (zipped(FACTS | {"forms/x.json": bytes(6 * 1024 * 1024)}), "too_large"),
        (lying_bomb(), "damaged"),
    ],
)
def test_what_is_no_package_is_refused_with_the_reason(content: bytes, why: str) -> None:
    with pytest.raises(BadArchive) as refused:
        unpack(content)
    found = refused.value.parts["why"]
    assert found == why or {found, why} == {"too_large", "damaged"}


def test_a_file_twice_is_not_a_riddle_for_later() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("process.toml", b"one")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("process.toml", b"two")
    with pytest.raises(BadArchive):
        unpack(out.getvalue())


def test_a_folder_and_what_computers_put_beside_it_are_taken_in() -> None:
    package = new_package("tea_break")
    files = {f"tea_break/{path}": content for path, content in package.files.items()}
    files |= {
        "tea_break/.DS_Store": b"",
        "__MACOSX/tea_break/._process.toml": b"",
        ".git/config": b"",
    }
    assert unpack(zipped(files)).files == package.files
    assert unpack(zipped(dict(package.files))).hash == package.hash


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 2000), st.integers(0, 255))
def test_no_damage_to_a_zip_is_more_than_a_refusal(noise: bytes, at: int, byte: int) -> None:
    content = bytearray(pack(new_package("tea_break"), "tea_break"))
    content[at % len(content)] = byte
    for tried in (bytes(content), noise, bytes(content[: at % len(content)]) + noise):
        with suppress(BadArchive):
            unpack(tried)
