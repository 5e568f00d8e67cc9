"""Keys that may do less than their user: never more than either, at any place where another record shows."""

import html
import re

import pytest

from tests.access.office import Office, office
from tests.support.crm import PASSWORD, Program
from tests.support.screens import submit

__all__ = ["office"]
CANARY = "CanaryOfTheKey"


def limited(office: Office, name: str, **limits: object) -> Program:
    """A program with a key that somebody has made for less."""
    browser = office.browser(name)
    page = submit(
        browser, "/profile/keys", {"label": "Sync", "password": PASSWORD, **limits}, key="/profile/keys"
    )
    found = re.search(r'class="guard-key"[^>]*>(trl_[^<]+)<', page.text)
    assert found is not None, page.text
    return Program(office.app.client(), html.unescape(found[1]))


@pytest.fixture
def account(office: Office) -> int:
    answer = office.admin("POST", "/accounts", json={"name": CANARY, "secret": "s"})
    return int(answer.json()["data"]["id"])


def test_a_key_for_deals_sees_of_an_account_nothing_by_any_way(office: Office, account: int):
    mine = office.deal("mine", "sam", account=account)
    deals = limited(office, "sam", of="some", module=["deals"])
    record = deals("GET", f"/deals/{mine}")
    assert (record.status_code, CANARY in record.text) == (200, False)
    assert record.json()["data"].get("account") is None
    for path in (
        "/deals?fields=name,account.name",
        "/deals?sort=account.name",
        "/deals?group=account&value=count()",
        "/accounts",
        f"/accounts/{account}",
        "/openapi.json",
    ):
        answer = deals("GET", path)
        assert (answer.status_code < 500, CANARY in answer.text) == (True, False), (path, answer.text)
    answer = deals("GET", f"/deals?where=account.name == '{CANARY}'")
    assert (answer.status_code < 500, answer.json().get("data") or []) == (True, []), answer.text


def test_a_key_gives_no_record_and_no_field_that_its_user_has_not(office: Office):
    office.deal("hers", "sue", cost="9876543.00")
    mine = office.deal("mine", "sam", cost="9876543.00")
    for limits in ({"of": "some", "module": ["deals"]}, {"read_only": "on"}):
        key = limited(office, "sam", **limits)
        answer = key("GET", "/deals")
        assert [each["name"] for each in answer.json()["data"]] == ["mine"]
        assert "9876543" not in answer.text + key("GET", f"/deals/{mine}").text
        assert key("GET", "/deals?where=cost > 1").status_code == 400


def test_a_key_for_reading_writes_by_no_method_and_no_batch(office: Office):
    mine = office.deal("mine", "sam")
    key = limited(office, "sam", read_only="on")
    for method, path, body in (
        ("POST", "/deals", {"name": "x"}),
        ("PATCH", f"/deals/{mine}", {"name": "x"}),
        ("DELETE", f"/deals/{mine}", None),
        ("POST", "/accounts", {"name": "x"}),
    ):
        answer = key(method, path, **({} if body is None else {"json": body}))
        assert answer.status_code in (403, 404), (method, path, answer.text)
    assert office.admin("GET", f"/deals/{mine}").json()["data"]["version"] == 1


def test_an_administrator_s_key_for_deals_is_no_administrator_elsewhere(office: Office, account: int):
    office.app.user("boss@example.com")
    key = limited(office, "boss", of="some", module=["deals"])
    office.deal("of sue", "sue")
    assert [each["name"] for each in key("GET", "/deals").json()["data"]] == ["of sue"]
    assert key("GET", f"/accounts/{account}").status_code == 404
    for body in ({"admin": True}, {"role": "ceo"}):
        assert key("PATCH", f"/users/{office.ids['sam']}", json=body).status_code in (403, 404)
    assert key("POST", "/users", json={"name": "E", "email": "e@example.com"}).status_code in (403, 404)


def test_what_the_role_loses_the_key_loses_with_the_next_request(office: Office):
    office.deal("won", "sue", stage="won")
    key = limited(office, "hal", of="some", module=["deals"])
    assert [each["name"] for each in key("GET", "/deals").json()["data"]] == ["won"]
    office.admin("PATCH", f"/users/{office.ids['hal']}", json={"role": None})
    assert key("GET", "/deals").status_code == 404


def test_rows_belong_to_the_module_that_a_key_is_for(office: Office):
    mine = office.deal("mine", "sam", lines=[{"name": "a", "price": "3456789.00"}])
    key = limited(office, "sam", of="some", module=["deals"])
    answer = key("GET", f"/deals/{mine}")
    assert [each["name"] for each in answer.json()["data"]["lines"]] == ["a"]
    assert "3456789" not in answer.text


def test_a_key_for_deals_sends_the_owner_back_as_it_was_read_and_hands_over(office: Office):
    hers = office.deal("hers", "sue")
    deals = limited(office, "bea", of="some", module=["deals"])
    owner = deals("GET", f"/deals/{hers}").json()["data"]["owner"]
    assert owner["id"] == office.ids["sue"]
    same = deals("PATCH", f"/deals/{hers}", json={"owner": owner["id"], "name": "still hers"})
    assert same.status_code == 200, same.text
    taken = deals("PATCH", f"/deals/{hers}", json={"owner": office.ids["bea"]})
    assert taken.json()["data"]["owner"]["id"] == office.ids["bea"], taken.text
    nobodys = office.deal("nobody's", "bea")
    answer = deals("PATCH", f"/deals/{nobodys}", json={"owner": None})
    assert answer.status_code == 403, answer.text
