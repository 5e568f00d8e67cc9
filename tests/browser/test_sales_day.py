"""A seller's day in the standard pack: by the keyboard alone, and by touch, in Finnish and in the dark."""

import re
from io import BytesIO
from threading import Event

import pytest
import xlsxwriter
from playwright.sync_api import Locator, Page, expect

from runtime.language.packs import standard_folder
from tests.support.screens import make

pytestmark = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)

PEOPLE = (
    ("First name", "Last name", "Email"),
    ("Matti", "Meikäläinen", "matti@example.com"),
    ("Maija", "Mehtonen", ""),
)


@pytest.fixture
def app(crm):
    return crm(pack=standard_folder())


def spreadsheet() -> bytes:
    """People to import."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(PEOPLE):
            sheet.write_row(number, 0, row)
    return content.getvalue()


def go(page: Page, where: str) -> None:
    """Go to a list, a record or a page by the palette."""
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Find anything")).to_be_focused()
    page.keyboard.type(where)
    expect(page.get_by_role("option").first).to_contain_text(where)
    before = page.url
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != before)
    if where.startswith("New "):
        expect(page.locator("main form :focus")).to_be_editable()  # before that, letters would go nowhere


def choose(page: Page, text: str) -> None:
    """Type into the type-ahead that has the focus, and take what it offers first."""
    page.keyboard.type(text)
    expect(page.get_by_role("listbox").get_by_role("option", name=text).first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_have_value(re.compile(text))


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has the focus is called like this."""
    script = "() => (document.activeElement.ariaLabel || document.activeElement.textContent || '').trim()"
    for _ in range(200):
        page.keyboard.press("Tab")
        if re.fullmatch(name, str(page.evaluate(script))):
            return
    raise AssertionError(f"Tab never comes to {name}.")


def tabs(page: Page, times: int) -> None:
    """Press Tab so often."""
    for _ in range(times):
        page.keyboard.press("Tab")


def save(page: Page, title: str) -> None:
    """Save the form; the card of what was saved is open then."""
    page.keyboard.press("Control+s")
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()


def test_a_sales_day_by_the_keyboard_alone(app, visit):
    make(app, "products", name="Desk lamp", code="LAMP", price="49.90")
    page = visit(app, accept_downloads=True)
    go(page, "New Account")
    page.keyboard.type("Oulun Kaluste Oy")
    save(page, "Oulun Kaluste Oy")
    go(page, "New Contact")
    page.keyboard.type("Aino")
    tabs(page, 1)
    page.keyboard.type("Korhonen")
    tabs(page, 1)
    choose(page, "Oulun Kaluste Oy")
    save(page, "Aino Korhonen")
    go(page, "New Potential")
    page.keyboard.type("Lamps for the office")
    tabs(page, 1)
    choose(page, "Oulun Kaluste Oy")
    tabs(page, 2)
    page.keyboard.type("12500")
    save(page, "Lamps for the office")
    go(page, "New Quote")
    page.keyboard.type("Offer of lamps")
    tabs(page, 1)
    choose(page, "Oulun Kaluste Oy")
    tab_to(page, "Add row")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Product")).to_be_focused()
    choose(page, "Desk lamp")
    tabs(page, 1)
    page.keyboard.type("Desk lamp, black")
    tabs(page, 3)
    page.keyboard.type("49.90")
    save(page, "Offer of lamps")
    expect(page.get_by_role("cell", name="Desk lamp, black")).to_be_visible()

    page.keyboard.press("/")
    page.keyboard.type("kaluste")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=kaluste")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Oulun Kaluste Oy")).to_be_visible()
    tab_to(page, "Edit: Website")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Website")).to_be_focused()
    page.keyboard.type("https://kaluste.example")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=re.compile("kaluste.example")).first).to_be_visible()
    go(page, "New Activity")
    page.keyboard.type("Called about lamps")
    tabs(page, 1)
    page.keyboard.type("Call")
    save(page, "Called about lamps")

    go(page, "Aino Korhonen")
    tab_to(page, "Delete")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    tab_to(page, "Delete")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Deleted.")).to_be_visible()
    tab_to(page, "Open the bin")
    page.keyboard.press("Enter")
    page.wait_for_url("**/bin")
    tab_to(page, "Restore Aino Korhonen")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Restored.")).to_be_visible()

    go(page, "Contacts")
    page.wait_for_url("**/app/contacts*")
    tab_to(page, "Export")
    page.keyboard.press("Enter")
    page.wait_for_url("**/export*")
    with page.expect_download() as download:
        tab_to(page, "Export")
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.startswith("contacts")
    page.goto("/app/contacts")
    tab_to(page, "Import")
    page.keyboard.press("Enter")
    page.wait_for_url("**/import")
    page.locator("input[type=file]").set_input_files(
        {"name": "people.xlsx", "mimeType": "application/octet-stream", "buffer": spreadsheet()}
    )
    tab_to(page, "Look at the file")
    page.keyboard.press("Enter")
    page.wait_for_url("**/import/map*")
    tab_to(page, "Import now")
    page.keyboard.press("Enter")
    page.wait_for_url("**/operations/*")
    app.house.work(app.site, "test", 30, Event(), once=True)
    expect(page.get_by_text("Meikäläinen").or_(page.get_by_text("Created")).first).to_be_visible()
    names = {each["last_name"] for each in app.program()("GET", "/contacts").json()["data"]}
    assert names == {"Korhonen", "Meikäläinen", "Mehtonen"}


def new(page: Page, what: str) -> Locator:
    """Open the small form for a new record from the top bar."""
    page.locator("summary", has_text="Uusi").click()
    page.get_by_role("link", name=what, exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Tallenna")).to_be_visible()
    return dialog


def pick(dialog: Locator, label: str, text: str) -> None:
    """Choose a record in a type-ahead by a touch."""
    dialog.get_by_role("combobox", name=label).fill(text)
    dialog.get_by_role("option", name=text).first.click()


def test_a_sales_day_by_touch_in_finnish_and_in_the_dark(app, visit):
    app.program()("PATCH", f"/users/{app.user()}", json={"language": "fi"})
    phone = {"width": 390, "height": 844}
    page = visit(app, viewport=phone, has_touch=True, color_scheme="dark")
    dialog = new(page, "Asiakas")
    dialog.get_by_label("Nimi").fill("Oulun Kaluste Oy")
    dialog.get_by_role("button", name="Tallenna").click()
    expect(page.get_by_text("Oulun Kaluste Oy luotiin.")).to_be_visible()
    dialog = new(page, "Yhteyshenkilö")
    dialog.get_by_label("Etunimi").fill("Aino")
    dialog.get_by_label("Sukunimi").fill("Korhonen")
    pick(dialog, "Asiakas", "Oulun Kaluste Oy")
    dialog.get_by_role("button", name="Tallenna").click()
    expect(page.get_by_text("Aino Korhonen luotiin.")).to_be_visible()
    dialog = new(page, "Myyntimahdollisuus")
    dialog.get_by_label("Nimi").fill("Valaisimet")
    pick(dialog, "Asiakas", "Oulun Kaluste Oy")
    dialog.get_by_label("Summa").first.fill("12500")
    dialog.get_by_role("button", name="Tallenna").click()
    expect(page.get_by_text("Valaisimet luotiin.")).to_be_visible()

    page.get_by_role("searchbox").fill("kaluste")
    page.keyboard.press("Enter")
    page.get_by_role("main").get_by_role("link", name="Oulun Kaluste Oy").first.click()
    expect(page.get_by_role("heading", name="Oulun Kaluste Oy")).to_be_visible()
    page.get_by_role("link", name="Muokkaa: Verkkosivusto").click()
    page.get_by_role("textbox", name="Verkkosivusto").fill("https://kaluste.example")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=re.compile("kaluste.example")).first).to_be_visible()
    page.get_by_role("link", name="Ihmiset").click()
    page.get_by_role("link", name=re.compile("Aino")).first.click()
    page.get_by_role("link", name="Poista").click()
    page.get_by_role("dialog").get_by_role("button", name="Poista").click()
    page.get_by_role("link", name="Avaa roskakori").click()
    page.get_by_role("button", name="Palauta Aino Korhonen").click()
    expect(page.get_by_text("Palautettu.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
