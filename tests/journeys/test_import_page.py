"""Importing in the screens, without JavaScript: a file is uploaded, mapped, tried out and imported."""

import re
from io import BytesIO

import pytest
import xlsxwriter

from runtime.automation.worker import Worker
from tests.support.crm import App, Browser, Page
from tests.support.screens import PACK, sheet, submit

PEOPLE = "First name;Last name;Account;Nonsense\nAda;Lovelace;Acme;x\nAlan;;Acme;y\nGrace;Hopper;Nowhere;z\n"


@pytest.fixture
def app(crm) -> App:
    made: App = crm(PACK)
    made.program()("POST", "/accounts", json={"name": "Acme"})
    return made


def work(app: App) -> None:
    Worker(app.site, app.site.background, "test").drain()


def upload(browser: Browser, module: str, name: str, content: bytes | str) -> Page:
    body = content.encode() if isinstance(content, str) else content
    return submit(browser, f"/app/{module}/import", files={"file": (name, body)})


def act(browser: Browser, page: Page, action: str, **typed: str) -> Page:
    return submit(browser, page, {"action": action, **typed})


def counts(page: Page) -> dict[str, int]:
    found = re.findall(r"<dt>(\w+)</dt><dd>(\d+)</dd>", page.text)
    return {label: int(number) for label, number in found}


def people(app: App) -> list[str]:
    rows = app.program()("GET", "/people?sort=last_name&fields=last_name").json()["data"]
    return [row["last_name"] for row in rows]


def test_a_file_is_mapped_tried_out_and_imported(app: App):
    browser = app.sign_in()
    page = upload(browser, "people", "people.csv", PEOPLE)
    assert (page.status, page.path) == (200, "/app/people/import/map")
    chosen = sheet(page).values
    assert [chosen[f"c{place}.field"] for place in range(4)] == [
        ["first_name"],
        ["last_name"],
        ["account"],
        [""],
    ]
    assert chosen["c2.match"] == ["name"]
    assert "Of the first 3 rows 1 would be created, 0 updated, 0 stay as they are, and 2 are refused." in page
    assert "Last name is required." in page
    assert 'There is no record "Nowhere".' in page

    tried = act(browser, page, "dry")
    assert tried.path.startswith("/operations/")
    assert "Waiting" in tried
    work(app)
    tried = browser.get(tried.path)
    assert counts(tried) == {"Created": 1, "Updated": 0, "Unchanged": 0, "Refused": 2}
    assert people(app) == []

    done = submit(browser, tried, key="/app/people/import/start")
    work(app)
    done = browser.get(done.path)
    assert "Done" in done
    assert counts(done) == {"Created": 1, "Updated": 0, "Unchanged": 0, "Refused": 2}
    assert people(app) == ["Lovelace"]

    (errors,) = re.findall(r'href="(/app/files/\d+/content)"', done.text)
    content = browser.client.get(errors).text
    assert content.splitlines()[1:] == [
        "3,Last name,Last name is required.,Alan,,Acme,y",
        '4,Account,"There is no record ""Nowhere"".",Grace,Hopper,Nowhere,z',
    ]
    mended = content.replace("Nowhere,z", "Acme,z").replace("Alan,,", "Alan,Turing,")
    again = act(browser, upload(browser, "people", "mended.csv", mended), "import")
    work(app)
    assert counts(browser.get(again.path))["Created"] == 2
    assert people(app) == ["Hopper", "Lovelace", "Turing"]


def test_a_related_record_that_is_missing_is_created_when_that_is_asked_for(app: App):
    browser = app.sign_in()
    page = act(browser, upload(browser, "people", "people.csv", PEOPLE), "preview", **{"c2.create": "yes"})
    assert "2 would be created" in page
    act(browser, page, "import")
    work(app)
    assert people(app) == ["Hopper", "Lovelace"]


def test_a_field_that_is_chosen_anew_is_proposed_its_settings(app: App):
    browser = app.sign_in()
    page = upload(browser, "deals", "deals.csv", "Deal;When\nBig;31.1.2026\nSmall;1.2.2026\n")
    page = act(browser, page, "preview", **{"c0.field": "name", "c1.field": "close_date"})
    assert sheet(page).values["c1.format"] == ["%d.%m.%Y"]
    assert "2 would be created" in page
    assert "Jan 31, 2026" in page
    twice = act(browser, page, "import", **{"c1.field": "name"})
    assert twice.status == 422
    assert "The columns do not fit yet" in twice


def test_the_map_is_given_as_a_file_and_remembered(app: App):
    browser = app.sign_in()
    page = upload(browser, "people", "people.csv", PEOPLE)
    saved = act(browser, page, "download", **{"c0.field": ""})
    assert saved.text == 'columns:\n  "Last name": last_name\n  "Account": {field: account, match: name}\n'
    act(browser, page, "import", **{"c0.field": ""})
    page = upload(browser, "people", "next.csv", PEOPLE)
    assert sheet(page).values["c0.field"] == [""]
    assert "your last import" in page
    other = app.sign_in("bob@example.com", admin=False)
    page = upload(other, "people", "people.csv", PEOPLE)
    assert sheet(page).values["c0.field"] == ["first_name"]


def test_a_spreadsheet_is_imported_like_any_file(app: App):
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        table = book.add_worksheet()
        for number, row in enumerate([("name", "city"), ("=1+1", "Turku"), ("Two", "Oulu")]):
            for place, cell in enumerate(row):
                table.write_string(number, place, cell)
    browser = app.sign_in()
    page = upload(browser, "accounts", "accounts.xlsx", content.getvalue())
    assert "encoding" not in sheet(page).values
    act(browser, page, "import")
    work(app)
    found = app.program()("GET", "/accounts?sort=name&fields=name").json()["data"]
    assert [row["name"] for row in found] == ["=1+1", "Acme", "Two"]


@pytest.mark.parametrize(
    "name, content, sentence",
    [
        ("a.csv", b"", "a.csv is empty"),
        ("a.csv", b"a\0b", "is no text"),
        ("a.xlsx", b"PK\x03\x04 nothing", "is no spreadsheet"),
        ("a.csv", b"%PDF-1.4", "is neither CSV nor a spreadsheet"),
        ("a.csv", b"a,a\n1,2\n", 'two columns named "a"'),
        ("../../<b>.csv", b"", "is empty"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_so_on_the_page(
    app: App, name: str, content: bytes, sentence: str
):
    page = upload(app.sign_in(), "people", name, content)
    assert page.status == 422
    assert sentence in page
    assert "<b>" not in page.text


def test_nothing_is_chosen_and_a_file_that_is_not_ones_own_are_refused(app: App):
    browser = app.sign_in()
    assert "Choose a file." in submit(browser, "/app/people/import")
    page = upload(browser, "people", "people.csv", PEOPLE)
    address = str(page.response.url)
    other = app.sign_in("bob@example.com", admin=False)
    assert other.get(address).status == 404
    operation = act(browser, page, "dry").path
    assert other.get(operation).status == 404
    assert browser.get("/app/users/import").status == 404
    assert browser.get("/app/people/import/map?file=999999").status == 404
    assert browser.get("/app/people/import/map?file=x").status == 404


def test_an_import_that_waits_is_cancelled(app: App):
    browser = app.sign_in()
    page = act(browser, upload(browser, "people", "people.csv", PEOPLE), "import")
    page = submit(browser, page, key=f"{page.path}/cancel")
    assert "Cancelled" in page
    work(app)
    assert people(app) == []


def test_an_upload_over_the_limit_is_refused(app: App):
    page = upload(app.sign_in(), "people", "people.csv", b"first_name\n" + b"x" * (26 << 20))
    assert page.status == 413


PLACES = """
    schemas/modules/places.yaml:
      title: name
      fields:
        name: {type: text, required: true}
        address: {type: address}
"""


def test_the_parts_of_an_address_come_from_columns_of_their_own(crm):
    app: App = crm(PLACES)
    browser = app.sign_in()
    rows = "Name,City,Address · Country,address.postal_code\nOffice,Oulu,FI,90100\n"
    page = upload(browser, "places", "places.csv", rows)
    chosen = sheet(page).values
    assert [chosen[f"c{place}.field"] for place in (1, 2, 3)] == [
        ["address.city"],
        ["address.country"],
        ["address.postal_code"],
    ]
    saved = act(browser, page, "download").text
    assert '"City": address.city' in saved
    act(browser, page, "import")
    work(app)
    (place,) = app.program()("GET", "/places").json()["data"]
    assert (place["address"]["city"], place["address"]["postal_code"]) == ("Oulu", "90100")
    file = submit(browser, "/app/places/export?_columns=name,address", {"format": "csv"}).text
    assert file.splitlines()[0].lstrip("\ufeff").startswith("Name,Address · Street")
    assert "Oulu" in file


def test_the_parts_of_an_address_are_called_in_the_readers_language(crm):
    languages = """
    pack.yaml:
      title: Test
      version: 1.0.0
      languages: [en, fi]
      currency: EUR
      timezone: Europe/Helsinki
"""
    app: App = crm(PLACES + languages)
    app.program()("PATCH", f"/users/{app.user()}", json={"language": "fi"})
    browser = app.sign_in()
    rows = "Name,Address · Paikkakunta,Maa,Postinumero\nA,Oulu,FI,90100\n"
    page = upload(browser, "places", "places.csv", rows)
    chosen = sheet(page).values
    assert [chosen[f"c{place}.field"] for place in (1, 2, 3)] == [
        ["address.city"],
        ["address.country"],
        ["address.postal_code"],
    ]
    assert "Address · Paikkakunta" in page.text
    assert "City" not in page.text
    act(browser, page, "import")
    work(app)
    file = submit(browser, "/app/places/export?_columns=name,address", {"format": "csv"}).text
    assert file.splitlines()[0].lstrip("\ufeff").startswith("Name,Address · Katuosoite")
