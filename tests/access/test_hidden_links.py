"""A link to a record that one may not read is empty to whoever writes, too."""

from collections.abc import Callable

import pytest

from tests.access.office import PACK, VAULT, Office, opened
from tests.support.crm import App
from tests.support.screens import submit

LINKING = (
    PACK.replace(
        "    note: {type: text, max: 100}\n  rows:",
        "    note: {type: text, max: 100}\n"
        "    follows: {type: relation, module: deals}\n"
        "    needs: {type: relation, module: deals, required: '=amount == 7'}\n"
        "    proof: {type: relation, module: vault}\n"
        "    ground: {type: relation, module: deals}\n"
        "    about: {type: any_relation, modules: [accounts, deals, vault]}\n"
        "  unique: [[cost, stage], [cost, margin]]\n"
        "  rows:",
    )
    .replace(
        "    deals.cost: {read: false}\n",
        "    deals.cost: {read: false}\n    deals.ground: {update: false}\n",
    )
    .replace("accounts: write}", "accounts: write, vault: read}")
    + VAULT
)
UNKNOWN = 999_999


@pytest.fixture
def office(crm: Callable[..., App]) -> Office:
    return opened(crm, LINKING)


def linked(office: Office) -> dict[str, int]:
    """A deal of Sam's that points at Sue's, which Sam does not see, and at a module that he may not read."""
    sues = office.deal("Sue's own", "sue")
    item = office.admin("POST", "/vault", json={"name": "Sealed"}).json()["data"]["id"]
    deal = office.deal("Sam's", "sam", follows=sues, proof=item, ground=sues)
    return {"deal": deal, "sues": sues, "item": item}


def stands(office: Office, ids: dict[str, int]) -> bool:
    """Whether all three links of the deal are there."""
    kept = office.admin("GET", f"/deals/{ids['deal']}").json()["data"]
    found = [kept[key] and kept[key]["id"] for key in ("follows", "proof", "ground")]
    return found == [ids["sues"], ids["item"], ids["sues"]]


def test_a_form_that_shows_a_hidden_link_as_empty_does_not_clear_it(office: Office) -> None:
    ids = linked(office)
    page = submit(office.browser("sam"), f"/app/deals/{ids['deal']}/edit", {"name": "Sam's, renamed"})
    assert "Sam&#39;s, renamed" in page.text
    assert office.admin("GET", f"/deals/{ids['deal']}").json()["data"]["name"] == "Sam's, renamed"
    assert stands(office, ids)


def test_a_required_link_that_is_hidden_needs_no_other_one(office: Office) -> None:
    sues = office.deal("Sue's own", "sue")
    deal = office.deal("Sam's", "sam", needs=sues, amount="7")
    page = submit(office.browser("sam"), f"/app/deals/{deal}/edit", {"name": "Sam's, renamed"})
    assert "Sam&#39;s, renamed" in page.text
    kept = office.admin("GET", f"/deals/{deal}").json()["data"]
    assert (kept["name"], kept["needs"]["id"]) == ("Sam's, renamed", sues)


def test_a_record_that_is_sent_back_as_it_was_read_keeps_its_hidden_links(office: Office) -> None:
    ids, program = linked(office), office.program("sam")
    read = program("GET", f"/deals/{ids['deal']}", params={"fields": "name,follows,ground"}).json()["data"]
    assert read["follows"] is None
    assert read["ground"] is None
    answer = program("PATCH", f"/deals/{ids['deal']}", json={**read, "name": "Again"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["data"]["name"] == "Again"
    assert stands(office, ids)


@pytest.mark.parametrize("field", ["follows", "ground"])
def test_which_hidden_record_is_linked_is_not_found_out_by_naming_it(office: Office, field: str) -> None:
    ids, program = linked(office), office.program("sam")
    other = office.deal("Another of Sue's", "sue")
    told = [
        program("PATCH", f"/deals/{ids['deal']}", json={field: each})
        for each in (ids["sues"], other, UNKNOWN)
    ]
    assert {(each.status_code, each.text) for each in told} == {(422, told[0].text)}
    assert stands(office, ids)


def test_a_link_into_a_module_that_one_may_not_read_is_no_field_to_write(office: Office) -> None:
    ids, program = linked(office), office.program("sam")
    for value in (None, ids["item"], UNKNOWN):
        answer = program("PATCH", f"/deals/{ids['deal']}", json={"proof": value})
        assert answer.status_code == 422, answer.text
        assert answer.json()["error"]["fields"] == {"proof": ['Deal has no field "proof".']}
    near = program("PATCH", f"/deals/{ids['deal']}", json={"prof": 1})
    assert "proof" not in near.text
    assert stands(office, ids)


def test_a_link_to_anything_that_one_may_not_see_stays(office: Office) -> None:
    item = office.admin("POST", "/vault", json={"name": "Sealed"}).json()["data"]["id"]
    for hidden in ({"module": "vault", "id": item}, {"module": "deals", "id": office.deal("Sue's", "sue")}):
        deal = office.deal("Sam's own", "sam", about=hidden)
        answer = office.program("sam")("PATCH", f"/deals/{deal}", json={"about": None})
        assert answer.status_code == 200, answer.text
        kept = office.admin("GET", f"/deals/{deal}").json()["data"]["about"]
        assert kept is not None
        assert {key: kept[key] for key in hidden} == hidden


def test_whoever_sees_the_linked_record_clears_the_link(office: Office) -> None:
    ids = linked(office)
    answer = office.program("bea")("PATCH", f"/deals/{ids['deal']}", json={"follows": None})
    assert answer.status_code == 200, answer.text
    assert office.admin("GET", f"/deals/{ids['deal']}").json()["data"]["follows"] is None


def test_a_hidden_field_is_not_named_by_what_must_not_be_there_twice(office: Office) -> None:
    office.deal("Bea's", "bea", cost="10", stage="won", amount="15")
    deal, program = office.deal("Sam's", "sam", cost="10", stage="open", amount="1"), office.program("sam")
    refused = program("PATCH", f"/deals/{deal}", json={"stage": "won"})
    assert refused.json()["error"]["fields"] == {"stage": ["Another record is alike in all of: Stage."]}
    refused = program("PATCH", f"/deals/{deal}", json={"amount": "15"})
    assert refused.json()["error"]["message"] == "There is such a record already."
    assert refused.json()["error"]["fields"] == {}
