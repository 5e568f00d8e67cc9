"""Files hang on any record: uploaded on its card, fetched, and taken off after a question."""

import re

import pytest

from tests.support.crm import Page
from tests.support.screens import PACK, SheetReader, make, record, submit

PARTIAL = {"hx-request": "true", "hx-request-type": "partial"}
LAYOUT = """
    schemas/layouts/people.yaml:
      card:
        tabs: {overview: {person: {fields: [first_name, last_name]}, papers: {component: files}}}
"""


@pytest.fixture
def app(crm):
    return crm(PACK + LAYOUT)


def upload(browser, address, *files, at="", **headers):
    """Send files from the form of a card."""
    page = browser.get(at or address.removesuffix("/files"))
    sheet = SheetReader(page.text).sheets[address]
    sent = [("upload", each) for each in files]
    return Page(
        browser.client.post(
            address + at.partition("?")[1] + at.partition("?")[2],
            data=sheet.values,
            files=sent,
            headers=headers,
        )
    )


def test_a_file_hangs_on_a_record_of_a_module_without_a_field_of_files(app):
    ada = make(app, "people", last_name="Lind")
    browser = app.sign_in()
    page = upload(browser, f"/app/people/{ada}/files", ("a.txt", b"one"), ("b.txt", b"two"))
    assert "Files added: 2" in page
    assert re.findall(r'content">([^<]+)</a>', page.text) == ["a.txt", "b.txt"]
    (address, _) = re.findall(r'href="(/app/files/\d+/content)"', page.text)
    assert browser.client.get(address).content == b"one"
    assert [each["name"] for each in app.program()("GET", f"/people/{ada}/files").json()["data"]] == [
        "a.txt",
        "b.txt",
    ]


def test_a_file_goes_into_the_module_s_field_where_there_is_one(app):
    deal = make(app, "deals", name="Chairs")
    browser = app.sign_in()
    at = f"/app/deals/{deal}?tab=papers"
    part = upload(browser, f"/app/deals/{deal}/files", ("a.txt", b"one"), at=at, **PARTIAL)
    assert part.text.lstrip().startswith("<section")
    assert "Files added: 1" in part
    assert [each["title"] for each in record(app, "deals", deal)["files"]] == ["a.txt"]
    refused = upload(browser, f"/app/deals/{deal}/files", ("a.exe", b"one"), at=at, **PARTIAL)
    assert refused.status == 422
    assert 'Files takes no "a.exe"' in refused


def test_a_file_is_taken_off_after_a_question_and_comes_back_by_an_undo(app):
    ada = make(app, "people", last_name="Lind")
    browser = app.sign_in()
    page = upload(browser, f"/app/people/{ada}/files", ("a.txt", b"one"))
    (address,) = re.findall(r'href="(/app/people/\d+/files/\d+/remove)"', page.text)
    question = browser.get(address)
    assert "Delete a.txt?" in question
    gone = submit(browser, question, key=address)
    assert "The file was deleted." in gone
    assert "a.txt" not in gone
    browser.client.headers["referer"] = f"http://crm.test/app/people/{ada}"
    back = submit(browser, gone, key=re.findall(r'action="(/undo/\d+)"', gone.text)[0])
    assert "a.txt" in back


def test_a_file_of_a_field_is_taken_off_the_field(app):
    deal = make(app, "deals", name="Chairs")
    browser = app.sign_in()
    at = f"/app/deals/{deal}?tab=papers"
    part = upload(browser, f"/app/deals/{deal}/files", ("a.txt", b"one"), at=at, **PARTIAL)
    (address,) = re.findall(r'href="(/app/deals/\d+/files/\d+/remove)"', part.text)
    submit(browser, address, key=address)
    assert record(app, "deals", deal)["files"] == []
    assert browser.get(address).status == 404


def test_nothing_is_uploaded_without_a_file_and_nothing_is_taken_off_another_record(app):
    ada, bo = (make(app, "people", last_name=name) for name in ("Lind", "Berg"))
    browser = app.sign_in()
    assert upload(browser, f"/app/people/{ada}/files").status == 422
    page = upload(browser, f"/app/people/{ada}/files", ("a.txt", b"one"))
    (file,) = re.findall(r"/app/files/(\d+)/content", page.text)
    assert browser.get(f"/app/people/{bo}/files/{file}/remove").status == 404


def test_the_card_of_a_file_leads_to_its_content_and_to_its_record_and_is_not_edited(app):
    ada = make(app, "people", last_name="Lind")
    browser = app.sign_in()
    page = upload(browser, f"/app/people/{ada}/files", ("a.txt", b"one"))
    (file,) = re.findall(r"/app/files/(\d+)/content", page.text)
    card = browser.get(f"/app/files/{file}")
    assert f'href="/app/files/{file}/content"' in card.text
    assert f'href="/app/people/{ada}"' in card.text
    assert "/edit" not in card.text
    assert browser.get(f"/app/files/{file}/edit").status == 403
    assert browser.get("/app/files/new").status == 403


def test_a_form_takes_the_files_that_the_card_shows_in_a_block_of_their_own(crm):
    pack = """
    schemas/modules/notes.yaml:
      title: name
      fields: {name: {type: text}, papers: {type: files}}
    schemas/layouts/notes.yaml:
      card: {tabs: {all: {block: {fields: [name]}}}, side: {files: {component: files, label: Papers}}}
    """
    app = crm(pack)
    browser = app.sign_in()
    page = submit(browser, "/app/notes/new", {"name": "One"}, files={"papers:upload": ("a.txt", b"a")})
    note = int(page.path.rpartition("/")[2].split("?")[0])
    assert [each["title"] for each in record(app, "notes", note)["papers"]] == ["a.txt"]
    assert "a.txt" in browser.get(f"/app/notes/{note}")
