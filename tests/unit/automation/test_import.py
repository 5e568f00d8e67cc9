"""Tests of importing in the background: rows, bad rows and links come once, wherever the worker dies."""

import csv
from io import BytesIO, StringIO
from typing import Any

import pytest

from runtime.automation.context import Batch, Context
from runtime.identity.actor import SYSTEM
from tests.unit.automation.desk import Desk, Power

FILE = """name,above
a,d
b,
c,a
,c
d,nobody
e,b
"""
MAP = "columns: {name: name, above: {field: above, match: name}}\n"


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows a batch, so that six rows are three."""
    monkeypatch.setattr("runtime.records.importing.BATCH", 2)


def upload(desk: Desk, text: str) -> int:
    live = desk.app.site.live
    parsing = live.parsing(SYSTEM, "rest")
    content = BytesIO(text.encode())
    return live.attachments.keep(
        desk.app.site.database, desk.app.site.files, "f.csv", content, SYSTEM, parsing
    )


def start(desk: Desk, text: str = FILE, **arguments: Any) -> int:
    given = {"module": "items", "map": MAP, "files": {"file": upload(desk, text)}, **arguments}
    return desk.start("import", given)


def read_file(desk: Desk, file_id: int) -> list[dict[str, str]]:
    with desk.app.site.database.read() as connection:
        found = desk.app.site.live.attachments.find(connection, SYSTEM, file_id)
    assert found is not None
    content = b"".join(desk.app.site.files.open(found.sha256)).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(content)))


def assert_whole(desk: Desk, operation: int) -> None:
    done = desk.look(operation)
    assert done.state == "done", done.error
    assert done.result is not None
    assert done.result["counts"] == {"created": 5, "updated": 0, "unchanged": 0, "refused": 2}
    assert desk.items() == ["a", "b", "c", "d", "e"]
    bad = read_file(desk, done.result["files"]["errors"])
    assert [(row["line"], row["name"], row["column"]) for row in bad] == [
        ("5", "", "name"),
        ("6", "d", "above"),
    ]


def test_good_rows_go_in_and_the_others_come_back_as_a_file(desk: Desk):
    operation = start(desk)
    desk.worker().drain()
    assert_whole(desk, operation)


@pytest.mark.parametrize("before_commit", [True, False])
@pytest.mark.parametrize("place", range(4))
def test_an_import_whose_worker_dies_anywhere_goes_on_as_if_it_had_not(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, place: int, before_commit: bool
):
    operation, landed = start(desk), Context.landed
    seen: list[int] = []

    def dying(call: Any) -> Any:
        def step(self: Context, batch: Batch) -> None:
            call(self, batch)
            seen.append(1)
            if len(seen) == place + 1:
                raise Power

        return step

    with monkeypatch.context() as patched:
        name = "seal" if before_commit else "landed"
        patched.setattr(Context, name, dying(Context.seal if before_commit else landed))
        try:
            desk.worker().drain()
        except Power:
            desk.later(31)
            desk.worker("two").drain()
    assert len(seen) > place
    assert_whole(desk, operation)


@pytest.mark.parametrize("place", range(2))
def test_an_import_that_is_cancelled_in_the_middle_goes_on_as_if_it_had_not(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, place: int
):
    operation, landed = start(desk), Context.landed
    seen: list[int] = []

    def cancelling(self: Context, batch: Batch) -> None:
        landed(self, batch)
        seen.append(1)
        if len(seen) == place + 1:
            assert desk.cancel(operation)

    with monkeypatch.context() as patched:
        patched.setattr(Context, "landed", cancelling)
        desk.worker().drain()
    cancelled = desk.look(operation)
    assert (cancelled.state, len(seen)) == ("cancelled", place + 2), "it ends behind the batch under way"
    assert desk.resume(operation) == operation
    assert desk.resume(operation) is None, "it waits already"
    desk.worker("two").drain()
    assert_whole(desk, operation)


def test_an_import_that_was_taken_back_does_not_go_on(desk: Desk):
    operation = start(desk)
    desk.cancel(operation)
    desk.worker().drain()
    with desk.app.site.database.write() as tx:
        desk.app.site.background.operations.mark_undone(tx, operation, operation + 1)
    assert desk.resume(operation) is None


def test_a_map_that_does_not_fit_fails_with_the_reason(desk: Desk):
    operation = start(desk, "title\nx\n")
    desk.worker().drain()
    failed = desk.look(operation)
    assert failed.state == "failed"
    assert failed.error is not None
    assert "name" in str(failed.error)
