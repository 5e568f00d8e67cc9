"""A datetime whose time is optional: a day lasts all day, is shown as a date, and is found as one."""

import pytest

from tests.support.rest import read
from tests.support.screens import sheet, submit

PACK = """
    pack.yaml:
      title: Test
      version: 1.0.0
      timezone: America/New_York
    schemas/modules/events.yaml:
      title: name
      fields:
        name: {type: text}
        start: {type: datetime, optional_time: true}
"""


@pytest.fixture
def app(crm):
    return crm(PACK)


def test_a_day_stays_a_day_by_rest_and_sorts_before_the_moments_of_its_day(app):
    rest = app.program()
    for name, start in (
        ("noon", "2026-01-31T17:00:00Z"),
        ("day", "2026-01-31"),
        ("eve", "2026-01-31T04:59:00Z"),
    ):
        assert rest("POST", "/events", json={"name": name, "start": start}).status_code == 201
    found = read(rest, "/events?sort=start")["data"]
    assert [(each["name"], each["start"]) for each in found] == [
        ("eve", "2026-01-31T04:59:00Z"),
        ("day", "2026-01-31"),
        ("noon", "2026-01-31T17:00:00Z"),
    ]
    found = read(rest, "/events?where=date(start) == '2026-01-31'&sort=start")["data"]
    assert [each["name"] for each in found] == ["day", "noon"]


def test_a_form_has_a_day_and_a_time_and_no_time_is_all_day(app):
    browser, rest = app.sign_in(), app.program()
    page = submit(browser, "/app/events/new", {"name": "Fair", "start": "2026-01-31", "start:time": ""})
    assert page.status == 200
    path = "/events/" + page.path.rsplit("/", 1)[1].split("?")[0]
    assert read(rest, path)["data"]["start"] == "2026-01-31"
    assert sheet(browser.get(f"/app{path}/edit")).values["start"] == ["2026-01-31"]
    submit(browser, f"/app{path}/edit", {"start:time": "09:30"})
    assert read(rest, path)["data"]["start"] == "2026-01-31T14:30:00Z"
    submit(browser, f"/app{path}/edit", {"start:time": ""})
    assert read(rest, path)["data"]["start"] == "2026-01-31"
    assert read(rest, path)["data"]["version"] == 3
