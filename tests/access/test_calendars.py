"""Calendars: who shares theirs, who sees when somebody is busy, and what is private."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.access.office import Office, opened
from tests.support.crm import App, Page
from tests.support.guarded import events

PACK = """
schemas/modules/meetings.yaml:
  label: Meeting
  plural: Meetings
  title: subject
  search: [subject]
  fields:
    subject: {type: text, max: 100}
    starts: {type: datetime}
    open_to: {type: picklist, picklist: open_to, default: all}
    docs: {type: files}
  rows:
    points: {module: points}
schemas/modules/points.yaml:
  label: Point
  plural: Points
  title: name
  fields:
    name: {type: text, max: 100}
schemas/picklists/open_to.yaml:
  values:
    all: {label: Everybody}
    me: {label: Me alone}
schemas/access/roles.yaml:
  ceo: {label: CEO, profiles: [everybody]}
  boss: {under: ceo, profiles: [everybody]}
  seller: {under: boss, profiles: [everybody]}
  helper: {profiles: [everybody]}
schemas/access/profiles/everybody.yaml:
  modules: {meetings: {read: true, create: true, update: true, delete: true, export: true}}
schemas/access/sharing.yaml:
  default: {meetings: private}
  rules:
    - {module: meetings, to: {role: helper}, grant: read}
  calendars:
    meetings: {private: "open_to == 'me'", times: [starts]}
"""


@pytest.fixture
def office(crm: Callable[..., App]) -> Office:
    return opened(crm, PACK)


def meeting(office: Office, owner: str, subject: str, **values: object) -> int:
    given = {"subject": subject, "owner": office.ids[owner], "starts": "2026-03-04T09:00:00Z", **values}
    given["points"] = [{"name": f"point of {subject}"}]
    answer = office.admin("POST", "/meetings", json=given)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["data"]["id"])


def share(office: Office, level: str, whom: int, by: str = "sam") -> Page:
    return office.browser(by).post("/profile/calendar", to=str(whom), level=level)


def seen(office: Office, name: str) -> dict[int, dict[str, Any]]:
    return {each["id"]: each for each in office.program(name)("GET", "/meetings").json()["data"]}


def test_a_calendar_that_is_shared_with_nobody_is_seen_by_roles_above_alone(office: Office) -> None:
    mine, private = meeting(office, "sam", "mine"), meeting(office, "sam", "secret", open_to="me")
    assert seen(office, "sue") == {}
    assert set(seen(office, "bea")) == set(seen(office, "ceo")) == {mine, private}


def test_what_is_private_is_reached_by_no_rule(office: Office) -> None:
    mine = meeting(office, "sam", "mine")
    meeting(office, "sam", "secret", open_to="me")
    assert set(seen(office, "hal")) == {mine}


def test_who_gets_to_read_it_sees_what_is_planned_and_of_what_is_private_the_times(office: Office) -> None:
    mine, private = meeting(office, "sam", "mine"), meeting(office, "sam", "secret", open_to="me")
    assert "Sue" in share(office, "read", office.ids["sue"])
    found = seen(office, "sue")
    assert (found[mine]["subject"], found[private]["subject"]) == ("mine", None)
    assert found[private]["starts"] == "2026-03-04T09:00:00Z"
    assert office.program("sue")("PATCH", f"/meetings/{mine}", json={"subject": "x"}).status_code == 403


def test_who_sees_that_somebody_is_busy_sees_the_times_and_nothing_else(office: Office) -> None:
    mine = meeting(office, "sam", "hush-hush")
    files = {"docs": ("hush-hush.txt", b"hush-hush", "text/plain")}
    uploaded = office.admin("POST", f"/meetings/{mine}/files", files=files).json()["data"][0]["id"]
    share(office, "busy", office.ids["sue"])
    sue, browser = office.program("sue"), office.browser("sue")
    assert sue("GET", f"/meetings/{mine}").json()["data"]["starts"] == "2026-03-04T09:00:00Z"
    for address in (
        f"/app/meetings/{mine}",
        "/app/meetings",
        "/search?q=hush",
        f"/app/meetings/{mine}/quick",
    ):
        page = browser.get(address)
        assert "hush-hush" not in page.text, address
    assert "hush-hush" not in sue("GET", f"/meetings/{mine}").text + sue("GET", "/meetings").text
    assert sue("GET", "/points").json()["data"] == []
    assert browser.get(f"/app/files/{uploaded}/content").status == 404
    assert sue("GET", "/meetings", params={"where": "subject == 'hush-hush'"}).json()["data"] == []
    assert sue("PATCH", f"/meetings/{mine}", json={"starts": None}).status_code == 403
    assert sue("DELETE", f"/meetings/{mine}").status_code == 403


def test_who_may_change_it_changes_what_is_not_private(office: Office) -> None:
    mine, private = meeting(office, "sam", "mine"), meeting(office, "sam", "secret", open_to="me")
    share(office, "write", office.ids["sue"])
    sue = office.program("sue")
    assert sue("PATCH", f"/meetings/{mine}", json={"subject": "ours"}).status_code == 200
    assert sue("PATCH", f"/meetings/{private}", json={"subject": "ours"}).status_code == 403


def test_a_calendar_is_shared_with_a_group_and_taken_back(office: Office) -> None:
    mine = meeting(office, "sam", "mine")
    made = office.admin("POST", "/groups", json={"name": "Desk", "members": [{"id": office.ids["sue"]}]})
    share(office, "read", made.json()["data"]["id"])
    assert set(seen(office, "sue")) == {mine}
    page = office.browser("sam").get("/profile/calendar")
    (back,) = re.findall(r'name="back" value="(\d+)"', page.text)
    office.browser("sam").post("/profile/calendar", back=back)
    assert seen(office, "sue") == {}
    assert {"shared", "unshared"} <= set(events(office.app))


def test_nobody_takes_back_what_is_another_calendars(office: Office) -> None:
    mine = meeting(office, "sam", "mine")
    share(office, "read", office.ids["sue"])
    (back,) = re.findall(r'name="back" value="(\d+)"', office.browser("sam").get("/profile/calendar").text)
    assert office.browser("bea").post("/profile/calendar", back=back).status == 404
    assert (
        office.browser("bea").post("/profile/calendar", to=str(office.ids["sue"]), level="all").status == 400
    )
    assert set(seen(office, "sue")) == {mine}


def test_it_is_told_why_somebody_sees_that_another_is_busy(office: Office) -> None:
    mine = meeting(office, "sam", "mine")
    share(office, "busy", office.ids["sue"])
    page = office.app.sign_in().get(f"/admin/access?user=sue@example.com&record=meetings/{mine}")
    assert "Its owner shows them when they are busy" in page
    assert "schemas/access/sharing.yaml" in page.text


def test_a_pack_without_calendars_has_no_page_for_them(crm: Callable[..., App]) -> None:
    app = crm("schemas/modules/deals.yaml:\n  fields:\n    name: {type: text}\n")
    assert app.sign_in().get("/profile/calendar").status == 404
    assert "/profile/calendar" not in app.sign_in().get("/profile").text
