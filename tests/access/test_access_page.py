"""The page of rights: every right with its line, and what one user may do with one record."""

import re

import pytest

from tests.access.office import Office, office

__all__ = ["office"]


def test_an_admin_sees_every_right_with_its_line(office: Office) -> None:
    page = office.app.sign_in().get("/admin/access")
    assert page.status == 200
    for text in (
        "Profile Sales",
        "Fields of Sales",
        "Sharing rules",
        "where stage.kind == 'open'",
        "The role Helper",
    ):
        assert text in page
    assert "sales.yaml:2" in page


def test_it_tells_what_somebody_may_do_with_a_record_and_why(office: Office) -> None:
    deal = office.deal("big", "sam", stage="won")
    page = office.app.sign_in().get(f"/admin/access?user=bea@example.com&record=deals/{deal}")
    assert page.status == 200
    assert "Bea and big" in page
    assert "Its owner has a role below theirs." in page
    assert "What Bea may do" in page


@pytest.mark.parametrize(
    "query",
    ["user=nobody@example.com", "user=bea@example.com&record=deals/999999", "user=bea@example.com&record=x"],
)
def test_what_is_not_there_is_said(office: Office, query: str) -> None:
    page = office.app.sign_in().get(f"/admin/access?{query}")
    assert page.status == 422
    assert "There is no " in page


def test_nobody_but_admins_opens_it(office: Office) -> None:
    assert office.browser("bea").get("/admin/access").status == 403


def test_it_tells_what_a_role_has_no_right_to_by_saying_nothing(office: Office) -> None:
    page = office.app.sign_in().get("/admin/access?user=hal@example.com").text
    part = page[page.index("What Hal may do") :]
    row = re.search(r"<tr[^>]*>(?:(?!</tr>).)*Deals.*?</tr>", part, re.DOTALL)
    assert row is not None
    assert row[0].count("yes") == 1
