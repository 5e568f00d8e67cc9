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
