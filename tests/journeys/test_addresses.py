"""Addresses by their parts, telephone numbers by their country: written, found, shown and imported."""

from argparse import ArgumentParser

import pytest

from runtime.cli.import_ import ImportCommand
from runtime.fields.phone import dialled
from tests.support.screens import make, record, sheet, submit

PACK = """
    pack.yaml:
      title: Test
      version: 1.0.0
      languages: [en, fi]
      currency: EUR
      timezone: Europe/Helsinki
      country: FI
      map: "https://maps.example.com/?q={address}"
    schemas/modules/firms.yaml:
      title: "{name} {address.city}"
      search: [name, address.city, address]
      fields:
        name: {type: text}
        address: {type: address}
        phone: {type: phone}
        origin: {type: country}
    schemas/modules/visits.yaml:
      title: name
      fields:
        name: {type: text}
        firm: {type: relation, module: firms, where: address.country == 'FI'}
    schemas/layouts/firms.yaml:
      card: {tabs: {all: {block: {fields: [name, address, phone, origin], when: is_empty(address.street2)}}}}
      list: [name, address, address.city, address.country, phone]
    schemas/filters/firms.yaml:
      finnish: {where: address.country == 'FI', sort: [-address.city], quick: [address.country, address.city]}
"""
ACME = {"street": "Main Street 1", "postal_code": "00100", "city": "Helsinki", "country": "FI"}


@pytest.fixture
def app(crm):
    return crm(PACK)


def names(app, **params):
    return [each["name"] for each in app.program()("GET", "/firms", params=params).json()["data"]]


def ids(app):
    return {each["name"]: each["id"] for each in app.program()("GET", "/firms").json()["data"]}


def fill(app):
    make(app, "firms", name="Acme", address=ACME)
    make(app, "firms", name="Bolt", address={"city": "Oulu", "country": "FI"})
    make(app, "firms", name="Crate", address={"city": "Austin", "state": "TX", "country": "US"})
    make(app, "firms", name="Drum")


def test_rest_gives_and_takes_an_object_of_parts(app):
    number = make(app, "firms", name="Acme", address=ACME)
    whole = {**dict.fromkeys(("street2", "state")), **ACME}
    assert record(app, "firms", number)["address"] == whole
    answer = app.program()("GET", f"/firms/{number}", params={"fields": "address.city,address.country"})
    assert answer.json()["data"] | {"id": 0} == {"id": 0, "address.city": "Helsinki", "address.country": "FI"}
    assert app.program()("PATCH", f"/firms/{number}", json={"address": None}).status_code == 200
    assert record(app, "firms", number)["address"] is None


def test_it_is_filtered_and_sorted_by_its_parts_and_as_a_whole(app):
    fill(app)
    assert names(app, where="address.country == 'FI'", sort="address.city") == ["Acme", "Bolt"]
    assert names(app, where="is_empty(address.street)", sort="name") == ["Bolt", "Crate", "Drum"]
    assert names(app, where="is_empty(address)") == ["Drum"]
    assert names(app, where="contains(address, '00100 hel')") == ["Acme"]
    assert names(app, filter="finnish") == ["Bolt", "Acme"]
    assert app.program()("GET", "/firms", params={"where": "address.town == 'x'"}).status_code == 400
    assert app.program()("GET", "/firms", params={"sort": "address.town"}).status_code == 400


def test_it_is_searched_and_names_its_record(app):
    fill(app)
    browser = app.sign_in()
    listed = browser.get("/search?q=oulu")
    assert "Bolt" in listed
    assert "Acme" not in listed
    assert "Acme Helsinki" in browser.get("/app/visits/pick/firm?q=acme")


def test_a_card_writes_it_in_the_order_of_its_country_with_a_link_to_the_map(app):
    fill(app)
    tower = {"street": "1 A St", "city": "Reno", "state": "NV", "postal_code": "89501", "country": "US"}
    make(app, "firms", name="Tower", address=tower)
    browser = app.sign_in()
    listed = browser.get("/app/firms")
    assert "Main Street 1, 00100 Helsinki, Finland" in listed
    assert "1 A St\nReno, NV 89501\nUnited States" in browser.get(f"/app/firms/{ids(app)['Tower']}").text
    number = ids(app)["Acme"]
    card = browser.get(f"/app/firms/{number}")
    assert "Main Street 1\n00100 Helsinki\nFinland" in card.text
    assert 'href="https://maps.example.com/?q=Main%20Street%201%2C%2000100%20Helsinki%2C%20FI"' in card.text


def test_a_form_has_a_control_for_each_part(app):
    browser, number = app.sign_in(), make(app, "firms", name="Acme", address=ACME)
    page = browser.get(f"/app/firms/{number}/edit")
    assert sheet(page).values["address:city"] == ["Helsinki"]
    assert sheet(page).values["address:country"] == ["FI"]
    assert "Nothing was changed." in submit(browser, page)
    submit(browser, f"/app/firms/{number}/edit", {"address:city": "Espoo", "address:country": "SE"})
    changed = record(app, "firms", number)["address"]
    assert (changed["city"], changed["country"], changed["street"]) == ("Espoo", "SE", "Main Street 1")
    again = submit(browser, f"/app/firms/{number}/edit", {"address:city": "x" * 300, "address:country": "NO"})
    assert (again.error("address") or "").startswith("Address is 300 characters")
    assert sheet(again).values["address:country"] == ["NO"]


def test_a_relation_may_look_at_a_part(app):
    fill(app)
    number = ids(app)
    assert app.program()("POST", "/visits", json={"firm": number["Crate"]}).status_code == 422
    assert app.program()("POST", "/visits", json={"firm": number["Acme"]}).status_code == 201


def test_a_quick_filter_offers_the_countries(app):
    fill(app)
    page = app.sign_in().get("/app/firms?filter=finnish&address.country=FI&address.city=oul")
    assert "Bolt" in page
    assert "Acme" not in page
    assert '<option value="SE">Sweden</option>' in page.text


def test_an_import_fills_and_changes_single_parts(app, tmp_path):
    make(app, "firms", name="Acme", address=ACME)
    (tmp_path / "firms.csv").write_text("name,land,town\nAcme,Sweden,\nNew,us,Austin\n", "utf-8")
    (tmp_path / "map.yaml").write_text(
        "columns:\n  name: {field: name, key: true}\n  land: {field: address.country}\n  town: address.city\n"
    )
    parser = ArgumentParser()
    ImportCommand().configure(parser)
    words = ["firms", str(tmp_path / "firms.csv"), "--map", str(tmp_path / "map.yaml")]
    assert ImportCommand().run(parser.parse_args(words), app.house) == 0
    found = {each["name"]: each["address"] for each in app.program()("GET", "/firms").json()["data"]}
    assert (found["Acme"]["street"], found["Acme"]["city"], found["Acme"]["country"]) == (
        "Main Street 1",
        None,
        "SE",
    )
    assert (found["New"]["city"], found["New"]["country"]) == ("Austin", "US")


def test_a_telephone_number_is_written_as_in_its_country_and_called_by_a_click(app):
    number = make(app, "firms", name="Acme", phone="040 123 4567")
    assert record(app, "firms", number)["phone"] == "+358401234567"
    browser = app.sign_in()
    page = browser.get(f"/app/firms/{number}")
    assert '<a href="tel:+358401234567">040 1234567</a>' in page.text
    foreign = make(app, "firms", name="Bolt", phone="+1 206 555 9857 ext. 5")
    assert (
        'href="tel:+12065559857;ext=5">+1 206-555-9857 ext. 5<' in browser.get(f"/app/firms/{foreign}").text
    )
    assert dialled("(5) 555-4729 x 12") == "tel:55554729"
