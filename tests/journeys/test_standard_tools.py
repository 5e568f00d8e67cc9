"""The standard pack's tools: a lead becomes an account, a contact and a potential."""

from collections.abc import Callable

from runtime.language.packs import standard_folder
from tests.support.crm import App
from tests.support.flows import Flows

Crm = Callable[..., App]


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
