"""The page Changes: what was applied, what waits, how it is applied and gone back over, who is told what."""

import html
import re
from typing import Any

import pytest

from runtime.automation.worker import Worker
from runtime.change.revisions import history
from tests.support.crm import App, Browser, Page
from tests.support.screens import make, record, sheet, submit

PACK = """
    schemas/modules/deals.yaml:
      label: Deal
      fields:
        name: {type: text, required: true}
        size: {type: text}
        stage: {type: picklist, picklist: stages}
    schemas/picklists/stages.yaml:
      values: {open: {}, won: {}, lost: {}}
"""
PLAN = "/admin/changes/plan"
SQLITE = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
"""Of what the page alone says and asks, whatever the database."""


@pytest.fixture
def app(crm: Any) -> App:
    made: App = crm(PACK)
    return made


def edit(app: App, old: str, new: str, name: str = "schemas/modules/deals.yaml") -> None:
    file = app.folder / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def add_field(app: App, key: str = "budget") -> None:
    edit(app, "  stage:", f"  {key}: {{type: money}}\n  stage:")


def merge_values(app: App) -> None:
    """Two values become one, which loses something."""
    edit(app, "won: {}, lost: {}", "won: {was: [lost]}", "schemas/picklists/stages.yaml")


def work(app: App) -> None:
    Worker(app.site, app.site.background, "test").drain()
    app.site.refresh()


def apply_files(app: App, browser: Browser, why: str = "Asked for", **typed: Any) -> Page:
    """Press the button of the plan, and let a worker carry it out."""
    page = submit(browser, PLAN, {"message": why, **typed})
    work(app)
    return browser.get(page.path)


def go_back(app: App, browser: Browser, number: int, **typed: Any) -> Page:
    page = submit(browser, f"/admin/changes/{number}/rollback", typed)
    assert page.status == 200, page.text
    work(app)
    return browser.get(page.path)


def messages(app: App) -> list[tuple[str | None, str | None]]:
    with app.site.database.read() as connection:
        return [(each.applied_by, each.message) for each in history(connection)]


def links(page: Page) -> set[str]:
    return {html.unescape(found) for found in re.findall(r'href="(/admin/changes[^"]*)"', page.text)}


@SQLITE
def test_changes_are_there_for_administrators_alone(app: App):
    seller = app.sign_in("sue@example.com", admin=False)
    for address in ("", "/plan", "/kept", "/1", "/1/file?name=pack/pack.yaml", "/1/rollback", "/runs/1"):
        assert seller.get(f"/admin/changes{address}").status == 404, address
    token = seller.get("/profile").hidden("_csrf")
    for address in ("/plan", "/1/rollback", "/give-up", "/runs/1/cancel"):
        answer = seller.client.post(f"/admin/changes{address}", data={"_csrf": token, "message": "x"})
        assert answer.status_code == 404, address
    assert 'href="/admin/changes"' in app.sign_in().get("/admin/setup").text


@SQLITE
def test_a_form_from_elsewhere_begins_nothing(app: App):
    browser = app.sign_in()
    add_field(app)
    form = sheet(browser.get(PLAN))
    for sent in ({**form.values, "message": "x", "_csrf": "forged"}, {"message": "x"}):
        assert browser.client.post(PLAN, data=sent).status_code == 403
    work(app)
    assert len(messages(app)) == 1


def test_a_saved_file_waits_to_be_looked_at_and_applied(app: App):
    browser = app.sign_in()
    assert "The files differ" not in browser.get("/admin/changes")
    add_field(app)
    waiting = browser.get("/admin/changes")
    assert "The files differ from revision 1, which is served." in waiting
    assert PLAN in links(waiting)
    plan = browser.get(PLAN)
    assert "Add the field budget to deals" in plan
    assert "Safe" in plan
    assert "schemas/modules/deals.yaml:5" in plan
    assert "Deal has a new field: Budget (budget), money" in plan
    assert "+  budget: {type: money}" in plan
    assert len(messages(app)) == 1
    done = apply_files(app, browser, "Sales want budgets")
    assert "Applied as revision 2." in done
    assert messages(app)[0] == ("Admin (admin@example.com)", "Sales want budgets")
    listed = browser.get("/admin/changes")
    assert "Sales want budgets" in listed
    assert "The files differ" not in listed
    assert "Budget" in browser.get("/app/deals/new")


@SQLITE
def test_looking_changes_nothing(app: App):
    browser = app.sign_in()
    add_field(app)
    for address in ("/admin/changes", PLAN, "/admin/changes/1", "/admin/changes/kept"):
        assert browser.get(address).status == 200, address
    for address in ("/admin/changes/give-up", "/admin/changes/runs/1/cancel"):
        assert browser.get(address).status == 405, address
    work(app)
    assert len(messages(app)) == 1


@SQLITE
def test_a_change_of_words_has_no_step_and_is_applied_all_the_same(app: App):
    browser = app.sign_in()
    assert "Nothing to change" in browser.get(PLAN)
    edit(app, "label: Deal", "label: Bargain")
    plan = browser.get(PLAN)
    assert "No table changes" in plan
    assert 'deals is called "Bargain", and was "Deal".' in plan
    assert "Applied as revision 2." in apply_files(app, browser)
    assert "Nothing to change" in browser.get(PLAN)


@SQLITE
def test_a_reason_is_asked_for(app: App):
    browser = app.sign_in()
    add_field(app)
    page = submit(browser, PLAN, {"message": "  "})
    assert page.status == 422
    assert page.error("message") == "Say why, for those who ask later."
    page = submit(browser, PLAN, {"message": "x" * 1001})
    assert page.error("message") == "At most 1,000 characters."
    work(app)
    assert len(messages(app)) == 1


@SQLITE
def test_sentences_of_several_lines_come_back_as_browsers_send_them(app: App):
    browser = app.sign_in()
    make(app, "deals", name="Big")
    edit(app, "size: {type: text}", 'size: {type: text, required: true, fill: "=concat(name,\\n name)"}')
    page = browser.get(PLAN)
    form = sheet(page)
    assert any("\n" in what for what in form.values["what"])
    sent = {name: [one.replace("\n", "\r\n") for one in values] for name, values in form.values.items()}
    answer = browser.client.post(PLAN, data={**sent, "message": "One\r\ntwo"})
    assert answer.status_code == 200, answer.text
    work(app)
    assert messages(app)[0][1] == "One\ntwo"


def test_what_loses_values_needs_a_tick_of_its_own(app: App):
    browser = app.sign_in()
    number = make(app, "deals", name="Big", stage="lost")
    merge_values(app)
    app.site.apply_pack("watch")
    assert "The files have errors" in browser.get("/app/deals")
    assert "Loses values" in browser.get(PLAN)
    page = submit(browser, PLAN, {"message": "Fewer stages"})
    assert page.status == 422
    assert page.error("lossy") == "Agree to what is lost, or do not apply it."
    assert "Fewer stages" in page
    work(app)
    assert len(messages(app)) == 1
    assert "Applied as revision 2." in apply_files(app, browser, "Fewer stages", lossy="yes")
    assert record(app, "deals", number)["stage"] == "won"
    assert "The files have errors" not in browser.get("/app/deals")


def test_a_plan_that_has_moved_is_shown_anew_and_says_what_moved(app: App):
    browser = app.sign_in()
    add_field(app)
    seen = browser.get(PLAN)
    add_field(app, "tax")
    page = submit(browser, seen, {"message": "Budgets"})
    assert page.status == 409
    assert "The configuration is another one than the plan was made for." in page
    assert "This has to be done now, and was not: Add the field tax" in page
    assert "Budgets" in page
    work(app)
    assert len(messages(app)) == 1
    work(app)
    page = submit(browser, page, {"message": "Budgets and taxes"})
    work(app)
    assert "Applied as revision 2." in browser.get(page.path)


def test_of_two_who_press_at_once_one_wins_and_the_other_is_told(app: App):
    ada, bob = app.sign_in(), app.sign_in("bob@example.com")
    add_field(app)
    seen = [browser.get(PLAN) for browser in (ada, bob)]
    first = submit(ada, seen[0], {"message": "Ada's"})
    second = submit(bob, seen[1], {"message": "Bob's"})
    assert first.path.startswith("/admin/changes/runs/")
    assert second.status == 409
    assert "Somebody else has begun to apply a change." in second
    assert first.path in links(second)
    work(app)
    late = submit(bob, seen[1], {"message": "Bob's"})
    assert late.status == 409
    assert "Revision 2 was applied by Admin (admin@example.com)" in late
    assert [message for _, message in messages(app)] == ["Ada's", None]


@SQLITE
def test_what_is_applied_is_what_was_shown_even_when_the_file_is_saved_again(app: App):
    browser = app.sign_in()
    add_field(app)
    page = submit(browser, PLAN, {"message": "Budgets"})
    add_field(app, "tax")
    work(app)
    assert "Applied as revision 2." in browser.get(page.path)
    assert "budget" in app.site.live.catalog.modules["deals"].fields
    assert "tax" not in app.site.live.catalog.modules["deals"].fields
    assert "The files differ from revision 2" in browser.get("/admin/changes")


def test_what_another_applies_before_the_worker_comes_makes_it_end_with_a_reason(app: App):
    browser = app.sign_in()
    add_field(app)
    page = submit(browser, PLAN, {"message": "Budgets"})
    add_field(app, "tax")
    app.site.apply_pack("ada (command line)", message="Taxes")
    work(app)
    ended = browser.get(page.path)
    assert "Failed" in ended
    assert "Revision 2 was applied by ada (command line)" in ended
    assert [message for _, message in messages(app)] == ["Taxes", None]


@SQLITE
def test_files_with_errors_are_told_with_their_place_and_cannot_be_applied(app: App):
    browser = app.sign_in()
    edit(app, "size: {type: text}", "size: {type: txet}")
    listed = browser.get("/admin/changes")
    assert "The files on disk have errors" in listed
    assert "schemas/modules/deals.yaml:4" in listed
    plan = browser.get(PLAN)
    assert "It cannot be applied" in plan
    assert "^^^^" in plan
    assert "<textarea" not in plan.text


def test_what_the_data_refuses_is_told_and_cannot_be_applied(app: App):
    browser = app.sign_in()
    make(app, "deals", name="Big", size="large")
    edit(app, "size: {type: text}", "size: {type: integer}")
    plan = browser.get(PLAN)
    assert "It cannot be applied" in plan
    assert "schemas/modules/deals.yaml:4" in plan
    assert "<textarea" not in plan.text


def test_the_way_back_is_shown_first_and_gives_the_data_back(app: App):
    browser = app.sign_in()
    number, other = (make(app, "deals", name=name, size="12") for name in ("Big", "Small"))
    edit(app, "size: {type: text}", "size: {type: integer}")
    apply_files(app, browser)
    assert record(app, "deals", number)["size"] == 12
    assert "/admin/changes/1/rollback" in links(browser.get("/admin/changes/1"))
    assert "/admin/changes/2/rollback" not in links(browser.get("/admin/changes/2"))
    app.program()("PATCH", f"/deals/{other}", json={"size": 8})
    plan = browser.get("/admin/changes/1/rollback")
    assert "Back to revision 1" in plan
    assert "Carry over to deals.size what was written into it since revision 2." in plan
    assert "deals.size" in plan
    assert record(app, "deals", number)["size"] == 12
    assert "Applied as revision 3." in go_back(app, browser, 1)
    assert [record(app, "deals", each)["size"] for each in (number, other)] == ["12", "8"]
    listed = browser.get("/admin/changes")
    assert "Back to revision 1." in listed
    assert "Rolled back by revision 3" in listed
    assert "The files differ from revision 3" in listed


def test_a_revision_shows_what_it_did_and_the_lines_that_changed(app: App):
    browser = app.sign_in()
    edit(app, "  size: {type: text}\n", "")
    edit(app, "label: Deal", "label: <b>Bargain</b>")
    apply_files(app, browser, "No sizes\nany more")
    page = browser.get("/admin/changes/2")
    for text in (
        "No sizes\nany more",
        "Admin (admin@example.com)",
        "Served",
        "Retire",
        "deals.size",
        "+1",
        "\u22122",
    ):
        assert text in page, text
    assert "<ins>+label: &lt;b&gt;Bargain&lt;/b&gt;</ins>" in page.text
    assert "<del>-  size: {type: text}</del>" in page.text
    assert "the retired field deals.size" in page
    assert "the retired field deals.size" in browser.get("/admin/changes/kept")
    assert "It is the first" in browser.get("/admin/changes/1")
    for address in ("/admin/changes/3", "/admin/changes/0", "/admin/changes/9999999999999999999"):
        assert browser.get(address).status == 404
    assert browser.get("/admin/changes/2/rollback").status == 404


@SQLITE
def test_what_was_overwritten_is_kept_with_a_date(app: App):
    browser = app.sign_in()
    make(app, "deals", name="Big", stage="lost")
    merge_values(app)
    apply_files(app, browser, lossy="yes")
    kept = browser.get("/admin/changes/kept")
    assert "what revision 2 has overwritten in deals.stage" in kept
    until = app.site.clock.now().year
    assert re.search(rf"{until}|{until + 1}", kept.text.split("what revision 2")[1])
    assert "trellis purge" in kept


@SQLITE
def test_a_long_difference_is_cut_and_each_file_is_a_click_away(app: App):
    browser = app.sign_in()
    values = "\n".join(f"  value{number}: {{}}" for number in range(900))
    (app.folder / "schemas/picklists/many.yaml").write_text(f"values:\n{values}\n", encoding="utf-8")
    for number in range(45):
        file = app.folder / f"schemas/picklists/list{number:02}.yaml"
        file.write_text("values: {a: {}}\n", encoding="utf-8")
    plan = browser.get(PLAN)
    assert plan.text.count("<ins>") <= 500
    assert "More files: 6" in plan
    apply_files(app, browser)
    page = browser.get("/admin/changes/2")
    address = "/admin/changes/2/file?name=pack%2Fschemas%2Fpicklists%2Fmany.yaml"
    assert address in links(page)
    assert browser.get(address).text.count("<ins>") == 901
    assert browser.get("/admin/changes/2/file?name=pack/nothing.yaml").status == 404


@SQLITE
def test_the_list_has_pages(app: App, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("runtime.web.admin.changes.SIZE", 2)
    browser = app.sign_in()
    for number in range(3):
        add_field(app, f"f{number}")
        app.site.apply_pack("watch", message=f"Change {number}")
    first = browser.get("/admin/changes")
    assert "Change 2" in first
    assert "Change 0" not in first
    assert "/admin/changes?before=3" in links(first)
    older = browser.get("/admin/changes?before=3")
    assert "Change 0" in older
    assert "Served" not in older
    assert browser.get("/admin/changes?before=x").status == 200


def test_a_site_without_a_folder_says_so(crm: Any):
    app: App = crm(PACK)
    site = app.house.open_site(None)
    try:
        alone = App(app.house, site, app.folder)
        browser = alone.sign_in()
        assert "This server was started without a pack's folder" in browser.get(PLAN)
        assert browser.get("/admin/changes").status == 200
    finally:
        site.close()
