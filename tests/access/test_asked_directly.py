"""Each part that reads or writes asks the judge itself, whatever the doors before it have asked."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from runtime.identity.actor import Actor
from runtime.identity.users import Users
from runtime.model.catalog import Path
from runtime.records.change import Change, Refused
from runtime.records.exporting import NotExportedError, exported
from runtime.storage.query import Query
from tests.access.beside import beside
from tests.access.office import Office
from tests.support.flows import Flows

__all__ = ["beside"]


@contextmanager
def reading(office: Office, name: str) -> Iterator[tuple[Connection, Actor]]:
    """A connection, and somebody who acts."""
    live = office.app.site.live
    with office.app.site.database.read() as connection:
        user = Users(live.tables).by_id(connection, office.ids[name])
        assert user is not None
        yield connection, live.actor_of(user, "form")


def wrong(office: Office, name: str, change: Change) -> dict[str, tuple[str, ...]]:
    """What is wrong with a change that somebody hands to the writer; it must be refused."""
    with reading(office, name) as (_, actor):
        pass
    (outcome,) = Flows(office.app).save_all([change], actor)
    assert isinstance(outcome, Refused), f"{name} may not: {change}"
    return {key: tuple(map(str, reasons)) for key, reasons in outcome.errors.items()}


def club(office: Office) -> int:
    """A record of a module that sellers may write, and not read."""
    return int(office.admin("POST", "/clubs", json={"name": "Rowing"}).json()["data"]["id"])


def test_a_module_that_is_closed_is_not_read_with_a_reader_that_shows_everything(beside: Office) -> None:
    live, number = beside.app.site.live, club(beside)
    beside.ids["boss"] = beside.app.user("boss@example.com")
    for name, seen in (("boss", True), ("sam", False)):
        with reading(beside, name) as (connection, actor):
            moment = live.moment(actor)
            asked = (actor, moment, "clubs", number)
            found = {
                "record": live.records.record(connection, *asked) is not None,
                "history": live.records.history(connection, *asked) != [],
                "refs": live.refs.one(connection, ["clubs"], number, actor, moment) is not None,
                "search": live.search.everywhere(connection, actor, moment, "Rowing", shown=5).found != (),
            }
        assert found == dict.fromkeys(found, seen), name


def test_a_hidden_field_is_not_exported_with_a_catalog_that_names_it(beside: Office) -> None:
    live, refused = beside.app.site.live, []
    with reading(beside, "sam") as (_, actor):
        for key in ("name", "cost"):
            path = Path(key, (live.catalog.modules["deals"].fields[key],))
            try:
                exported(live.judge, actor, Query("deals", columns=(path,)))
            except NotExportedError:
                refused.append(key)
    assert refused == ["cost"]


def test_who_has_no_rights_finds_no_file(beside: Office) -> None:
    deal = beside.deal("With a file", "sam")
    file = {"docs": ("a.txt", b"a", "text/plain")}
    number = beside.admin("POST", f"/deals/{deal}/files", files=file).json()["data"][0]["id"]
    for name, seen in (("sam", True), ("nora", False)):
        with reading(beside, name) as (connection, actor):
            found = beside.app.site.live.attachments.find(connection, actor, number)
        assert (found is not None) is seen, name


def test_the_writer_refuses_what_a_module_does_not_allow_and_tells_nothing_of_its_fields(
    beside: Office,
) -> None:
    account = beside.admin("POST", "/accounts", json={"name": "Acme"}).json()["data"]["id"]
    deal = beside.deal("Won", "sam", stage="won")
    for change in (
        Change("deals", {"name": "x", "nosuch": "x"}),
        Change("deals", {"name": "x"}),
        Change("accounts", {"name": "x", "nosuch": "x"}, id=account),
        Change("accounts", {"name": "x"}, id=account),
        Change("deals", id=deal, action="delete"),
    ):
        assert wrong(beside, "hal", change).keys() == {""}, change


def test_what_one_may_write_and_not_read_is_as_if_it_were_not_there(beside: Office) -> None:
    number = club(beside)
    for change in (Change("clubs", {"name": "x"}, id=number), Change("clubs", id=number, action="delete")):
        assert wrong(beside, "sam", change) == wrong(
            beside, "sam", Change("clubs", {"name": "x"}, id=99999999)
        )


def test_a_file_is_changed_and_deleted_by_who_uploaded_it(beside: Office) -> None:
    deal = beside.deal("With a file", "sam")
    file = {"docs": ("a.txt", b"a", "text/plain")}
    number = beside.admin("POST", f"/deals/{deal}/files", files=file).json()["data"][0]["id"]
    for change in (
        Change("files", {"name": "b.txt"}, id=number),
        Change("files", id=number, action="delete"),
    ):
        (said,) = wrong(beside, "sam", change)[""]
        assert "the one who uploaded it" in said


def test_of_a_closed_module_no_field_is_read(beside: Office) -> None:
    judge = beside.app.site.live.judge
    for name, expected in (("sam", ["accounts"]), ("hal", ["accounts"]), ("nora", [])):
        with reading(beside, name) as (_, actor):
            may = {key: judge.may(actor, key, "read", field="name") for key in ("accounts", "clubs")}
        assert [key for key, verdict in may.items() if verdict.allowed] == expected, name
