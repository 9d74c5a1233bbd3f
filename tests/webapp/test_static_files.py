"""How the pages' scripts and style sheets arrive: small, and once."""

from __future__ import annotations

import gzip
import http.client
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.browser.serving import served
from webapp import assets

pytestmark = pytest.mark.skipif(
    not (assets.DIST / "manifest.json").exists(), reason="the front end is not built"
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A demonstration, served by the real command."""
    with served(tmp_path_factory.mktemp("served")) as where:
        yield where


def fetched(address: str, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
    connection.request(
        "GET", path, headers={name.replace("_", "-"): one for name, one in headers.items()}
    )
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, {name.lower(): one for name, one in answer.getheaders()}, body


def test_scripts_and_styles_arrive_compressed_and_are_kept_for_ever(address: str) -> None:
    for _kind, path in assets.needs("app"):
        plain = (assets.DIST / path).read_bytes()
        for wished, encoding in (("gzip, deflate, br", "br"), ("gzip", "gzip")):
            status, headers, body = fetched(address, f"/static/dist/{path}", Accept_Encoding=wished)
            assert status == 200
            assert headers["content-encoding"] == encoding, path
            assert headers["cache-control"] == "public, max-age=31536000, immutable"
            assert headers["content-type"].startswith(("text/javascript", "text/css"))
            assert headers["vary"] == "Accept-Encoding"
            assert len(body) < 0.6 * len(plain)
            if encoding == "gzip":
                assert gzip.decompress(body) == plain


def test_who_takes_no_compression_gets_the_file_itself(address: str) -> None:
    _kind, path = assets.needs("app")[0]
    for wished in ("identity", "br;q=0, gzip;q=0"):
        status, headers, body = fetched(address, f"/static/dist/{path}", Accept_Encoding=wished)
        assert status == 200
        assert "content-encoding" not in headers
        assert body == (assets.DIST / path).read_bytes()


def test_what_the_browser_has_is_not_sent_again(address: str) -> None:
    _kind, path = assets.needs("app")[0]
    _status, headers, _body = fetched(address, f"/static/dist/{path}", Accept_Encoding="br")
    again = fetched(
        address, f"/static/dist/{path}", Accept_Encoding="br", If_None_Match=headers["etag"]
    )
    assert again[0] == 304


def test_no_address_leads_out_of_the_folder(address: str) -> None:
    for path in (
        "/static/../application.py",
        "/static/%2e%2e/application.py",
        "/static/dist/no.js",
    ):
        status, headers, _body = fetched(address, path, Accept_Encoding="br")
        assert status == 404
        assert "immutable" not in headers.get("cache-control", "")
