"""The start page: what one looked at lately, what one owns, and what has a star."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from runtime.base.clock import FrozenClock
from runtime.records.favourites import MOST
from runtime.records.recent import KEPT
from runtime.storage.errors import BusyError
from tests.support.screens import PACK, make, sheet, submit


@pytest.fixture
def clock():
    return FrozenClock(datetime(2026, 5, 4, 9, 0, tzinfo=UTC))


@pytest.fixture
def app(crm, clock):
    return crm(PACK, clock=clock)


def listed(page, key):
    """The titles of one of the page's lists."""
    part = re.search(
        rf'<section class="card" aria-labelledby="{key}-title">(.*?)</section>', page.text, re.DOTALL
    )
    assert part is not None
    return re.findall(r'class="line-title">(.*?)<', part[1])


def look(browser, clock, *addresses):
    for address in addresses:
        clock.moment += timedelta(minutes=2)
        assert browser.get(address).status == 200


def test_records_that_were_opened_are_listed_each_once_newest_first(app, clock):
    browser = app.sign_in()
    acme, bolt = make(app, "accounts", name="Acme"), make(app, "accounts", name="Bolt")
    deal = make(app, "deals", name="Chairs")
    assert "Records that you open are listed here" in browser.get("/app")
    look(browser, clock, f"/app/accounts/{acme}", f"/app/deals/{deal}", f"/app/accounts/{bolt}")
    look(browser, clock, f"/app/accounts/{acme}")
    assert listed(browser.get("/app"), "recent") == ["Acme", "Bolt", "Chairs"]
    other = app.sign_in("sue@example.com", admin=False)
    assert listed(other.get("/app"), "recent") == []


def test_a_deleted_record_is_listed_nowhere(app, clock):
    browser = app.sign_in()
    acme = make(app, "accounts", name="Acme")
    look(browser, clock, f"/app/accounts/{acme}")
    submit(browser, f"/app/accounts/{acme}", key=f"/app/accounts/{acme}/star")
    assert listed(browser.get("/app"), "mine") == ["Acme"]
    app.program()("DELETE", f"/accounts/{acme}")
    page = browser.get("/app")
    assert [listed(page, key) for key in ("recent", "mine", "favourites")] == [[], [], []]


def test_only_so_many_are_remembered(app, clock):
    browser = app.sign_in()
    numbers = [make(app, "accounts", name=f"Account {n}") for n in range(KEPT + 3)]
    look(browser, clock, *(f"/app/accounts/{number}" for number in numbers))
    with app.site.database.read() as connection:
        kept = connection.exec_driver_sql("SELECT record_id FROM trellis_recent ORDER BY viewed_at").scalars()
        assert list(kept) == numbers[3:]
        places = app.site.live.recent.of(connection, app.user())
    assert places[0] == ("accounts", numbers[-1])
    assert len(places) == KEPT


def test_looking_again_soon_writes_nothing_and_a_busy_database_stops_nobody(app, clock):
    recent, user = app.site.live.recent, app.user()
    written = []

    def busy():
        written.append(1)
        raise BusyError("Others are writing.")

    assert recent.note(user, "accounts", 7)
    recent.write_down(busy)
    assert written == [1]
    assert not recent.note(user, "accounts", 7)
    clock.moment += timedelta(minutes=2)
    assert recent.note(user, "accounts", 7)


def test_my_records_are_those_i_own_the_latest_change_first(app, clock):
    browser = app.sign_in()
    sue = app.user("sue@example.com", admin=False)
    for name in ("One", "Two"):
        clock.moment += timedelta(minutes=2)
        make(app, "accounts", name=name)
    make(app, "accounts", name="Hers", owner=sue)
    clock.moment += timedelta(minutes=2)
    deal = make(app, "deals", name="Chairs")
    clock.moment += timedelta(minutes=2)
    one = app.program()("GET", "/accounts?where=name == 'One'").json()["data"][0]["id"]
    app.program()("PATCH", f"/accounts/{one}", json={"city": "Oulu"})
    assert listed(browser.get("/app"), "mine") == ["One", "Chairs", "Two"]
    app.program()("PATCH", f"/deals/{deal}", json={"owner": sue})
    assert listed(browser.get("/app"), "mine") == ["One", "Two"]
    other = app.sign_in("sue@example.com")
    assert listed(other.get("/app"), "mine") == ["Chairs", "Hers"]


def test_a_star_puts_a_record_on_the_start_page_and_into_the_menu(app):
    browser = app.sign_in()
    acme = make(app, "accounts", name="Acme")
    address = f"/app/accounts/{acme}"
    assert sheet(browser.get(address), f"{address}/star").values["star"] == ["yes"]
    page = submit(browser, address, key=f"{address}/star")
    assert page.path == address
    assert 'aria-pressed="true" aria-label="Favourite"' in page.text
    assert listed(browser.get("/app"), "favourites") == ["Acme"]
    assert "Acme" in browser.get("/profile/favourites")
    assert "Acme" not in app.sign_in("sue@example.com").get("/profile/favourites")
    submit(browser, address, key=f"{address}/star")
    assert listed(browser.get("/app"), "favourites") == []


def test_a_star_needs_a_record_and_there_are_only_so_many(app):
    browser = app.sign_in()
    numbers = [make(app, "accounts", name=f"Account {n}") for n in range(2)]
    csrf = sheet(browser.get(f"/app/accounts/{numbers[0]}"), f"/app/accounts/{numbers[0]}/star").values[
        "_csrf"
    ]
    sent = {"_csrf": csrf[0], "star": "yes"}
    assert browser.client.post("/app/accounts/987654/star", data=sent).status_code == 404
    user = app.user()
    with app.site.database.write() as tx:
        for number in range(MOST):
            app.site.live.favourites.add(tx.connection, user, "accounts", 10_000 + number)
    answer = browser.client.post(f"/app/accounts/{numbers[0]}/star", data=sent)
    assert answer.status_code == 400
    assert "take a star off another one first" in answer.text
