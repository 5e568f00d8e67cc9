"""Uploaded files: whatever one is called and says it is, its content decides, and no browser runs it."""

from urllib.parse import unquote

import pytest

from tests.support.crm import App, Browser
from tests.support.screens import PACK, make

SQLITE = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
PAGE = b"<!doctype html><script>alert(1)</script>"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
NAMES = (
    *("page.html", "page.HTM", "x.svg", "x.xhtml", "x.js", "x.pdf", "x.png", ".htaccess", "noending"),
    *("../../etc/passwd", "..\\..\\boot.ini", "/etc/passwd", "C:\\x.txt", "a/b.txt", "%2e%2e%2fx", "file:x"),
    *('a".txt', "a';x=1.txt", "a;filename=b.html", "<script>alert(1)</script>.txt", "=cmd|x.csv"),
    *("\u202egpj.exe", "ä ö å - 文書.txt", "con", "nul.txt", "x.txt.", "x.php.jpg", "a" * 200 + ".txt"),
)
CONTENTS = {
    "text/plain": (PAGE, DRAWING, b"<?php system(1);", b"#!/bin/sh\n", b"%!PS", b""),
    "image/gif": (b"GIF89a/*" + b"x" * 20 + b"*/=1;alert(1)//",),
    "application/pdf": (b"%PDF-1.7 <script>alert(1)</script>",),
    "application/zip": (b"PK\x03\x04" + PAGE,),
    "application/octet-stream": (b"\x00\x01" + PAGE, b"\xff\xfe<\x00s\x00", b"MZ\x90\x00"),
}


@pytest.fixture
def app(crm) -> App:
    found: App = crm(PACK)
    return found


def safe(browser: Browser, address: str) -> str:
    """Fetch a file; gives the name that a browser would keep it by."""
    answer = browser.client.get(address)
    headers = answer.headers
    assert answer.status_code == 200
    assert headers["content-type"] == "application/octet-stream"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    begins = "attachment; filename*=UTF-8''"
    assert headers["content-disposition"].startswith(begins)
    named = headers["content-disposition"].removeprefix(begins)
    assert not set(named) & set("\"'; \r\n<>\\/"), named
    return unquote(named)


@SQLITE
def test_a_file_of_any_name_is_kept_under_its_digest_and_handed_over_by_its_name(app: App):
    account, program, browser = make(app, "accounts", name="Bay"), app.program(), app.sign_in()
    names = []
    for name in NAMES:
        sent = {"file": (name, PAGE, "text/html")}
        answer = program("POST", f"/accounts/{account}/files", files=sent)
        assert answer.status_code in (200, 201), (name, answer.text)
    for each in program("GET", f"/accounts/{account}/files").json()["data"]:
        assert each["content_type"] == "text/plain", each
        names.append(safe(browser, f"/app/files/{each['id']}/content"))
    assert len(names) == len(NAMES)
    folder = app.site.settings.files
    kept = sorted(str(place.relative_to(folder)) for place in folder.rglob("*") if place.is_file())
    assert len(kept) == 1
    assert all(part.isalnum() for part in kept[0].split("/"))


@SQLITE
@pytest.mark.parametrize("kind", list(CONTENTS))
def test_what_a_file_is_its_content_says_and_neither_its_name_nor_its_sender(app: App, kind: str):
    account, program, browser = make(app, "accounts", name="Bay"), app.program(), app.sign_in()
    for content in CONTENTS[kind]:
        for name, said in (("x.png", "image/png"), ("x.html", "text/html"), ("x.svg", "image/svg+xml")):
            answer = program("POST", f"/accounts/{account}/files", files={"file": (name, content, said)})
            assert answer.status_code in (200, 201), answer.text
    for each in program("GET", f"/accounts/{account}/files").json()["data"]:
        assert each["content_type"] == kind, each
        safe(browser, f"/app/files/{each['id']}/content")
        preview = browser.client.get(f"/app/files/{each['id']}/preview/small")
        assert preview.status_code != 200, each


@SQLITE
def test_a_name_that_is_too_long_or_empty_keeps_no_file(app: App):
    account, program = make(app, "accounts", name="Bay"), app.program()
    for name in ("a" * 300 + ".txt", "   "):
        answer = program("POST", f"/accounts/{account}/files", files={"file": (name, PAGE, "text/html")})
        assert answer.status_code in (400, 422), (name, answer.text)
    assert program("GET", f"/accounts/{account}/files").json()["data"] == []
