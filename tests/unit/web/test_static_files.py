"""Static files: compressed once, as small as they get, and known again by their tag."""

import gzip

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount
from starlette.testclient import TestClient

from runtime.web import static_files
from runtime.web.static_files import StaticFiles

STYLE = "body { margin: 0 }\n" * 500


@pytest.fixture
def client(tmp_path):
    (tmp_path / "app.css").write_text(STYLE)
    (tmp_path / "letters.woff2").write_bytes(b"letters" * 500)
    routes = [Mount("/static", StaticFiles(tmp_path))]
    middleware = [Middleware(GZipMiddleware, minimum_size=100, compresslevel=1)]
    return TestClient(Starlette(routes=routes, middleware=middleware))


def test_a_text_is_as_small_as_it_gets(client):
    answer = client.get("/static/app.css")
    assert answer.text == STYLE
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) == len(gzip.compress(STYLE.encode(), 9))
    assert answer.headers["vary"] == "Accept-Encoding"
    assert "immutable" in answer.headers["cache-control"]


def test_a_text_is_compressed_once(client, monkeypatch):
    first = client.get("/static/app.css").content
    monkeypatch.setattr(static_files, "_compress", lambda file: pytest.fail(f"{file} again"))
    assert client.get("/static/app.css").content == first


def test_what_a_browser_has_is_not_sent_again(client):
    tag = client.get("/static/app.css").headers["etag"]
    again = client.get("/static/app.css", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_who_takes_nothing_compressed_gets_it_whole(client):
    answer = client.get("/static/app.css", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert answer.text == STYLE


def test_a_font_is_sent_as_it_is(client):
    assert "content-encoding" not in client.get("/static/letters.woff2").headers
