"""A change that is carried out while somebody looks on: progress, cancelling, dying workers, two appliers."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from runtime.automation.worker import Worker
from runtime.change import apply as applying_module
from runtime.change.apply import apply
from runtime.change.journal import DROPPED, FILLING, changes
from runtime.change.large import Sizes
from runtime.change.locking import applying
from runtime.sites.operations import change
from runtime.storage.inspect import inspect
from tests.journeys.test_changes_page import PACK, PLAN, edit, messages
from tests.support.crm import App, Browser, Page
from tests.support.screens import make, record, submit

Told = Callable[[Any], None]


@pytest.fixture
def app(crm: Any, monkeypatch: pytest.MonkeyPatch) -> App:
    """A CRM of ten deals in which an apply goes by phases from four records on."""
    made: App = crm(PACK)
    for number in range(10):
        make(made, "deals", name=f"Deal {number}")
    monkeypatch.setattr(applying_module, "GROWING", Sizes(large=4, batch=3))
    monkeypatch.setattr(change, "TOLD_EVERY", 0.0)
    edit(made, "  stage:", "  score: {type: integer, required: true, default: 7}\n  stage:")
    return made


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    """Calls what a test puts in here with each step that is further."""
    calls: list[Told] = []
    further = change._Progress.further

    def tell(self: Any, state: Any) -> None:
        further(self, state)
        for call in calls:
            call(state)

    monkeypatch.setattr(change._Progress, "further", tell)
    return calls


def press(browser: Browser) -> Page:
    return submit(browser, PLAN, {"message": "Scores"})


def worker(app: App) -> Worker:
    made = Worker(app.site, app.site.background, "test")
    made.free()
    return made


def journal(app: App) -> list[str]:
    with app.site.database.read() as connection:
        return [each.state for each in changes(connection)]


def has_score(app: App) -> bool:
    with app.site.database.read() as connection:
        found = inspect(connection, app.site.database.schema)
    return found.has("deals", "score")


def applied(app: App) -> list[str | None]:
    return [message for _, message in messages(app)]


def at(done: int, act: Callable[[], None]) -> Told:
    """Act once, when so many records are filled."""
    been: list[bool] = []

    def call(state: Any) -> None:
        if state.done == done and not been:
            been.append(True)
            act()

    return call


def die_half_way(app: App, told: list[Told]) -> None:
    """A worker begins to carry the change out, and dies when six records are filled."""

    def die() -> None:
        raise KeyboardInterrupt

    told.append(at(6, die))
    with pytest.raises(KeyboardInterrupt):
        worker(app).drain()


def test_the_steps_are_shown_with_their_progress_while_they_run(app: App, told: list[Told]):
    browser = app.sign_in()
    page = press(browser)
    waiting = browser.get(page.path)
    assert "It waits for a worker." in waiting
    assert 'hx-trigger="every 1s"' in waiting.text
    seen: list[Page] = []

    def look() -> None:
        seen.append(
            browser.get(page.path, hx_request="true", hx_request_type="partial", hx_target="section#run")
        )
        seen.append(browser.get("/admin/changes"))

    told.append(at(6, look))
    worker(app).drain()
    part, listed = seen
    assert "<html" not in part.text
    assert "6 of 10 records" in part
    assert "Running" in part
    assert "6 of 10 records" in listed
    done = browser.get(page.path)
    assert "Applied as revision 2." in done
    assert "hx-trigger" not in done.text.split('id="run"')[1].split(">")[0]
    assert "It went by phases" in browser.get("/admin/changes/2")
    assert "of 10 records" not in browser.get("/admin/changes")


def test_it_can_be_cancelled_and_what_it_made_is_cleared_away(app: App, told: list[Told]):
    browser = app.sign_in()
    page = press(browser)

    def cancel() -> None:
        submit(browser, page.path, key=f"{page.path}/cancel")

    told.append(at(6, cancel))
    worker(app).drain()
    ended = browser.get(page.path)
    assert "It was cancelled, and nothing was changed." in ended
    assert (journal(app), has_score(app), applied(app)) == ([DROPPED], False, [None])
    assert "The files differ from revision 1" in browser.get("/admin/changes")


def test_what_nobody_has_begun_is_cancelled_at_once(app: App):
    browser = app.sign_in()
    page = press(browser)
    assert "It was cancelled" in submit(browser, page.path, key=f"{page.path}/cancel")
    worker(app).drain()
    assert applied(app) == [None]


def test_a_worker_that_dies_is_followed_by_one_that_goes_on_where_it_stood(app: App, told: list[Told]):
    browser = app.sign_in()
    page = press(browser)

    die_half_way(app, told)
    assert journal(app) == [FILLING]
    next_one = worker(app)
    between = browser.get(page.path)
    assert "It goes on by itself, from where it stands." in between
    assert "6 of 10 records" in between
    filled: list[int] = []
    told.append(lambda state: filled.append(state.done))
    next_one.drain()
    assert "Applied as revision 2." in browser.get(page.path)
    assert filled[0] == 9
    assert applied(app) == ["Scores", None]
    number = make(app, "deals", name="Late")
    assert record(app, "deals", number)["score"] == 7


def test_what_a_dead_worker_has_begun_is_cleared_away_when_it_is_cancelled(app: App, told: list[Told]):
    browser = app.sign_in()
    page = press(browser)

    die_half_way(app, told)
    submit(browser, page.path, key=f"{page.path}/cancel")
    assert (journal(app), has_score(app)) == ([DROPPED], False)
    worker(app).drain()
    assert "It was cancelled" in browser.get(page.path)
    assert applied(app) == [None]


def test_a_worker_that_dies_after_the_revision_has_landed_does_not_apply_it_twice(
    app: App, monkeypatch: pytest.MonkeyPatch
):
    browser = app.sign_in()
    page = press(browser)

    def die(_revision: int) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(change, "_result", die)
        with pytest.raises(KeyboardInterrupt):
            worker(app).drain()
    assert applied(app) == ["Scores", None]
    worker(app).drain()
    assert "Applied as revision 2." in browser.get(page.path)
    assert applied(app) == ["Scores", None]


def test_a_worker_that_is_told_to_stop_leaves_it_to_the_next_one(app: App, told: list[Told]):
    browser = app.sign_in()
    page = press(browser)
    first = worker(app)
    told.append(at(3, first.stop))
    first.drain()
    assert journal(app) == [FILLING]
    assert "Waiting" in browser.get(page.path)
    worker(app).drain()
    assert "Applied as revision 2." in browser.get(page.path)


def test_an_apply_of_another_process_is_shown_and_nobody_comes_between(app: App):
    browser = app.sign_in()
    with applying(app.site.database, "ada (command line)"):
        listed = browser.get("/admin/changes")
        assert "A change is being applied" in listed
        assert "ada (command line)" in listed
        assert 'hx-trigger="every 2s"' in listed.text
        refused = press(browser)
        assert refused.status == 409
        assert "Another process is applying a change:" in refused
        assert "ada (command line)" in refused
    until = time.monotonic() + 20  # PostgreSQL frees the lock a moment after its holder has gone
    while "A change is being applied" in browser.get("/admin/changes"):
        assert time.monotonic() < until


def begin_elsewhere(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """An apply of the files by another process, which dies in the middle."""
    look = app.site.folder.look()
    assert look is not None
    assert look.loaded.catalog is not None

    def stop(state: Any) -> None:
        if state.done == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply(
            app.site.database, look.loaded.catalog, look.loaded.layers, app.house.types, app.site.clock,
            "ada (command line)", on_progress=stop, sizes=Sizes(large=4, batch=3),
        )  # fmt: skip
    monkeypatch.setattr("runtime.web.admin.change_run.SILENT", timedelta(0))


def test_an_interrupted_apply_is_told_and_the_same_goes_on_from_where_it_stood(
    app: App, monkeypatch: pytest.MonkeyPatch, told: list[Told]
):
    browser = app.sign_in()
    begin_elsewhere(app, monkeypatch)
    listed = browser.get("/admin/changes")
    assert "An apply was interrupted" in listed
    assert "6 of 10 records" in listed
    assert "ada (command line)" in listed
    assert "it goes on from where it stands" in browser.get(PLAN)
    filled: list[int] = []
    told.append(lambda state: filled.append(state.done))
    page = press(browser)
    worker(app).drain()
    assert "Applied as revision 2." in browser.get(page.path)
    assert filled[0] == 9


def test_the_health_check_tells_of_an_apply_that_has_not_ended(app: App, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("runtime.web.health.AGE", 0.0)
    monkeypatch.setattr("runtime.web.health.PATIENCE", 20.0)
    client = app.client()
    assert "apply" not in client.get("/health").json()
    begin_elsewhere(app, monkeypatch)
    told = client.get("/health").json()["apply"]
    assert told["base"] == 1
    assert told["silent_seconds"] >= 0


def test_an_interrupted_apply_is_given_up_by_a_click(app: App, monkeypatch: pytest.MonkeyPatch):
    browser = app.sign_in()
    begin_elsewhere(app, monkeypatch)
    assert has_score(app)
    listed = submit(browser, "/admin/changes", key="/admin/changes/give-up")
    assert "An apply was interrupted" not in listed
    assert (journal(app), has_score(app)) == ([DROPPED], False)


def test_an_apply_at_work_elsewhere_is_asked_to_end(app: App, monkeypatch: pytest.MonkeyPatch):
    browser = app.sign_in()
    begin_elsewhere(app, monkeypatch)
    with applying(app.site.database, "ada (command line)"):
        assert "A change is being applied" in browser.get("/admin/changes")
        listed = submit(browser, "/admin/changes", key="/admin/changes/give-up")
        assert "Ending…" in listed
    with app.site.database.read() as connection:
        assert changes(connection)[0].cancel_at is not None
    assert has_score(app)
