"""Pictures of attachments over HTTP: for those who may have the file, and never the file itself."""

from __future__ import annotations

import io

from sqlalchemy import select

from engine.files import detect
from engine.store.tables import document_file, event
from engine.testing.files import small_pdf
from tests.builders import House
from tests.webapp.test_secrets_at_rest import start_illness_case


def attached(house: House, content: bytes, name: str) -> tuple[str, str]:
    """A case and a file that was added to it."""
    case = house.start()
    file = house.api("chen_jing").upload(name, content).json["id"]
    house.api("chen_jing").post(f"/instances/{case}/attach", {"files": [file]})
    return case, file


def test_a_reader_of_the_case_sees_a_picture_and_nobody_else_does(small_house: House) -> None:
    house = small_house
    _case, file = attached(house, small_pdf("x"), "清单.pdf")
    path = f"/api/v1/files/{file}/preview"
    for query in ("", "?page=1", "?size=thumb"):
        answer = house.browser("clerk_wang").get(path + query)
        assert answer.status_code == 200, answer.text
        assert answer.mimetype == "image/jpeg"
        assert detect(answer.data) == "image/jpeg"
        assert answer.headers["Gongban-Pages"] == "1"
        assert "no-store" in answer.headers["Cache-Control"]
    for person in ("tian_ye", "admin_mu"):
        assert house.browser(person).get(path).status_code == 404, person
    for odd in ("?page=0", "?page=x", "?size=huge"):
        assert house.browser("clerk_wang").get(path + odd).status_code == 422, odd


def test_the_second_look_draws_nothing(small_house: House) -> None:
    house = small_house
    _case, file = attached(house, small_pdf("x"), "清单.pdf")
    (row,) = house.rows(select(document_file.c.digest).where(document_file.c.id == file))
    first = house.browser("clerk_wang").get(f"/api/v1/files/{file}/preview").data
    kept = house.engine.files.pictures.read(row.digest, "page-1")
    assert kept is not None
    assert kept.endswith(first)


def test_what_people_uploaded_is_saved_and_never_opened_by_the_browser(small_house: House) -> None:
    _case, file = attached(small_house, small_pdf("x"), "清单.pdf")
    answer = small_house.browser("clerk_wang").get(f"/api/v1/files/{file}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_file_that_cannot_be_drawn_says_so_in_words(small_house: House) -> None:
    damaged = small_pdf("x").replace(b"/Type /Catalog", b"/Type /Cat....")
    damaged = damaged.replace(b"/Pages 2 0 R", b"/Pages 9 0 R")
    _case, file = attached(small_house, damaged, "x.pdf")
    answer = small_house.browser("clerk_wang", "zh").get(f"/api/v1/files/{file}/preview")
    assert answer.status_code == 422
    assert answer.json["title"] == "这个文件不能预览，请下载后打开。"


def test_the_pages_show_pictures_and_hashes(small_house: House) -> None:
    case = start_illness_case(small_house)
    small_house.run_jobs()
    page = small_house.browser("clerk_wang", "zh").get(f"/cases/{case}").text
    rows = small_house.rows(select(document_file))
    assert len(rows) >= 4
    for row in rows:
        assert f"/api/v1/files/{row.id}/preview?size=thumb" in page
        assert row.digest in page


def test_the_hash_of_a_forms_files_is_in_the_record(house: House) -> None:
    case = start_illness_case(house)
    (first,) = house.rows(
        select(event.c.subject).where(
            event.c.stream == f"instance:{case}", event.c.type == "instance.started"
        )
    )
    kept = {value for name, value in first.subject.items() if name.startswith("file_")}
    rows = house.rows(select(document_file.c.digest).where(document_file.c.instance_id == case))
    assert kept == {row.digest for row in rows}


def test_an_upload_that_no_case_has_is_its_senders_alone(small_house: House) -> None:
    file = small_house.api("chen_jing").upload("x.pdf", io.BytesIO(small_pdf("x")).read()).json
    path = f"/api/v1/files/{file['id']}/preview"
    assert small_house.browser("chen_jing").get(path).status_code == 200
    assert small_house.browser("clerk_wang").get(path).status_code == 404
