"""Uploads in pieces over HTTP."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import select

from engine.files.parts import PIECE
from engine.store.tables import document_file
from engine.testing.files import small_pdf
from tests.builders import House

SIZE = 3 * PIECE


def big_pdf(size: int = SIZE) -> bytes:
    small = small_pdf("x")
    head, _eof, tail = small.partition(b"\n")
    # A comment in the middle, so that a reader still finds both ends.
    padded = head + b"\n%" + b"x" * (size - len(small) - 2) + b"\n" + tail
    return padded


def put(house: House, id: str, offset: int, content: bytes, by: str = "chen_jing") -> Any:
    someone = house.api(by)
    return someone._client.put(
        f"/api/v1/files/parts/{id}?offset={offset}",
        data=content,
        headers=someone.headers,
        content_type="application/octet-stream",
    )


def announce(house: House, content: bytes, **more: Any) -> Any:
    body = {"name": "CT 报告.pdf", "size": len(content), **more}
    return house.api("chen_jing").post("/files/parts", body)


def test_a_file_comes_in_pieces_and_belongs_to_a_case(house: House) -> None:
    content = big_pdf()
    digest = hashlib.sha256(content).hexdigest()
    began = announce(house, content, digest=digest).json
    assert began["offset"] == 0
    for start in range(0, len(content), PIECE):
        answer = put(house, began["id"], start, content[start : start + PIECE])
        assert answer.status_code == 200, answer.text
    path = f"/files/parts/{began['id']}/finish"
    done = house.api("chen_jing").post(path, key="k1")
    assert done.status_code == 201, done.text
    assert done.json["digest"] == digest
    assert done.json["name"] == "CT 报告.pdf"
    # The answer was lost on its way: the same request gets it again.
    assert house.api("chen_jing").post(path, key="k1").json == done.json
    assert house.api("chen_jing").post(path).status_code == 404
    case = house.start()
    body = {"files": [done.json["id"]]}
    assert house.api("chen_jing").post(f"/instances/{case}/attach", body).status_code == 200
    (row,) = house.rows(select(document_file.c.instance_id, document_file.c.digest))
    assert (row.instance_id, row.digest) == (case, digest)


def test_who_lost_the_connection_asks_and_goes_on(small_house: House) -> None:
    house, content = small_house, big_pdf()
    id = announce(house, content).json["id"]
    put(house, id, 0, content[:PIECE])
    wrong = put(house, id, 0, content[:PIECE])
    assert wrong.status_code == 409
    assert wrong.json["type"] == "urn:gongban:problem:offset_differs"
    assert wrong.json["offset"] == PIECE
    assert house.api("chen_jing").get(f"/files/parts/{id}").json["offset"] == PIECE
    assert announce(house, content).json == {
        "id": id,
        "offset": PIECE,
        "size": len(content),
        "piece": PIECE,
    }
    early = house.api("chen_jing").post(f"/files/parts/{id}/finish")
    assert early.status_code == 422
    assert early.json["offset"] == PIECE


def test_what_cannot_be_taken_is_refused_before_it_has_come(small_house: House) -> None:
    house = small_house
    too_big = house.api("chen_jing").post("/files/parts", {"name": "x.pdf", "size": 26 * 1024**2})
    assert too_big.status_code == 422
    assert "25 MB" in too_big.text
    assert announce(house, b"").status_code == 422
    id = announce(house, b"MZ" + b"x" * 98).json["id"]
    program = put(house, id, 0, b"MZ" + b"x" * 98)
    assert program.status_code == 422
    assert program.json["type"] == "urn:gongban:problem:bad_upload"
    assert put(house, id, 0, b"x" * (PIECE + 1)).status_code == 413
    assert put(house, id, 0, b"%PDF-").status_code == 404


def test_a_pdf_in_name_only_is_refused_at_the_end(small_house: House) -> None:
    content = b"%PDF-1.4 nothing else"
    id = announce(small_house, content).json["id"]
    assert put(small_house, id, 0, content).status_code == 200
    answer = small_house.api("chen_jing").post(f"/files/parts/{id}/finish")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["code"] == "damaged"


def test_an_upload_is_its_senders_alone(small_house: House) -> None:
    content = big_pdf()
    id = announce(small_house, content).json["id"]
    other = small_house.api("clerk_wang")
    assert put(small_house, id, 0, content[:PIECE], by="clerk_wang").status_code == 404
    assert other.get(f"/files/parts/{id}").status_code == 404
    assert other.post(f"/files/parts/{id}/finish").status_code == 404
    assert other.delete(f"/files/parts/{id}").status_code == 204
    assert put(small_house, id, 0, content[:PIECE]).status_code == 200
    assert small_house.api("chen_jing").delete(f"/files/parts/{id}").status_code == 204
    assert put(small_house, id, PIECE, content[PIECE : 2 * PIECE]).status_code == 404


def test_odd_offsets_are_malformed(small_house: House) -> None:
    id = announce(small_house, big_pdf()).json["id"]
    someone = small_house.api("chen_jing")
    for odd in ("", "-1", "1e3", "١", "9" * 40):
        path = f"/api/v1/files/parts/{id}?offset={odd}"
        answer = someone._client.put(path, data=b"x", headers=someone.headers)
        assert answer.status_code == 422, odd
