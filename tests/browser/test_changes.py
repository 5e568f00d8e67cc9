"""Changes in a browser: a rename is applied beside an open form, watched as it runs, and gone back over."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from runtime.automation.worker import Worker
from tests.support.axe import AXE, SIZES, check_both
from tests.support.crm import App
from tests.support.screens import make, record

PACK = """
    schemas/modules/deals.yaml:
      label: Deal
      fields:
        name: {type: text, required: true}
        size: {type: integer}
        stage: {type: picklist, picklist: stages}
    schemas/picklists/stages.yaml:
      values: {open: {}, won: {}, lost: {}}
"""

pytestmark = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)


@pytest.fixture
def app(crm):
    return crm(PACK)


def edit(app, old, new, name="schemas/modules/deals.yaml"):
    file = app.folder / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


@contextmanager
def working(app: App) -> Iterator[None]:
    """A worker that looks for work all the time."""
    over = threading.Event()
    worker = Worker(app.site, app.site.background, "test")

    def work():
        while not over.wait(0.05):
            worker.drain()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_a_rename_is_applied_and_rolled_back_while_somebody_edits_in_another_tab(app, visit):
    number = make(app, "deals", name="Big", size=3)
    page = visit(app)
    other = page.context.new_page()
    other.goto(f"/app/deals/{number}/edit")
    edit(app, "  size: {type: integer}", "  weight: {type: integer, was: size}")
    page.goto("/admin/changes")
    page.get_by_role("link", name="Show what applying them would do").click()
    expect(page.get_by_role("heading", name="Steps")).to_be_visible()
    page.get_by_label("Why").fill("A deal has a weight")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("It waits for a worker.")).to_be_visible()
    with working(app):
        expect(page.get_by_text("Applied as revision 2.")).to_be_visible()
        other.get_by_label("Size").fill("4")
        other.get_by_role("button", name="Save").last.click()
        expect(other.get_by_text("Saved.")).to_be_visible()
        assert record(app, "deals", number)["weight"] == 4
        other.goto(f"/app/deals/{number}/edit")
        page.get_by_role("link", name="All changes").click()
        expect(page.get_by_text("A deal has a weight")).to_be_visible()
        page.get_by_role("link", name="Revision 1", exact=True).click()
        page.get_by_role("link", name="Go back to it").click()
        expect(page.get_by_role("heading", name="Back to revision 1")).to_be_visible()
        page.get_by_role("button", name="Go back").click()
        expect(page.get_by_text("Applied as revision 3.")).to_be_visible()
    other.get_by_label("Weight").fill("5")
    other.get_by_role("button", name="Save").last.click()
    expect(other.get_by_text("Saved.")).to_be_visible()
    assert record(app, "deals", number)["size"] == 5


@pytest.mark.parametrize("size", list(SIZES))
def test_no_page_of_changes_has_a_violation(app, visit, size):
    make(app, "deals", name="Big", size=3, stage="lost")
    make(app, "deals", name="Small", stage="lost")
    page = visit(app, viewport=SIZES[size])
    page.add_init_script(path=AXE)
    wrong = []

    def look(name, address=None):
        if address is not None:
            page.goto(address)
        wrong.extend(check_both(page, name))

    edit(app, "won: {}, lost: {}", "won: {was: [lost]}", "schemas/picklists/stages.yaml")
    long = "Why this field is there, in a line so long that no telephone shows all of it at once. " * 3
    edit(app, "label: Deal", f"label: Opportunity  # {long}")
    edit(app, "  size: {type: integer}", "  size: {type: integer, required: true, default: 1}")
    look("pending", "/admin/changes")
    look("plan", "/admin/changes/plan")
    page.get_by_label("Why").fill("Fewer stages, and every deal has a size")
    page.get_by_label("I agree that values are lost").check()
    page.get_by_role("button", name="Apply").click()
    page.get_by_text("It waits for a worker.").wait_for()
    look("waiting")
    look("going-on", "/admin/changes")
    Worker(app.site, app.site.background, "test").drain()
    app.site.refresh()
    look("list", "/admin/changes")
    look("revision", "/admin/changes/2")
    look("file", "/admin/changes/2/file?name=pack%2Fschemas%2Fmodules%2Fdeals.yaml")
    look("kept", "/admin/changes/kept")
    look("rollback", "/admin/changes/1/rollback")
    edit(app, "type: integer", "type: intger")
    look("broken", "/admin/changes")
    look("refused", "/admin/changes/plan")
    assert not wrong, "\n".join(wrong)
