"""Who writes holds its revision: a newer one makes it begin anew, and an apply waits until it is done."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from sqlalchemy import text

from runtime.storage.database import Database
from runtime.storage.errors import BusyError, OutdatedError
from runtime.storage.generations import await_writers, hold_revision
from tests.support.crm import App, write_pack

DEALS = """
    schemas/modules/deals.yaml:
      title: name
      fields:
        name: {type: text, required: true}
"""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database at its third revision."""
    with closing(Database.open(database_url, pool=4)) as opened:
        with opened.write() as tx:
            tx.connection.execute(text("CREATE TABLE trellis_revisions (id BIGINT)"))
            tx.connection.execute(text("INSERT INTO trellis_revisions VALUES (2), (3)"))
        yield opened


def test_the_applied_revision_is_held_and_an_older_one_is_outdated(database: Database) -> None:
    with database.write() as tx:
        hold_revision(tx, 3)
        hold_revision(tx, 3)
        with pytest.raises(OutdatedError, match="Revision 3 was applied while this was done with revision 2"):
            hold_revision(tx, 2)


def test_what_is_written_before_anything_is_applied_holds_nothing(database: Database) -> None:
    with database.write() as tx:
        hold_revision(tx, None)


def test_an_apply_waits_until_those_who_write_are_done(database: Database) -> None:
    if database.dialect == "sqlite":
        return  # there is one writer at a time anyway
    writing, written = threading.Event(), threading.Event()

    def write() -> None:
        with database.write() as tx:
            hold_revision(tx, 3)
            writing.set()
            time.sleep(0.3)
            written.set()

    thread = threading.Thread(target=write)
    thread.start()
    writing.wait()
    with database.write() as tx:
        await_writers(tx.connection)
        assert written.is_set()
        tx.connection.execute(text("INSERT INTO trellis_revisions VALUES (4)"))
    thread.join()


def test_who_waited_behind_an_apply_finds_that_it_is_outdated(database: Database) -> None:
    if database.dialect == "sqlite":
        return
    applying, found = threading.Event(), []

    def write() -> None:
        applying.wait()
        try:
            with database.write() as tx:
                hold_revision(tx, 3)
        except BusyError as error:
            found.append(type(error))

    thread = threading.Thread(target=write)
    thread.start()
    with database.write() as tx:
        await_writers(tx.connection)
        applying.set()
        time.sleep(0.3)
        tx.connection.execute(text("INSERT INTO trellis_revisions VALUES (4)"))
    thread.join()
    assert found == [OutdatedError]


def test_a_form_sent_to_a_process_that_is_behind_is_saved_with_the_newest_revision(
    crm: Callable[..., App],
) -> None:
    app = crm(DEALS)
    browser = app.sign_in()
    page = browser.get("/app/deals/new")
    _apply_elsewhere(app, DEALS + "        stage: {type: text, required: true, default: open}\n")
    assert app.site.live.revision == 1
    sent = {"_csrf": page.hidden("_csrf"), "_revision": page.hidden("_revision"), "name": "One"}
    done = browser.client.post("/app/deals/new", data=sent)
    assert done.status_code == 200
    assert app.site.live.revision == 2
    with app.site.database.read() as connection:
        assert connection.execute(text("SELECT name, stage FROM deals")).all() == [("One", "open")]


def test_rest_writes_with_the_newest_revision_too(crm: Callable[..., App]) -> None:
    app = crm(DEALS)
    rest = app.program()
    _apply_elsewhere(app, DEALS + "        stage: {type: text, required: true, default: open}\n")
    answer = rest("POST", "/deals", json={"name": "One"})
    assert answer.status_code == 201
    assert answer.json()["data"]["stage"] == "open"


def test_a_revision_that_cannot_be_read_leaves_the_last_good_one_serving(crm: Callable[..., App]) -> None:
    app = crm(DEALS)
    browser = app.sign_in()
    _apply_elsewhere(app, DEALS + "        size: {type: integer}\n")
    with app.site.database.write() as tx:
        tx.connection.execute(
            text("UPDATE trellis_revision_files SET text = replace(text, 'integer', 'unheard_of')")
        )
    assert not app.site.refresh()
    assert app.site.live.revision == 1
    assert browser.get("/app/deals").status == 200
    health = browser.client.get("/health").json()
    assert (health["status"], health["revision"], health["newest_revision"]) == ("behind", 1, 2)
    assert "Revision 2 cannot be served by this process" in browser.get("/admin/diagnostics")
    assert app.program()("POST", "/deals", json={"name": "One"}).status_code == 503


def _apply_elsewhere(app: App, text: str) -> None:
    write_pack(app.folder, text)
    other = app.house.open_site(app.folder)
    try:
        other.apply_pack()
    finally:
        other.close()
