"""Administrators see the catalog and its mistakes; saved files show at once, broken ones do no harm."""

import re
import socket
import subprocess
import sys
import time
from functools import partial
from itertools import pairwise
from typing import cast

import httpx2
import pytest
from starlette.testclient import TestClient

from runtime.assembly import House
from runtime.sites.people import add_user
from runtime.storage.errors import BusyError, UnavailableError
from tests.support.crm import PASSWORD, App, Browser, Page, write_pack
from tests.support.screens import PACK, make, sheet, submit


@pytest.fixture
def app(crm):
    return crm(PACK)


def rewrite(folder, name, old, new):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_administration_is_for_administrators(app):
    seller = app.sign_in("sue@example.com", admin=False)
    for address in ("/admin/setup", "/admin/diagnostics", "/admin/setup?show=modules.deals"):
        page = seller.get(address)
        assert page.status == 403
        assert "This page is for administrators." in page
    assert "/admin/setup" not in seller.get("/app").text
    admin = app.sign_in()
    assert 'href="/admin/setup"' in admin.get("/app").text
    assert admin.get("/admin").response.url.path == "/admin/setup"
    assert seller.get("/admin").status == 403


def test_setup_shows_each_thing_of_the_catalog_with_its_file_and_line(app):
    browser = app.sign_in()
    page = browser.get("/admin/setup?show=modules.deals")
    for text in ("Deals", "schemas/modules/deals.yaml:", "relations", "role, share", "Items", "deal_items"):
        assert text in page, text
    assert "mappingproxy" not in page
    assert "schemas/layouts/deals.yaml:" in browser.get("/admin/setup?show=layouts.deals")
    picklist = browser.get("/admin/setup?show=picklists.stage")
    assert "proposal" in picklist
    assert "schemas/picklists/stage.yaml:" in picklist
    filters = browser.get("/admin/setup?show=filters.deals")
    assert "stage.kind == 'open'" in filters
    assert "schemas/filters/deals.yaml:" in filters
    assert "schemas/menu.yaml:" in browser.get("/admin/setup?show=menu.sales")
    assert browser.get("/admin/setup?show=modules.nothing").status == 404
    assert 'href="/admin/setup?show=modules.deals" aria-current' in browser.get("/admin/setup").text
    assert browser.get("/admin/setup?show=nothing").status == 404
    index = set(re.findall(r'href="(/admin/setup\?show=[a-z_.]+)"', page.text))
    assert len(index) > 15
    assert {browser.get(address).status for address in index} == {200}


def test_a_saved_file_shows_on_the_next_page(app):
    browser = app.sign_in()
    number = make(app, "deals", name="Big")
    rewrite(app.folder, "schemas/modules/deals.yaml", "label: Deal for Life", "label: Bargain")
    rewrite(
        app.folder,
        "schemas/modules/deals.yaml",
        "  seats:",
        "  budget: {type: money, label: Their budget}\n  seats:",
    )
    rewrite(
        app.folder, "schemas/picklists/stage.yaml", "proposal:", "demo: {label: Demonstrated}\n  proposal:"
    )
    rewrite(app.folder, "schemas/layouts/deals.yaml", "label: Papers", "label: Documents")
    rewrite(
        app.folder,
        "schemas/layouts/deals.yaml",
        "[name, account, account.city, stage",
        "[name, budget, stage",
    )
    form = browser.get(f"/app/deals/{number}/edit")
    app.site.apply_pack()
    listed = browser.get("/app/deals?filter=open")
    assert "New Bargain" in listed
    assert "Their budget" in listed
    card = browser.get(f"/app/deals/{number}")
    assert "Documents" in card
    assert "Demonstrated" in card
    assert "budget" in app.program()("GET", f"/deals/{number}").json()["data"]
    assert "Saved." in submit(browser, form, {"name": "Opened before, saved after"})


def test_a_broken_file_leaves_the_last_good_crm_serving_and_admins_see_what_is_wrong(app):
    browser = app.sign_in()
    seller = app.sign_in("sue@example.com", admin=False)
    rewrite(app.folder, "schemas/modules/deals.yaml", "type: percent, min", "type: per_cent, min")
    rewrite(app.folder, "schemas/filters/deals.yaml", "stage.kind == 'open'", "stage.kind == 'opne'")
    app.site.apply_pack()
    page = browser.get("/app/deals")
    assert page.status == 200
    assert "The files have errors: the last good version is being served." in page
    assert 'href="/admin/diagnostics"' in page.text
    assert "The files have errors" not in seller.get("/app/deals")
    shown = browser.get("/admin/diagnostics")
    assert re.search(r"schemas/modules/deals\.yaml:\d+:\d+", shown.text)
    assert "per_cent" in shown
    assert "^^^^" in shown
    assert "percent" in shown
    make(app, "deals", name="Still working")
    rewrite(app.folder, "schemas/modules/deals.yaml", "type: per_cent, min", "type: percent, min")
    rewrite(app.folder, "schemas/filters/deals.yaml", "stage.kind == 'opne'", "stage.kind == 'open'")
    app.site.apply_pack()
    assert "The files have errors" not in browser.get("/app/deals")
    assert "The files are in order" in browser.get("/admin/diagnostics")


def test_a_change_that_the_database_refuses_is_shown_to_admins_too(app):
    browser = app.sign_in()
    make(app, "deals", name="Big", seats=3)
    rewrite(
        app.folder, "schemas/modules/deals.yaml", "seats: {type: integer, min: 1}", "seats: {type: boolean}"
    )
    app.site.apply_pack()
    assert "The files have errors" in browser.get("/app/deals")
    assert "schemas/modules/deals.yaml:" in browser.get("/admin/diagnostics")


@pytest.mark.parametrize(
    "problem,wait", [(BusyError("busy"), "2"), (UnavailableError("away"), "15")], ids=["busy", "away"]
)
def test_a_database_that_cannot_now_is_a_page_that_says_when_to_come_back(app, monkeypatch, problem, wait):
    browser = app.sign_in()
    number = make(app, "accounts", name="Acme")
    page = browser.get(f"/app/accounts/{number}/edit")

    def fail():
        raise problem

    monkeypatch.setattr(app.site.database, "write", fail)
    answer = submit(browser, page, {"name": "Ace"})
    assert answer.status == 503
    assert answer.response.headers["retry-after"] == wait
    assert "Nothing was saved" in answer
    monkeypatch.setattr(app.site.database, "read", fail)
    nobody = browser.get("/app")
    assert nobody.status == 503
    assert nobody.response.headers["retry-after"] == wait


FINNISH = """
    pack.yaml:
      title: Kuusamo
      version: 1.0.0
      languages: [fi]
      currency: SEK
      timezone: America/New_York
    schemas/modules/deals.yaml:
      plural: Kaupat
      fields: {name: {type: text}, amount: {type: money}, met_at: {type: datetime}}
"""


def test_two_sites_in_one_process_never_mix(app, databases, tmp_path):
    with databases.fresh("postgresql" if app.site.database.dialect == "sqlite" else "sqlite") as url:
        other = tmp_path / "other"
        other.mkdir()
        house = House({"TRELLIS_DATABASE": url}, folder=other, cheap_passwords=True)
        site = house.open_site(write_pack(other / "pack", FINNISH))
        try:
            theirs = App(house, site, other / "pack")
            ours_browser, their_browser = app.sign_in(), theirs.sign_in()
            for each in (app, theirs):
                make(each, "deals", name="Same name", amount="1234.50", met_at="2026-01-31T22:30:00Z")
            for _ in range(2):
                ours = ours_browser.get("/app/deals?filter=all")
                foreign = their_browser.get("/app/deals")
                assert "€1,234.50" in ours
                assert 'lang="en"' in ours.text
                assert "Kaupat" not in ours
                assert re.search(r"1\s234,50\skr|1\s234,50\sSEK", foreign.text)
                assert 'lang="fi"' in foreign.text
                assert "31.1.2026" in foreign
                assert "Kaupat" in foreign
            assert their_browser.get("/app/accounts").status == 404
            stolen = Browser(theirs.client())
            stolen.client.cookies.set("trellis_session", ours_browser.client.cookies["trellis_session"])
            assert stolen.get("/app").path == "/signin"
        finally:
            site.close()


@pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
def test_serve_watch_shows_a_saved_file(database_url, tmp_path):
    folder = write_pack(tmp_path / "pack", PACK)
    environment = {"TRELLIS_DATABASE": database_url}
    house = House(environment, folder=tmp_path, cheap_passwords=True)
    site = house.open_site(folder)
    add_user(site, "admin@example.com", "Admin", PASSWORD, admin=True)
    site.close()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "runtime",
        "serve",
        str(folder),
        "--watch",
        "--no-worker",
        "--port",
        str(port),
    ]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": ":".join(sys.path)},
        stderr=subprocess.DEVNULL,
    )
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", follow_redirects=True) as client:
            browser = Browser(cast(TestClient, client))
            _wait(lambda: _answers(client), 30)
            page = browser.get("/signin")
            typed = {"email": "admin@example.com", "password": PASSWORD}
            assert submit(browser, page, typed, key="/signin").path == "/app"
            labels = ("Deal for Life", "Bargain", "Bid", "Offer")
            took = [
                _seconds(
                    partial(rewrite, folder, "schemas/modules/deals.yaml", f"label: {old}", f"label: {new}"),
                    partial(_shows, browser, f"New {new}"),
                )
                for old, new in pairwise(labels)
            ]
            print(f"shown after {', '.join(f'{each:.2f}' for each in took)} s")
            _seconds(
                lambda: rewrite(folder, "schemas/modules/deals.yaml", "type: percent, min", "type: x, min"),
                lambda: "The files have errors" in browser.get("/app/deals"),
            )
            assert "schemas/modules/deals.yaml:" in browser.get("/admin/diagnostics")
            assert sheet(browser.get("/app/deals/new")).values["stage"] == ["open"]
    finally:
        process.terminate()
        process.wait(20)


def _shows(browser, text):
    return text in browser.get("/app/deals")


def _answers(client):
    try:
        return client.get("/health").status_code == 200
    except httpx2.TransportError:
        return False


def _wait(done, seconds):
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "It took too long."
        time.sleep(0.05)


def _seconds(act, done):
    began = time.monotonic()
    act()
    _wait(done, 20)
    return time.monotonic() - began


def test_pages_are_small_and_compressed(app):
    page = Page(app.sign_in().client.get("/app/deals", headers={"accept-encoding": "gzip"}))
    assert page.response.headers["content-encoding"] == "gzip"
