"""Pictures of files: drawn by a child process, of whatever was taken, and of nothing else."""

from __future__ import annotations

import io
import os
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfWriter

from engine.files import FolderFiles, detect
from engine.previews import NoPreview, draw
from engine.previews.drawing import MOST_PAGES, SIDES, Drawn
from engine.testing.files import small_pdf
from tests.engine.test_files import seal, unseal


def pdf(pages: int, width: float = 595, height: float = 842) -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    for _page in range(pages):
        writer.add_blank_page(width, height)
    writer.write(out)
    return out.getvalue()


def photo(
    form: str, size: tuple[int, int] = (900, 600), mode: str = "RGB", **more: object
) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "red" if mode == "RGB" else None).save(out, form, **more)
    return out.getvalue()


def opened(drawn: Drawn) -> Image.Image:
    assert detect(drawn.picture) == "image/jpeg"
    image = Image.open(io.BytesIO(drawn.picture))
    assert image.size == (drawn.width, drawn.height)
    return image


def test_a_page_of_a_pdf_is_a_picture() -> None:
    drawn = draw(pdf(3), "application/pdf", page=2)
    assert drawn.pages == 3
    image = opened(drawn)
    assert max(image.size) == SIDES["page"]
    assert max(opened(draw(pdf(1), "application/pdf", size="thumb")).size) == SIDES["thumb"]
    assert draw(pdf(3), "application/pdf", page=99).pages == 3
    assert draw(small_pdf("x"), "application/pdf").pages == 1


def test_a_page_as_large_as_a_house_is_drawn_small_and_only_so_many_are_shown() -> None:
    assert max(opened(draw(pdf(1, 14_400, 14_400), "application/pdf")).size) <= SIDES["page"]
    assert draw(pdf(MOST_PAGES + 5), "application/pdf").pages == MOST_PAGES


@pytest.mark.parametrize(("form", "media"), [("JPEG", "image/jpeg"), ("PNG", "image/png")])
def test_a_photo_is_drawn_anew_without_what_lay_in_it(form: str, media: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    exif[0x0112] = 6  # turned
    content = photo(form, exif=exif)
    assert b"secret place" in content
    drawn = draw(content, media)
    assert b"secret place" not in drawn.picture
    image = opened(drawn)
    assert image.height > image.width


def test_what_is_transparent_stands_on_white_paper() -> None:
    drawn = draw(photo("PNG", mode="RGBA"), "image/png", size="thumb")
    assert opened(drawn).getpixel((1, 1)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("content", "media"),
    [
        (b"%PDF-1.7 nothing of the kind %%EOF", "application/pdf"),
        (b"%PDF-1.7\n" + os.urandom(5000), "application/pdf"),
        (b"\xff\xd8\xff" + os.urandom(500), "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n" + os.urandom(500), "image/png"),
        (b"GIF89a" + bytes(100), "image/png"),
    ],
)
def test_there_is_no_picture_of_what_is_damaged(content: bytes, media: str) -> None:
    with pytest.raises(NoPreview):
        draw(content, media)


def test_an_image_that_unpacks_to_far_more_than_it_says_is_not_drawn() -> None:
    with pytest.raises(NoPreview):
        draw(photo("PNG", (9000, 9000), "L"), "image/png")


def test_pictures_are_kept_sealed_and_swept_with_their_file(tmp_path: Path) -> None:
    files = FolderFiles(tmp_path, seal, unseal)
    ref = files.put(b"content")
    files.pictures.keep(ref.digest, "page-1", b"picture")
    assert files.pictures.read(ref.digest, "page-1") == b"picture"
    assert files.pictures.read(ref.digest, "page-2") is None
    (kept,) = (tmp_path / "pictures").rglob("page-1")
    assert kept.read_bytes().startswith(b"sealed:")
    day = timedelta(days=1)
    assert files.pictures.sweep(files.exists, day) == 0
    assert list(files.list()) == [ref.digest]
    files.delete(ref.digest)
    assert files.pictures.sweep(files.exists, day) == 1
    assert files.pictures.read(ref.digest, "page-1") is None
