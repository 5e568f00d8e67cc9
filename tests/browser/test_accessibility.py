"""axe finds no violation, and nothing overflows, on any kind of page: light and dark, wide and on a phone."""

import pytest

from runtime.automation.worker import Worker
from tests.support.axe import AXE, SIZES, check_both
from tests.support.screens import PACK, make, submit

pytestmark = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)


@pytest.fixture
def app(crm):
    return crm(PACK)


@pytest.fixture
def addresses(app):
    """The address of each kind of page, on records that show something of everything."""
    acme = make(app, "accounts", name="Acme", city="Oulu")
    ada = make(app, "people", first_name="Ada", last_name="Lind", account=acme)
    deal = make(
        app,
        "deals",
        name="Furniture for the new office of the whole company",
        account=acme,
        people=[{"id": ada, "role": "buyer", "share": "12.5"}],
        partners=[acme],
        topics=["sales", "service"],
        amount="1234.50",
        signed=True,
        met_at="2026-01-31T22:30:00Z",
        email="a.very.long.address.of.somebody@example.com",
        site="https://example.com/a/very/long/path/that/goes/on/and/on/and/on/without/a/break/anywhere",
        notes="one\ntwo",
        items=[{"product": "Chair", "quantity": 2, "price": 10}, {"product": "Desk", "price": 90}],
    )
    for number in range(30):
        make(
            app,
            "deals",
            name=f"Deal {number}",
            account=acme,
            amount=number,
            stage=("open", "won")[number % 2],
        )
    gone = make(app, "accounts", name="Gone")
    app.program()("DELETE", f"/accounts/{gone}")
    return {
        "home": "/app",
        "search": "/search?q=deal",
        "nothing found": "/search?q=xyzzy",
        "profile": "/profile",
        "favourites": "/profile/favourites",
        "keys": "/profile/keyboard",
        "list": "/app/deals?limit=25",
        "filtered": "/app/deals?stage=won&amount:min=5",
        "empty": "/app/deals?stage=lost",
        "card": f"/app/deals/{deal}",
        "papers": f"/app/deals/{deal}?tab=papers",
        "history": f"/app/deals/{deal}?tab=history",
        "related": f"/app/accounts/{acme}?tab=sales",
        "new": "/app/deals/new",
        "edit": f"/app/deals/{deal}/edit",
        "delete": f"/app/deals/{deal}/delete",
        "blocked": f"/app/accounts/{acme}/delete",
        "bin": "/app/accounts/bin",
        "lying": f"/app/accounts/{gone}",
        "users": "/app/users",
        "setup": "/admin/setup?show=modules.deals",
        "layout": "/admin/setup?show=layouts.deals",
        "picklist": "/admin/setup?show=picklists.stage",
        "nothing": "/app/nothing",
        "refused": "/app/deals?limit=7",
        "diagnostics": "/admin/diagnostics",
        "mail": "/admin/mail",
        "webhooks": "/admin/webhooks",
        "api": "/api",
        **exchange(app),
    }


def exchange(app):
    """The pages of an import, from the file to what came of it, and of an export."""
    browser, rows = app.sign_in(), "Name;Account;Amount;Closing\nBig;Acme;12,50;31.1.2026\n;Nobody;x;y\n"
    mapped = submit(browser, "/app/deals/import", files={"file": ("deals.csv", rows.encode())})
    waiting = submit(browser, mapped, {"action": "import"})
    tried = submit(browser, mapped, {"action": "dry"})
    with app.site.database.write() as tx:
        app.site.background.operations.ask_cancel(tx, int(waiting.path.rpartition("/")[2]))
    Worker(app.site, app.site.background, "test").drain()
    return {
        "import": "/app/deals/import",
        "columns": str(mapped.response.url.raw_path.decode()),
        "cancelled": waiting.path,
        "tried": tried.path,
        "export": "/app/deals/export?stage=won",
    }


@pytest.mark.parametrize("size", list(SIZES))
def test_no_page_has_a_violation(app, addresses, visit, size):
    modules = app.folder / "schemas/modules/deals.yaml"
    modules.write_text(modules.read_text().replace("type: percent, min", "type: per_cent, min"))
    app.site.apply_pack()
    page = visit(app, viewport=SIZES[size])
    page.add_init_script(path=AXE)
    wrong = []
    for name, address in addresses.items():
        page.goto(address)
        wrong += check_both(page, name)
    page.goto(addresses["new"])
    page.get_by_role("button", name="Add row").click()
    page.get_by_role("combobox", name="Account", exact=True).click()
    page.get_by_role("option").first.wait_for()
    wrong += check_both(page, "open type-ahead")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Save").last.click()
    page.locator("#errors").wait_for()
    wrong += check_both(page, "refused form")
    page.goto(addresses["card"])
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("dialog").wait_for()
    wrong += check_both(page, "dialog")
    page.goto(addresses["api"])
    page.get_by_role("button", name="Open the console").click()
    page.locator(".opblock-tag").first.click()
    page.locator(".opblock-summary-control").first.click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    page.locator(".live-responses-table .response-col_status", has_text="200").wait_for()
    wrong += check_both(page, "console")
    page.goto(addresses["home"])
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Find anything").fill("deal")
    page.get_by_role("option", name="Show all that").wait_for()
    wrong += check_both(page, "palette")
    page.keyboard.press("Escape")
    page.locator("#palette").wait_for(state="hidden")
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keyboard shortcuts").wait_for()
    wrong += check_both(page, "keys over a page")
    page.keyboard.press("Escape")
    page.get_by_role("dialog", name="Keyboard shortcuts").wait_for(state="detached")
    page.get_by_label("user menu").click()
    wrong += check_both(page, "user menu")
    page.context.clear_cookies()
    page.goto("/signin")
    wrong += check_both(page, "sign-in")
    assert not wrong, "\n".join(wrong)
