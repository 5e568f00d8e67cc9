"""A record's card shows what the layout says, and what happened to the record."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest

from runtime.base.clock import FrozenClock
from tests.support.crm import Page
from tests.support.screens import PACK, SheetReader, make, record, sheet, submit


@pytest.fixture
def app(crm):
    return crm(PACK)


DASH = "\N{EN DASH}"


def plain(page):
    """The words of the page's main part, in order."""
    main = page.text.partition("<main")[2]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", main)))


def test_a_card_shows_each_field_in_the_reader_s_form(app):
    account = make(app, "accounts", name="Acme", city="Oulu")
    ada = make(app, "people", first_name="Ada", last_name="Lind")
    number = make(
        app,
        "deals",
        name="Chairs <b>",
        account=account,
        people=[{"id": ada, "role": "decision_maker", "share": "12.5"}],
        partners=[account],
        topics=["service", "sales"],
        amount="1234.50",
        probability="25.5",
        rate="0.125",
        seats=1200,
        signed=True,
        close_date="2026-01-31",
        met_at="2026-01-31T22:30:00Z",
        email="ada@example.com",
        phone="+358 40 123 4567",
        site="https://example.com/a",
        seller=app.user(),
        notes="one\ntwo",
        items=[{"product": "Chair", "quantity": "2", "price": "10", "maker": account}, {"product": "Desk"}],
    )
    page = app.sign_in().get(f"/app/deals/{number}")
    words = plain(page)
    assert "<b>" not in page.text
    for text in (
        "Deals / D-0001",
        "Chairs <b>",
        "Account Acme",
        "Account · City Oulu",
        "Ada Lind Decision maker 12.5%",
        "€1,234.50",
        "25.5%",
        "0.125",
        "1,200",
        "Signed Yes",
        "Jan 31, 2026",
        "Feb 1, 2026",
        "+358 40 1234567",
        "Seller Admin",
        "Source screen",
        "Items 2",
    ):
        assert text in words.replace("\u202f", " "), text
    assert f'href="/app/accounts/{account}">Acme</a>' in page.text
    assert f'href="/app/people/{ada}">Ada Lind</a>' in page.text
    assert 'href="mailto:ada@example.com"' in page.text
    assert words.index("Chair") < words.index("Desk")


def test_empty_fields_are_a_dash(app):
    number = make(app, "deals", name="Bare", signed=None)
    words = plain(app.sign_in().get(f"/app/deals/{number}"))
    for label in (
        "Account",
        "Account · City",
        "People",
        "Topics",
        "Amount",
        "Signed",
        "Notes",
        "Files",
        "Met at",
    ):
        assert f"{label} {DASH}" in words, label
    assert "No rows yet." in words


def test_one_click_on_the_process_bar_changes_the_stage(app):
    number = make(app, "deals", name="Big")
    browser = app.sign_in()
    page = browser.get(f"/app/deals/{number}")
    assert "Why it was lost" not in page
    after = submit(browser, page, {"stage": "lost"}, key=f"/app/deals/{number}/process")
    assert "Saved." in after
    assert "Why it was lost" in after
    assert record(app, "deals", number)["stage"] == "lost"
    stale = submit(browser, page, {"stage": "won"}, key=f"/app/deals/{number}/process")
    assert stale.status == 409
    assert "Somebody else has saved this record in the meantime." in stale
    assert (
        submit(browser, f"/app/deals/{number}", {"stage": "x"}, key=f"/app/deals/{number}/process").status
        == 422
    )
    assert record(app, "deals", number)["stage"] == "lost"


def test_tabs_are_addresses_and_an_unknown_one_is_not_there(app):
    number = make(app, "accounts", name="Acme")
    browser = app.sign_in()
    page = browser.get(f"/app/accounts/{number}?tab=sales")
    assert 'aria-current="page">Sales' in page.text
    assert "Open deals" in page
    assert browser.get(f"/app/accounts/{number}?tab=nothing").status == 404


def test_a_related_list_has_its_condition_its_order_and_pages_of_its_own(app):
    account = make(app, "accounts", name="Acme")
    other = make(app, "accounts", name="Other")
    deals = [
        {"name": f"Deal {n:02}", "account": account, "stage": "open" if n % 2 else "won"} for n in range(26)
    ]
    body = {"create": [*deals, {"name": "Foreign", "account": other}]}
    assert app.program()("POST", "/deals/batch", json=body).status_code in (200, 201)
    browser = app.sign_in()
    shown = []
    following = [f"/app/accounts/{account}?tab=sales"]
    while following:
        page = browser.get(html.unescape(following[0]))
        shown.append(re.findall(r"Deal \d\d", page.text))
        following = re.findall(r'href="([^"]+)" rel="next"', page.text)
    assert shown == [[f"Deal {n:02}" for n in range(1, 21, 2)], [f"Deal {n:02}" for n in range(21, 26, 2)]]
    (back,) = re.findall(r'href="([^"]+)" rel="prev"', page.text)
    part = browser.get(
        html.unescape(back), hx_request="true", hx_request_type="partial", hx_target="section#block-open"
    )
    assert re.findall(r"Deal \d\d", part.text) == shown[0]
    assert part.text.lstrip().startswith("<section")
    assert browser.get(f"/app/accounts/{account}?tab=sales&open.after=nothing").status == 400


def test_new_on_a_related_list_fills_the_relation_in(app):
    account = make(app, "accounts", name="Acme")
    browser = app.sign_in()
    page = browser.get(f"/app/accounts/{account}?tab=sales")
    (address,) = set(re.findall(r'href="(/app/deals/create\?[^"]+)"', page.text))
    form = browser.get(html.unescape(address))
    (key,) = (key for key in SheetReader(form.text).sheets if key.startswith("/app/deals/create"))
    assert sheet(form, key).values["account"] == [str(account)]
    assert sheet(form, key).values["account:text"] == ["Acme"]
    made = submit(browser, form, {"name": "Made here"}, key=key)
    assert record(app, "deals", int(made.path.rsplit("/", 1)[1]))["account"]["title"] == "Acme"


def test_the_change_log_says_how_long_each_value_was_in_force(crm):
    clock = FrozenClock(datetime(2026, 5, 4, 9, 0, tzinfo=UTC))
    app = crm(PACK, clock=clock)
    browser = app.sign_in()
    made = submit(browser, "/app/deals/new", {"name": "Big", "amount": "100", "items": []})
    clock.moment += timedelta(days=3)
    browser = app.sign_in()
    submit(browser, f"{made.path}/edit", {"amount": "150"})
    clock.moment += timedelta(hours=5)
    submit(browser, f"{made.path}/edit", {"amount": "", "name": "Bigger"})
    words = plain(browser.get(f"{made.path}?tab=history"))
    assert words.count("Changed") == 2
    assert "Amount €100.00 €150.00 after 3 days" in words
    assert "Amount €150.00 empty after 5 hours" in words
    assert "Name Big Bigger after 3 days" in words
    assert words.index("Bigger") < words.index("Created")
    assert "Admin ·" in words


def test_deleting_asks_what_goes_with_it_and_restoring_brings_it_back(app):
    account = make(app, "accounts", name="Acme")
    make(app, "accounts", name="Daughter", parent=account)
    make(app, "people", first_name="Ada", last_name="Lind", account=account)
    browser = app.sign_in()
    page = browser.get(f"/app/accounts/{account}/delete")
    words = plain(page)
    assert "Delete Acme?" in words
    assert "These go with it: People 1" in words
    assert "These stay, and lose their link to it: Accounts 1" in words
    gone = submit(browser, page, key=f"/app/accounts/{account}/delete")
    assert gone.path == "/app/accounts"
    assert "Deleted." in gone
    assert '<a href="/app/accounts/bin">Open the bin</a>' in gone.text
    assert browser.get(f"/app/accounts/{account}/edit").status == 404
    lying = browser.get(f"/app/accounts/{account}")
    assert "This record lies in the bin." in lying
    assert f"/app/accounts/{account}/edit" not in lying.text
    bin_ = browser.get("/app/accounts/bin")
    assert "Acme" in bin_
    assert "Admin" in bin_
    back = submit(browser, bin_, key=f"/app/accounts/{account}/restore")
    assert (back.status, back.path) == (200, f"/app/accounts/{account}")
    assert "Restored." in back
    assert "Lind" in browser.get("/app/people")
    assert record(app, "accounts", account)["name"] == "Acme"
    assert "The bin is empty." in browser.get("/app/accounts/bin")


def test_what_other_records_need_is_not_deleted(app):
    account = make(app, "accounts", name="Acme")
    make(app, "deals", name="Big", account=account)
    browser = app.sign_in()
    page = browser.get(f"/app/accounts/{account}/delete")
    assert "It cannot be deleted, because these records need it:" in page
    assert '<button class="btn btn-danger">' not in page.text
    forced = submit(browser, page, key=f"/app/accounts/{account}/delete")
    assert forced.status == 409
    assert record(app, "accounts", account)["name"] == "Acme"


def test_a_deletion_of_a_stale_page_is_refused(app):
    number = make(app, "accounts", name="Acme")
    browser = app.sign_in()
    page = browser.get(f"/app/accounts/{number}/delete")
    submit(browser, f"/app/accounts/{number}/edit", {"city": "Oulu"})
    assert submit(browser, page, key=f"/app/accounts/{number}/delete").status == 409
    assert record(app, "accounts", number)["city"] == "Oulu"


def test_what_is_unknown_and_what_was_never_there_look_alike(app):
    number = make(app, "accounts", name="Acme")
    row = make(app, "deals", name="Big", items=[{"product": "Chair"}])
    item = record(app, "deals", row)["items"][0]["id"]
    browser = app.sign_in()
    addresses = (
        "/app/nothing",
        "/app/nothing/1",
        "/app/accounts/999999",
        f"/app/deals/{number}",
        "/app/accounts/99999999999999999999999",
        f"/app/deal_items/{item}",
        "/app/deal_items",
        "/app/accounts/999999/edit",
        "/app/accounts/999999/delete",
        "/app/files/999999/content",
        "/app/accounts/pick/nothing",
        "/app/accounts/pick/name",
        "/app/accounts/x",
        "/nothing",
    )
    pages = [browser.get(address) for address in addresses]
    mains = {page.text.partition("<main")[2].partition("</main>")[0] for page in pages}
    assert {page.status for page in pages} == {404}
    assert len(mains) == 1
    assert "There is nothing here, or you may not see it." in pages[0]


def test_the_picker_finds_what_may_be_chosen(app):
    for name in ("Äyräpää Oy", "Acme", "Ayr Ltd"):
        make(app, "accounts", name=name, city="Oulu" if name == "Acme" else None)
    browser = app.sign_in()

    def options(address):
        return re.findall(r'data-text="([^"]+)"', browser.get(address).text)

    assert options("/app/deals/pick/account?q=äyr") == ["Äyräpää Oy"]
    assert options("/app/deals/pick/account?q=oulu") == ["Acme"]
    assert options("/app/deals/pick/account") == ["Acme", "Ayr Ltd", "Äyräpää Oy"]
    assert options("/app/deals/pick/owner?q=adm") == ["Admin"]
    assert "Nothing found" in browser.get("/app/deals/pick/account?q=zzz")
    assert options("/app/deal_items/pick/maker?q=acme") == ["Acme"]


def test_a_failure_that_nobody_foresaw_is_a_page_with_an_id(app, monkeypatch):
    browser = app.sign_in()

    def fail(*_):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("runtime.web.pages.home.menu_links", fail)
    page = Page(browser.client.get("/app"))
    assert page.status == 500
    assert "secret detail" not in page
    assert page.response.headers["x-request-id"] in page.text
    assert "script-src 'self'" in page.response.headers["content-security-policy"]
