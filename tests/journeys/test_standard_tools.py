"""The standard pack's tools: a lead becomes an account, a contact and a potential."""

from collections.abc import Callable

import pytest

from runtime.language.packs import standard_folder
from tests.support.crm import App
from tests.support.flows import Flows

Crm = Callable[..., App]


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request does a tool's steps itself, however slow the machine is."""
    monkeypatch.setattr("runtime.automation.using.SECONDS", 60.0)


def test_a_lead_is_converted_in_one_go_and_an_account_of_its_name_is_taken_again(crm: Crm) -> None:
    app = crm(pack=standard_folder())
    flows, program = Flows(app), app.program()
    for number in (1, 2):
        lead = flows.save("leads", first_name="Aino", last_name="Ahonen", company="Kivi Oy", amount="500")
        answer = program("POST", f"/leads/{lead}/tools/convert", json={"inputs": {}})
        assert answer.status_code == 200, answer.text
        (account,) = flows.ids("accounts")
        assert answer.json()["data"]["opens"] == {"module": "accounts", "id": account}
        made = flows.get("leads", lead)
        assert (made["status"], made["account"]) == ("converted", account)
        assert flows.get("potentials", made["potential"])["name"] == "Kivi Oy"
        assert flows.get("contacts", made["contact"])["last_name"] == "Ahonen"
        assert len(flows.ids("contacts")) == number
        assert program("POST", f"/leads/{lead}/tools/convert").status_code == 409


def test_what_hangs_on_a_lead_goes_along_all_of_it_or_nothing(crm: Crm) -> None:
    app = crm(pack=standard_folder())
    flows, program = Flows(app), app.program()
    spring = flows.save("campaigns", name="Spring")
    lead = flows.save("leads", last_name="Ahonen", company="Kivi Oy", campaign=spring)
    call = flows.save("activities", subject="Call", lead=lead)
    sent = program("POST", f"/leads/{lead}/files", files={"file": ("offer.txt", b"An offer", "text/plain")})
    assert sent.status_code == 201, sent.text
    address = f"/leads/{lead}/tools/convert"
    refused = program("POST", address, json={"inputs": {"amount": "-1"}})
    assert refused.status_code in (409, 422), refused.text
    assert [flows.ids(each) for each in ("accounts", "contacts", "potentials")] == [[], [], []]
    assert flows.get("activities", call)["contact"] is None
    done = program("POST", address, json={"inputs": {}}, headers={"idempotency-key": "one"})
    assert done.status_code == 200, done.text
    again = program("POST", address, json={"inputs": {}}, headers={"idempotency-key": "one"})
    assert again.json() == done.json()
    made = flows.get("leads", lead)
    assert (flows.ids("contacts"), flows.ids("accounts")) == ([made["contact"]], [made["account"]])
    moved = flows.get("activities", call)
    assert [moved[each] for each in ("account", "contact", "potential")] == [
        made[each] for each in ("account", "contact", "potential")
    ]
    (file,) = program("GET", f"/contacts/{made['contact']}/files").json()["data"]
    assert file["name"] == "offer.txt"
    assert program("GET", f"/leads/{lead}/files").json()["data"] == []
    (member,) = program("GET", f"/campaigns/{spring}?fields=members").json()["data"]["members"]
    assert member["id"] == made["contact"]


def test_a_form_that_is_sent_twice_converts_once_and_leads_to_the_same_account(crm: Crm) -> None:
    app = crm(pack=standard_folder())
    flows, browser = Flows(app), app.sign_in()
    lead = flows.save("leads", last_name="Ahonen", company="Kivi Oy")
    address = f"/app/leads/{lead}/tools/convert"
    page = browser.get(address)
    assert 'value="Kivi Oy"' in page.text
    sent = {
        "account_name": "Kivi Oy",
        "make_contact": "yes",
        "_token": page.hidden("_token"),
        "_csrf": page.hidden("_csrf"),
    }
    paths = [browser.post(address, **sent).path for _ in range(2)]
    (account,) = flows.ids("accounts")
    assert paths == [f"/app/accounts/{account}"] * 2
    assert flows.get("leads", lead)["potential"] is None
