"""The store of files, and what may be uploaded into it."""

import datetime
import hashlib
import io
import os
import struct
import zipfile
import zlib

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from engine.errors import EngineError
from engine.files import (
    FileDamaged,
    FileMissing,
    FolderFiles,
    UploadLimits,
    check_upload,
    detect,
    safe_name,
)
from engine.files.store import FileTooLarge

DAY = datetime.timedelta(days=1)


class NotOpened(EngineError):
    """The test's cipher refuses."""


def seal(data, context):
    return b"sealed:" + context.encode() + bytes(byte ^ 0x5A for byte in data)


def unseal(data, context):
    head = b"sealed:" + context.encode()
    if not data.startswith(head):
        raise NotOpened
    return bytes(byte ^ 0x5A for byte in data[len(head) :])


@pytest.fixture
def files(tmp_path):
    return FolderFiles(tmp_path / "files", seal, unseal)


def grow_old(files, digest, days=2):
    path = files._path(digest)
    then = path.stat().st_mtime - days * 86400
    os.utime(path, (then, then))


class TestFolder:
    def test_what_was_put_comes_back(self, files):
        ref = files.put("诊断证明".encode())
        assert ref.digest == hashlib.sha256("诊断证明".encode()).hexdigest()
        assert ref.size == 12
        assert files.read(ref.digest) == "诊断证明".encode()
        assert files.open(ref.digest).read(3) == "诊".encode()
        assert files.exists(ref.digest)

    def test_a_stream_is_taken_too(self, files):
        assert files.put(io.BytesIO(b"abc")).digest == files.put(b"abc").digest

    def test_the_same_content_lies_there_once(self, files):
        files.put(b"abc")
        files.put(b"abc")
        assert len(list(files.list())) == 1

    def test_the_plain_content_is_nowhere_on_disk(self, files, tmp_path):
        files.put(b"a very secret diagnosis")
        for path in tmp_path.rglob("*"):
            if path.is_file():
                assert b"secret" not in path.read_bytes()

    def test_nothing_is_left_of_the_writing(self, files, tmp_path):
        files.put(b"abc")
        assert list((tmp_path / "files" / "incoming").iterdir()) == []

    def test_a_failed_write_leaves_nothing(self, tmp_path):
        def fail(data, context):
            raise NotOpened

        files = FolderFiles(tmp_path, fail, unseal)
        with pytest.raises(NotOpened):
            files.put(b"abc")
        assert list(files.list()) == []
        assert list((tmp_path / "incoming").iterdir()) == []

    def test_a_file_that_is_not_there_is_said_to_be_missing(self, files):
        with pytest.raises(FileMissing):
            files.read("0" * 64)
        assert not files.exists("0" * 64)
        files.delete("0" * 64)

    @pytest.mark.parametrize(
        "digest", ["../../etc/passwd", "", "A" * 64, "0" * 63, "0" * 64 + "\n"]
    )
    def test_a_digest_is_nothing_but_a_digest(self, files, digest):
        with pytest.raises(FileMissing):
            files.read(digest)

    def test_a_file_that_was_changed_on_disk_is_refused(self, files):
        ref = files.put(b"abc")
        path = files._path(ref.digest)
        path.write_bytes(path.read_bytes()[:-1] + b"x")
        with pytest.raises(FileDamaged):
            files.read(ref.digest)
        path.write_bytes(b"something else")
        with pytest.raises(FileDamaged):
            files.read(ref.digest)

    def test_a_file_in_anothers_place_is_refused(self, files):
        one, other = files.put(b"one"), files.put(b"other")
        files._path(one.digest).write_bytes(files._path(other.digest).read_bytes())
        with pytest.raises(FileDamaged):
            files.read(one.digest)

    def test_a_file_that_is_too_large_is_refused(self, tmp_path):
        files = FolderFiles(tmp_path, seal, unseal, max_bytes=3)
        assert files.put(b"abc").size == 3
        for content in (b"abcd", io.BytesIO(b"abcd")):
            with pytest.raises(FileTooLarge):
                files.put(content)

    def test_the_sweep_takes_old_files_that_nobody_names(self, files):
        named, orphan, fresh = (files.put(content).digest for content in (b"1", b"2", b"3"))
        grow_old(files, named)
        grow_old(files, orphan)
        assert files.sweep(lambda digest: digest == named, DAY) == (orphan,)
        assert set(files.list()) == {named, fresh}

    def test_a_file_put_again_waits_for_its_commit(self, files):
        digest = files.put(b"1").digest
        grow_old(files, digest)
        files.put(b"1")
        assert files.sweep(lambda digest: False, DAY) == ()

    def test_a_file_put_again_while_the_sweep_looks_stays(self, files):
        digest = files.put(b"1").digest
        grow_old(files, digest)

        def put_meanwhile(_digest):
            files.put(b"1")
            return False

        assert files.sweep(put_meanwhile, DAY) == ()
        assert files.read(digest) == b"1"

    def test_the_sweep_clears_what_a_crash_left(self, files, tmp_path):
        files.put(b"1")
        left = tmp_path / "files" / "incoming" / "half"
        left.write_bytes(b"half")
        files.sweep(lambda digest: True, DAY)
        assert left.exists(), "it may still be written"
        os.utime(left, (1, 1))
        files.sweep(lambda digest: True, DAY)
        assert not left.exists()


def build_pdf(**changes):
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    if changes.get("attachment"):
        writer.add_attachment("x.exe", b"MZ")
    action = {"script": ("/JavaScript", "/JS"), "launch": ("/Launch", "/F")}
    for change, (kind, key) in action.items():
        if changes.get(change):
            entries = {NameObject("/S"): NameObject(kind), NameObject(key): TextStringObject("x")}
            writer.root_object[NameObject("/OpenAction")] = DictionaryObject(entries)
    if changes.get("password"):
        writer.encrypt("secret", algorithm="RC4-128")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def build_png(width=2, height=2):
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(b"\0\0\0" * 2)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def build_jpeg(width=2, height=2):
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    return (
        b"\xff\xd8\xff\xe0\x00\x04ab"
        + b"\xff\xc0"
        + struct.pack(">H", len(frame) + 2)
        + frame
        + b"\xff\xda\x00\x02data\xff\xd9"
    )


def build_ofd(entries=(("OFD.xml", b"<OFD/>"), ("Doc_0/Document.xml", b"<x/>"))):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return stream.getvalue()


def codes(content, limits=None, name="x"):
    return [problem.code for problem in check_upload(name, content, limits or UploadLimits())]


@pytest.mark.parametrize(
    ("build", "media_type"),
    [
        (build_pdf, "application/pdf"),
        (build_png, "image/png"),
        (build_jpeg, "image/jpeg"),
        (build_ofd, "application/ofd"),
    ],
)
def test_good_files_are_taken_whatever_their_name(build, media_type):
    assert detect(build()) == media_type
    assert codes(build(), name="malware.exe") == []


@pytest.mark.parametrize(
    "content",
    [b"MZ\x90", b"<html>", b"%!PS", b"GIF89a", b"PK\x03\x04", b"hello %PDF-1.7", b"\0" * 100],
)
def test_other_types_are_refused_whatever_their_name(content):
    assert detect(content) is None
    assert codes(content, name="x.pdf") == ["unknown_type"]


def test_a_zip_that_is_no_ofd_is_refused():
    assert codes(build_ofd([("word/document.xml", b"")])) == ["unknown_type"]


def test_an_empty_file_is_refused():
    assert codes(b"") == ["empty"]


def test_a_file_over_the_limit_is_refused_before_anything_looks_into_it():
    assert codes(b"%PDF-" + b"0" * 11 * 1024 * 1024) == ["too_big"]
    (problem,) = check_upload("x", b"0" * 11 * 1024 * 1024)
    assert problem.message("zh") == "文件不能超过 10 MB"


def test_a_kind_can_be_left_out():
    assert codes(build_png(), UploadLimits(kinds=("pdf",))) == ["kind_not_allowed"]


@pytest.mark.parametrize("change", ["script", "launch", "attachment"])
def test_a_pdf_that_does_something_is_refused(change):
    assert codes(build_pdf(**{change: True})) == ["active_content"]


def test_names_written_with_escapes_do_not_hide_a_script():
    content = build_pdf(script=True).replace(b"/JavaScript", b"/J#61vaScrip#74")
    assert codes(content) == ["active_content"]


@pytest.mark.parametrize("name", [b"/ObjStm", b"/O#62jS#74m"])
def test_a_compressed_object_does_not_hide_a_script(name):
    packed = zlib.compress(b"1 0 << /S /JavaScript /JS (app.alert(1)) >>")
    hidden = b"9 0 obj << /Type %s /N 1 /Filter /FlateDecode >>\nstream\n%s\nendstream endobj\n"
    content = build_pdf().replace(b"%%EOF", hidden % (name, packed) + b"%%EOF")
    assert codes(content) == ["active_content"]


def test_an_encrypted_pdf_is_refused():
    assert codes(build_pdf(password=True)) == ["encrypted"]


def test_half_a_pdf_is_refused():
    content = build_pdf()
    assert codes(content[: len(content) // 2]) == ["damaged"]


@pytest.mark.parametrize("build", [build_png, build_jpeg])
def test_an_image_with_a_header_and_nothing_else_is_refused(build):
    assert codes(build()[:12]) == ["damaged"]
    assert codes(build()[:8] + b"<script>alert(1)</script>" * 10) == ["damaged"]
    assert codes(build(0, 5)) == ["damaged"]


def test_a_png_whose_header_was_changed_is_refused():
    content = bytearray(build_png())
    content[19] ^= 1
    assert codes(bytes(content)) == ["damaged"]


@pytest.mark.parametrize("build", [build_png, build_jpeg])
def test_an_image_of_too_many_pixels_is_refused(build):
    assert codes(build(30000, 30000)) == ["too_many_pixels"]
    assert codes(build(30000, 1)) == ["too_many_pixels"]
    assert codes(build(8000, 6000)) == []


def test_an_ofd_that_unpacks_to_too_much_is_refused():
    content = build_ofd([("OFD.xml", b""), ("big", b"0" * 2_000_000)])
    assert codes(content, UploadLimits(max_unpacked_bytes=1_000_000)) == ["unpacks_too_big"]


def test_an_ofd_with_a_name_outside_itself_is_refused():
    assert codes(build_ofd([("OFD.xml", b""), ("../../x", b"")])) == ["damaged"]


@given(
    st.sampled_from([b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"PK\x03\x04"]),
    st.binary(max_size=300),
)
def test_no_content_makes_the_check_fail(head, rest):
    check_upload("x", head + rest)
    check_upload("x", head + rest + build_ofd())


@given(st.integers(0, 400), st.integers(0, 255))
def test_no_changed_byte_makes_the_check_fail(place, value):
    for content in (build_png(), build_jpeg(), build_ofd()):
        changed = bytearray(content)
        changed[place % len(changed)] = value
        check_upload("x", bytes(changed))


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("诊断证明.pdf", "诊断证明.pdf"),
        ("scan.PDF", "scan.pdf"),
        ("photo.jpeg", "photo.pdf"),
        ("invoice.exe", "invoice.exe.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\li\\发票.pdf", "发票.pdf"),
        ("gnp.\u202efdp", "gnp._fdp.pdf"),
        ("a\r\nb\0c.pdf", "a__b_c.pdf"),
        ("", "file.pdf"),
        (".pdf", "file.pdf"),
        ("长" * 500, "长" * 120 + ".pdf"),
    ],
)
def test_a_name_is_made_safe_and_ends_as_the_content_is(name, safe):
    assert safe_name(name, "application/pdf") == safe


def test_every_problem_has_a_sentence_in_both_languages():
    for content in (b"", b"x", build_pdf(script=True), build_png(30000, 30000)):
        for problem in check_upload("x", content):
            assert problem.message("zh") != problem.message("en")
