"""Forms, cards and lists draw every registered type, and a form sent back as it was changes nothing."""

from collections.abc import Callable

from tests.journeys.test_rest_field_types import body, pack, tries
from tests.support.crm import App
from tests.support.rest import read
from tests.support.screens import submit

JSON = {"content-type": "application/json"}


def test_every_type_is_drawn_and_a_form_sent_back_as_it_was_changes_nothing(crm: Callable[..., App]):
    app = crm(pack())
    rest, browser = app.program(), app.sign_in()
    made = rest("POST", "/things", json={}).json()["data"]
    path, screen = f"/things/{made['id']}", f"/app/things/{made['id']}"
    drawn = 0
    for turn in range(20):
        values = {}
        for each in tries():
            examples = [one for one in each.kind.examples if dict(one.settings) == dict(each.settings)]
            if turn < len(examples) and body(each.key, examples[turn].raw) is not None:
                values[each.key] = each.kind.to_json(examples[turn].value)
        if not values:
            break
        answer = rest("PATCH", path, json=values)
        assert answer.status_code == 200, answer.text
        before = read(rest, path)["data"]
        assert browser.get(screen).status == 200
        assert browser.get("/app/things").status == 200
        page = submit(browser, f"{screen}/edit", {})
        assert page.status == 200, page.text
        assert read(rest, path)["data"]["version"] == before["version"], changed(rest, path, before)
        drawn += len(values)
    assert drawn > 60


def changed(rest, path, before):
    after = read(rest, path)["data"]
    return {key: (before[key], after[key]) for key in after if before[key] != after[key]}
