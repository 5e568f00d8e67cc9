"""Whom one may make the owner of a record, as the configuration says it for each module."""

from collections.abc import Callable

import pytest

from tests.access.office import PACK, Office, opened
from tests.support.crm import App

LEVELS = ("anyone", "users", "by_rights", "same_group", "same_sales_group")
FITTING = {
    "anyone": {"ceo", "bea", "sam", "sue", "hal", "nora", "Desk", "Sales", "Others"},
    "users": {"ceo", "bea", "sam", "sue", "hal", "nora"},
    "by_rights": {"bea", "sam", "sue", "Desk", "Sales"},
    "same_group": {"bea", "hal", "nora", "Desk", "Sales"},
    "same_sales_group": {"bea", "nora", "Sales"},
}
"""Of bea, a boss above the sellers, who is in the group Desk with hal and in the sales group with nora."""


def with_owners(crm: Callable[..., App], level: str) -> Office:
    pack = PACK.replace(
        "deals: {read: true, create: true,", "deals: {read: true, create: true, assign: true,"
    )
    office = opened(crm, pack.rstrip() + f"\n  owners: {{deals: {level}}}\n")
    for name, kind, members in (
        ("Desk", "standard", ("bea", "hal")),
        ("Sales", "sales", ("bea", "nora")),
        ("Others", "sales", ("sue",)),
    ):
        given = {"name": name, "type": kind, "members": [{"id": office.ids[each]} for each in members]}
        office.ids[name] = office.admin("POST", "/groups", json=given).json()["data"]["id"]
    return office


@pytest.mark.parametrize("level", LEVELS)
def test_a_form_offers_those_whom_the_writer_takes_and_no_others(crm: Callable[..., App], level: str) -> None:
    office = with_owners(crm, level)
    bea, page = office.program("bea"), office.browser("bea")
    taken = set()
    for name, number in office.ids.items():
        answer = bea("POST", "/deals", json={"name": name, "owner": number})
        assert answer.status_code in (201, 422), answer.text
        taken |= {name} if answer.status_code == 201 else set()
    offered = page.get("/app/deals/pick/owner?record=new&for=owner&q=").text
    assert taken == FITTING[level]
    assert {name for name in office.ids if f'data-id="{office.ids[name]}"' in offered} == FITTING[level]


def test_who_owns_a_record_already_may_stay_and_an_admin_chooses_freely(crm: Callable[..., App]) -> None:
    office = with_owners(crm, "same_sales_group")
    deal = office.deal("theirs", "sam")
    assert (
        office.program("bea")(
            "PATCH", f"/deals/{deal}", json={"name": "x", "owner": office.ids["sam"]}
        ).status_code
        == 200
    )
    answer = office.program("bea")("PATCH", f"/deals/{deal}", json={"owner": office.ids["sue"]})
    assert answer.json()["error"]["fields"]["owner"] == [
        "You may not make them the owner: choose one of the list."
    ]
    assert office.admin("PATCH", f"/deals/{deal}", json={"owner": office.ids["sue"]}).status_code == 200


def test_archived_users_are_offered_no_more_and_filters_still_know_them(crm: Callable[..., App]) -> None:
    office = with_owners(crm, "anyone")
    assert office.admin("PATCH", f"/users/{office.ids['sue']}", json={"active": False}).status_code == 200
    browser, value = office.browser("bea"), f'data-id="{office.ids["sue"]}"'
    assert value not in browser.get("/app/deals/pick/owner?record=new&for=owner&q=").text
    assert value not in browser.get("/app/deals/pick/owner?present=1&for=to&q=").text
    assert value in browser.get("/app/deals/pick/owner?for=owner&q=").text
