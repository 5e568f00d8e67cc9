"""What one does not see is neither counted nor named where it stands in the way."""

from collections.abc import Callable

import pytest

from tests.access.office import PACK, Office, opened
from tests.support.crm import App
from tests.support.screens import submit

WRITTEN = (
    PACK.replace("inverse: deals}", "inverse: deals, on_delete: restrict}")
    .replace(
        "accounts: {read: true, create: true, update: true}",
        "accounts: {read: true, create: true, update: true, delete: true, import: true}",
    )
    .replace("  label: Deal\n", "  label: Deal\n  duplicates: {match: [name]}\n")
    .replace(
        "accounts.secret:",
        "letters.account: {read: false}\n"
        "    calls.account: {read: \"=stage.kind == 'won'\"}\n"
        "    accounts.secret:",
        1,
    )
    .replace(
        "modules:\n",
        "modules:\n    letters: {read: true}\n    calls: {read: true}\n    mails: {read: true}\n",
        1,
    )
    .replace("accounts: write}", 'accounts: write, "*": read}')
)
POINTING = ("visits", "letters", "calls", "mails")
"""Modules that point at accounts. Of the first sellers may read nothing, of the second not the field,
of the third that field of some records alone, and of the last all.
"""
WRITTEN += "".join(
    f"""
schemas/modules/{each}.yaml:
  label: {each.title()[:-1]}
  plural: {each.title()}
  title: name
  fields:
    name: {{type: text, max: 100}}
    stage: {{type: picklist, picklist: stage, default: open}}
    account: {{type: relation, module: accounts, on_delete: restrict}}
"""
    for each in POINTING
)


@pytest.fixture
def strict(crm: Callable[..., App]) -> Office:
    return opened(crm, WRITTEN)


def test_records_of_others_stand_in_the_way_of_a_deletion_uncounted(strict: Office) -> None:
    account = strict.admin("POST", "/accounts", json={"name": "Ours"}).json()["data"]["id"]
    for number in range(3):
        strict.deal(f"The boss's {number}", "ceo", account=account)
    refused = strict.program("sam")("DELETE", f"/accounts/{account}")
    assert refused.status_code == 409, refused.text
    assert "other records point at it" in refused.text
    assert "Deals" not in refused.text
    asked = strict.browser("sam").get(f"/app/accounts/{account}/delete").text
    assert "Other records" in asked
    assert '<span class="count">3' not in asked
    assert '<span class="count">3' in strict.app.sign_in().get(f"/app/accounts/{account}/delete").text


def test_what_points_without_being_seen_is_neither_named_nor_counted(strict: Office) -> None:
    for module in POINTING:
        account = strict.admin("POST", "/accounts", json={"name": f"Of {module}"}).json()["data"]["id"]
        assert strict.admin("POST", f"/{module}", json={"name": "x", "account": account}).status_code == 201
        refused = strict.program("sam")("DELETE", f"/accounts/{account}")
        assert refused.status_code == 409, refused.text
        told = f"1 {module.title()[:-1]} points at it" in refused.text
        assert told is (module == "mails"), refused.text


def test_an_imports_map_does_not_name_a_hidden_field(strict: Office) -> None:
    for who, named in (("sam", False), ("admin", True)):
        browser = strict.app.sign_in() if who == "admin" else strict.browser(who)
        file = {"file": ("accounts.csv", b"name,secret\nA,b\n")}
        page = submit(browser, "/app/accounts/import", files=file).text
        assert ('<option value="secret"' in page) is named
        assert '<option value="name"' in page


def test_what_may_be_there_already_is_told_of_records_that_one_sees_alone(strict: Office) -> None:
    hers = strict.deal("Chairs for the quay", "sue")
    told = strict.program("bea")("POST", "/deals", json={"name": "Chairs for the quay"})
    assert [each["id"] for each in told.json()["error"]["duplicates"]] == [hers]
    made = strict.program("sam")("POST", "/deals", json={"name": "Chairs for the quay"})
    assert made.status_code == 201, made.text
    assert "duplicates" not in made.text
