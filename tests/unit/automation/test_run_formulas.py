"""Tests of running formulas over records that stand: in batches, once each whoever dies, and back again."""

from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from sqlalchemy import select, update

from runtime.automation.context import Batch, Context
from runtime.automation.worker import Worker
from runtime.base.clock import FrozenClock
from runtime.base.messages import from_json
from runtime.cli.base import CommandError
from runtime.cli.formulas import FormulasCommand
from runtime.identity.actor import SYSTEM
from runtime.records.change import Change
from runtime.storage.operations import StoredOperation
from tests.support.crm import App
from tests.support.screens import make, record
from tests.unit.automation.desk import Power

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
PACK = """
    schemas/modules/items.yaml:
      title: name
      fields:
        name: {type: text, required: true}
        price: {type: integer, required: true}
        total: {type: integer}
        code: {type: text}
      checks:
        cheap: {check: is_empty(total) or total < 1000, message: It is too dear., location: total}
    formulas/items.yaml:
      total: {field: total, value: price * 2}
      code: {field: code, run: create, value: upper(name)}
"""


@dataclass
class Works:
    """The CRM, its clock, and workers."""

    app: App
    clock: FrozenClock

    def start(self, **arguments: Any) -> int:
        with self.app.site.database.write() as tx:
            background = self.app.site.background
            return background.start(tx, "run_formulas", {"module": "items", **arguments}, SYSTEM)

    def work(self, name: str = "one") -> None:
        Worker(self.app.site, self.app.site.background, name, timedelta(seconds=30)).drain()

    def look(self, operation: int) -> StoredOperation:
        with self.app.site.database.read() as connection:
            found = self.app.site.background.operations.find(connection, operation)
        assert found is not None
        return found

    def run(self, **arguments: Any) -> Mapping[str, int]:
        operation = self.start(**arguments)
        self.work()
        done = self.look(operation)
        assert done.state == "done", done
        counts: Mapping[str, int] = (done.result or {})["counts"]
        return counts

    def make(self, count: int) -> list[int]:
        """Records as they stood before there were formulas."""
        live = self.app.site.live
        changes = [Change("items", {"name": f"item {number}", "price": number}) for number in range(count)]
        with self.app.site.database.write() as tx:
            saved = live.writer.save(tx, changes, SYSTEM, live.parsing(SYSTEM, "rest"))
        ids: list[int] = [one.id for one in saved]  # type: ignore[union-attr]
        self.overwrite(ids, total=None, code=None)
        return ids

    def overwrite(self, ids: list[int], **values: Any) -> None:
        """Write beside the writer."""
        table = self.app.site.live.tables.module("items")
        named = {table.columns[key][0]: value for key, value in values.items()}
        with self.app.site.database.write() as tx:
            tx.connection.execute(update(table.table).where(table.columns["id"][0].in_(ids)).values(named))

    def items(self) -> list[tuple[Any, ...]]:
        """Every record's total, code and version, in the order they were made."""
        table = self.app.site.live.tables.module("items")
        columns = [table.columns[key][0] for key in ("total", "code", "version")]
        with self.app.site.database.read() as connection:
            found = connection.execute(select(*columns).order_by(table.columns["id"][0]))
            return [tuple(row) for row in found]


@pytest.fixture
def works(crm: Callable[..., App], monkeypatch: pytest.MonkeyPatch) -> Works:
    monkeypatch.setattr("runtime.automation.operations.run_formulas.BATCH", 2)
    clock = FrozenClock(NOW)
    return Works(crm(PACK, clock=clock), clock)


def test_every_record_is_saved_as_it_stands_and_only_what_changes_is_written(works: Works):
    works.make(5)
    assert works.run() == {"updated": 5, "unchanged": 0, "refused": 0}
    assert works.items() == [(number * 2, None, 2) for number in range(5)]
    assert works.run() == {"updated": 0, "unchanged": 5, "refused": 0}
    assert {version for _, _, version in works.items()} == {2}


def test_a_condition_narrows_it_and_a_named_formula_runs_whatever_its_moment(works: Works):
    works.make(4)
    assert works.run(where="price >= 2", only=["code"]) == {"updated": 2, "unchanged": 0, "refused": 0}
    assert works.items() == [(None, None, 1), (None, None, 1), (4, "ITEM 2", 2), (6, "ITEM 3", 2)]


def test_what_is_refused_stays_and_is_told_in_a_file(works: Works):
    ids = works.make(3)
    works.overwrite(ids[1:2], price=900)
    operation = works.start()
    works.work()
    done = works.look(operation)
    assert (done.result or {})["counts"] == {"updated": 2, "unchanged": 0, "refused": 1}
    file = (done.result or {})["files"]["refused"]
    told = works.app.sign_in().get(f"/app/files/{file}/content").text
    assert f"{ids[1]},total,It is too dear." in told
    assert str(from_json(done.text or {})) == "2 updated, 0 unchanged, 1 refused"


def test_a_run_whose_worker_dies_goes_on_and_saves_no_record_twice(
    works: Works, monkeypatch: pytest.MonkeyPatch
):
    works.make(6)
    operation = works.start()
    seal, batches = Context.seal, []

    def dying(self: Context, batch: Batch) -> None:
        seal(self, batch)
        batches.append(batch)
        if len(batches) == 2:
            raise Power

    monkeypatch.setattr(Context, "seal", dying)
    with pytest.raises(Power):
        works.work()
    assert [version for _, _, version in works.items()] == [2, 2, 1, 1, 1, 1]
    works.clock.moment += timedelta(seconds=31)
    works.work("two")
    assert works.look(operation).result is not None
    assert works.items() == [(number * 2, None, 2) for number in range(6)]


def test_a_run_is_cancelled_between_two_batches_and_what_it_did_can_be_taken_back(works: Works):
    works.make(6)
    operation = works.start()
    landed = Context.landed

    def cancelling(self: Context, batch: Batch) -> None:
        landed(self, batch)
        with works.app.site.database.write() as tx:
            works.app.site.background.operations.ask_cancel(tx, operation)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Context, "landed", cancelling)
        works.work()
    assert works.look(operation).state == "cancelled"
    changed = [total for total, _, _ in works.items() if total is not None]
    assert 2 <= len(changed) < 6
    browser = works.app.sign_in()
    assert "Undo" in browser.get(f"/operations/{operation}")
    browser.post(f"/operations/{operation}/undo", at=f"/operations/{operation}")
    works.work()
    assert all(total is None for total, _, _ in works.items())


def test_a_run_is_taken_back_once_and_keeps_what_was_changed_since(works: Works):
    ids = works.make(3)
    operation = works.start(only=["code"])
    works.work()
    live = works.app.site.live
    with works.app.site.database.write() as tx:
        since = Change("items", {"code": "MINE"}, ids[0])
        live.writer.save(tx, [since], SYSTEM, live.parsing(SYSTEM, "rest"))
    browser = works.app.sign_in()
    page = browser.post(f"/operations/{operation}/undo", at=f"/operations/{operation}")
    assert page.path != f"/operations/{operation}"
    works.work()
    page = browser.get(page.path)
    assert "Kept as they are" in page
    assert [code for _, code, _ in works.items()] == ["MINE", None, None]
    assert browser.post(f"/operations/{operation}/undo", at=f"/operations/{operation}").status == 404
    assert page.path in browser.get(f"/operations/{operation}").text


def test_an_import_in_the_background_is_taken_back_the_same_way(works: Works):
    kept = make(works.app, "items", name="Old", price=1)
    live, site = works.app.site.live, works.app.site
    parsing = live.parsing(SYSTEM, "rest")
    rows = f"id,name,price\n{kept},Older,1\n,New,5\n".encode()
    file = live.attachments.keep(site.database, site.files, "f.csv", BytesIO(rows), SYSTEM, parsing)
    columns = "columns: {id: {field: id, key: true}, name: name, price: price}\n"
    with site.database.write() as tx:
        given = {"module": "items", "map": columns, "files": {"file": file}}
        operation = site.background.start(tx, "import", given, SYSTEM)
    works.work()
    assert record(works.app, "items", kept)["name"] == "Older", works.look(operation)
    works.app.sign_in().post(f"/operations/{operation}/undo", at=f"/operations/{operation}")
    works.work()
    assert record(works.app, "items", kept)["name"] == "Old"


def test_the_command_tells_what_it_did_and_refuses_what_is_not_there(works: Works):
    works.make(3)
    parser = ArgumentParser()
    FormulasCommand().configure(parser)
    assert FormulasCommand().run(parser.parse_args(["run", "items"]), works.app.house) == 0
    out = works.app.house.out
    assert isinstance(out, StringIO)
    assert "3 updated, 0 unchanged, 0 refused" in out.getvalue()
    for words, reason in (
        (["run", "itms"], 'There is no module "itms". Did you mean "items"?'),
        (["run", "items", "--only", "cod"], 'There is no formula "cod". Did you mean "code"?'),
        (["run", "items", "--where", "prise > 5"], "prise"),
    ):
        with pytest.raises(CommandError, match=reason.replace("?", r"\?")):
            FormulasCommand().run(parser.parse_args(words), works.app.house)
    assert record(works.app, "items", works.make(1)[0])["total"] is None
