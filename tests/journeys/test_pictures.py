"""Files and pictures: uploaded, shown as copies that hold nothing but pixels, refused when they lie."""

import io
import re

import pytest
from PIL import Image

from tests.support.screens import make, record, submit

PACK = """
    schemas/modules/people.yaml:
      title: name
      fields:
        name: {type: text}
        contract: {type: file, accept: ".pdf"}
        photo: {type: image, alt: photo_text, max_size: 1}
        photo_text: {type: text}
    schemas/layouts/people.yaml:
      card: {tabs: {all: {block: {fields: [name, contract, photo]}, files: {component: files}}}}
      list: [name, photo, contract]
"""
SCRIPT = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


@pytest.fixture
def app(crm):
    return crm(PACK)


def picture(kind="PNG", size=(400, 200), **options):
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **options)
    return out.getvalue()


def upload(browser, number, name, content, kind, field="photo", **typed):
    return submit(
        browser, f"/app/people/{number}/edit", typed, files=[(f"{field}:upload", (name, content, kind))]
    )


def test_a_file_takes_the_place_of_the_one_before(app):
    browser, ada = app.sign_in(), make(app, "people", name="Ada")
    page = upload(browser, ada, "one.pdf", b"%PDF-1.7 one", "application/pdf", "contract")
    assert page.status == 200
    assert "one.pdf" in page
    upload(browser, ada, "two.pdf", b"%PDF-1.7 two", "application/pdf", "contract")
    assert record(app, "people", ada)["contract"]["title"] == "two.pdf"
    same = submit(browser, f"/app/people/{ada}/edit", {"name": "Ada L"})
    assert "two.pdf" in same
    submit(browser, f"/app/people/{ada}/edit", {"contract": ""})
    assert record(app, "people", ada)["contract"] is None


def test_a_file_of_another_kind_is_refused_at_the_field(app):
    browser, ada = app.sign_in(), make(app, "people", name="Ada")
    page = upload(browser, ada, "bad.exe", b"MZ", "application/x-msdownload", "contract")
    assert page.error("contract") == 'Contract takes no "bad.exe": it takes .pdf.'


def test_a_picture_is_shown_as_a_copy_with_a_text_for_who_cannot_see_it(app):
    browser, ada = app.sign_in(), make(app, "people", name="Ada", photo_text="Ada at her desk")
    hidden = picture("JPEG", exif=b"Exif\0\0secret place") + b"<script>alert(1)</script>"
    page = upload(browser, ada, "ada.jpg", hidden, "image/jpeg")
    assert 'alt="Ada at her desk"' in page.text
    (address,) = re.findall(r'src="(/app/files/\d+/preview/large)"', page.text)
    copy = browser.client.get(address)
    assert copy.headers["content-type"] == "image/webp"
    assert copy.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in copy.headers["content-security-policy"]
    assert b"script" not in copy.content
    assert b"secret" not in copy.content
    assert Image.open(io.BytesIO(copy.content)).size == (400, 200)
    small = browser.client.get(address.replace("large", "small"))
    assert Image.open(io.BytesIO(small.content)).size == (96, 48)
    assert address.replace("large", "small") in browser.get("/app/people").text


@pytest.mark.parametrize(
    "name, content",
    [("ada.svg", SCRIPT), ("ada.png", b"\x89PNG\r\n\x1a\nnonsense"), ("ada.png", b"text"), ("a.bmp", b"BM")],
)
def test_what_only_says_that_it_is_a_picture_is_refused(app, name, content):
    browser, ada = app.sign_in(), make(app, "people", name="Ada")
    page = upload(browser, ada, name, content, "image/png")
    assert page.status == 422
    assert page.error("photo").startswith("Photo must be a picture")


def test_a_picture_that_is_too_large_is_refused(app):
    browser, ada = app.sign_in(), make(app, "people", name="Ada")
    page = upload(browser, ada, "bomb.png", picture(size=(9000, 9000)), "image/png")
    assert page.status == 422
    heavy = upload(browser, ada, "heavy.png", picture() + b"\0" * (1 << 20), "image/png")
    assert heavy.status == 422


def test_a_file_that_is_no_picture_is_refused_by_rest_too(app):
    program, ada = app.program(), make(app, "people", name="Ada")
    answer = program(
        "POST", f"/people/{ada}/files", files={"contract": ("c.pdf", b"%PDF-1.7", "application/pdf")}
    )
    assert answer.status_code == 201, answer.text
    (contract,) = answer.json()["data"]
    refused = program("PATCH", f"/people/{ada}", json={"photo": contract["id"]})
    assert refused.status_code == 422
    answer = program("POST", f"/people/{ada}/files", files={"photo": ("p.png", picture(), "image/png")})
    (photo,) = answer.json()["data"]
    assert (photo["field"], photo["width"], photo["height"]) == ("photo", 400, 200)
    assert record(app, "people", ada)["photo"] == {"id": photo["id"], "title": "p.png"}
    assert app.sign_in().get(f"/app/files/{contract['id']}/preview/small").status == 404


def test_a_picture_is_filtered_by_its_file(app):
    program, ada = app.program(), make(app, "people", name="Ada")
    make(app, "people", name="Bo")
    program("POST", f"/people/{ada}/files", files={"photo": ("p.png", picture(), "image/png")})
    found = program("GET", "/people", params={"where": "not is_empty(photo) and photo.name == 'p.png'"})
    assert [each["name"] for each in found.json()["data"]] == ["Ada"]


def test_nobody_sees_a_preview_without_signing_in(app):
    ada = make(app, "people", name="Ada")
    files = {"photo": ("p.png", picture(), "image/png")}
    (photo,) = app.program()("POST", f"/people/{ada}/files", files=files).json()["data"]
    answer = app.client().get(f"/app/files/{photo['id']}/preview/small", follow_redirects=False)
    assert answer.status_code == 303
