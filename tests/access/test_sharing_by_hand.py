"""Sharing one record by hand: who gets it sees or changes it as far as their profile goes, until it is taken
back.
"""

import re

from tests.access.office import Office, office
from tests.support.crm import Browser, Page
from tests.support.guarded import events

__all__ = ["office"]


def send(browser: Browser, at: str, **values: object) -> Page:
    csrf = browser.get("/profile").hidden("_csrf")
    return Page(browser.client.post(at, data={"_csrf": csrf, **values}))


def share(office: Office, deal: int, whom: int, level: str = "read", by: str = "sam") -> Page:
    return send(office.browser(by), f"/app/deals/{deal}/share", to=str(whom), level=level)


def test_who_gets_a_record_sees_it_and_no_other(office: Office) -> None:
    mine, other = office.deal("mine", "sam", cost="99.99"), office.deal("other", "sam")
    sue = office.program("sue")
    assert sue("GET", f"/deals/{mine}").status_code == 404
    assert "Sue" in share(office, mine, office.ids["sue"])
    assert sue("GET", f"/deals/{mine}").status_code == 200
    assert "99.99" not in sue("GET", f"/deals/{mine}").text
    assert [each["name"] for each in sue("GET", "/deals").json()["data"]] == ["mine"]
    assert sue("GET", f"/deals/{other}").status_code == 404
    assert sue("PATCH", f"/deals/{mine}", json={"name": "x"}).status_code == 403
    assert office.browser("sue").get(f"/app/deals/{mine}").status == 200
    assert office.browser("sue").get(f"/app/deals/{mine}/share").status in (403, 404)
    assert "shared" in events(office.app)


def test_who_may_change_it_may_until_it_is_taken_back(office: Office) -> None:
    mine, sue = office.deal("mine", "sam"), office.program("sue")
    share(office, mine, office.ids["sue"], "read")
    share(office, mine, office.ids["sue"], "write")
    assert sue("PATCH", f"/deals/{mine}", json={"name": "ours"}).status_code == 200
    page = office.browser("sam").get(f"/app/deals/{mine}/share")
    found = re.findall(r'name="back" value="(\d+)"', page.text)
    assert len(found) == 1
    send(office.browser("sam"), f"/app/deals/{mine}/share", back=found[0])
    assert sue("GET", f"/deals/{mine}").status_code == 404
    assert {"shared", "unshared"} <= set(events(office.app))


def test_a_group_gets_it_for_its_members(office: Office) -> None:
    mine, sue = office.deal("mine", "sam"), office.program("sue")
    made = office.admin("POST", "/groups", json={"name": "Inner", "members": [{"id": office.ids["sue"]}]})
    outer = office.admin("POST", "/groups", json={"name": "Outer"}).json()["data"]["id"]
    inside = made.json()["data"]["id"]
    assert office.admin("PATCH", f"/groups/{inside}", json={"parent": outer}).status_code == 200
    share(office, mine, outer)
    assert sue("GET", f"/deals/{mine}").status_code == 200
    assert office.program("hal")("GET", f"/deals/{mine}").status_code == 404


def test_no_profile_gets_wider_by_it(office: Office) -> None:
    mine = office.deal("mine", "sam")
    share(office, mine, office.ids["hal"], "write")
    share(office, mine, office.ids["nora"], "write")
    assert office.program("hal")("GET", f"/deals/{mine}").status_code == 200
    assert office.program("hal")("PATCH", f"/deals/{mine}", json={"name": "x"}).status_code == 403
    assert office.program("nora")("GET", f"/deals/{mine}").status_code == 404


def test_nobody_shares_what_they_may_not_change(office: Office) -> None:
    hers = office.deal("hers", "sue")
    assert share(office, hers, office.ids["sam"], by="sam").status == 404
    assert office.program("sam")("GET", f"/deals/{hers}").status_code == 404
    account = office.admin("POST", "/accounts", json={"name": "Ours"}).json()["data"]["id"]
    assert office.browser("sam").get(f"/app/accounts/{account}/share").status == 404


def test_it_is_told_why_they_see_it(office: Office) -> None:
    mine = office.deal("mine", "sam")
    share(office, mine, office.ids["sue"])
    told = office.app.sign_in().get(f"/admin/access?user=sue@example.com&record=deals/{mine}")
    assert "It was shared with them by hand." in told
