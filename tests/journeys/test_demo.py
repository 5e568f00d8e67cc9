"""The demo's filling is background work: it may be killed after any step, cancelled, and watched."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from runtime.automation.context import Context
from runtime.base.clock import FrozenClock
from runtime.language.packs import standard_folder
from runtime.sites.demo import ask_filling, extent
from runtime.sites.world.kept import Kept
from runtime.storage.operations import CANCELLED
from tests.support.crm import App, open_app
from tests.support.demo import fill, look, work
from tests.unit.automation.desk import Power

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
RECORDS = 100
STEPS = extent(RECORDS).steps + 1
SQLITE = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)


def contents(app: App) -> dict[str, list[tuple[object, ...]]]:
    """Every record of the pack's modules, as it is stored."""
    found: dict[str, list[tuple[object, ...]]] = {}
    tables = app.site.live.tables
    with app.site.database.read() as connection:
        for key, module in app.site.live.catalog.modules.items():
            if not module.system:
                table = tables.module(key).table
                found[key] = [tuple(row) for row in connection.execute(table.select().order_by(table.c.id))]
    return found


def texts(app: App) -> dict[str, list[tuple[object, ...]]]:
    """The texts and days of the records, without their ids: on PostgreSQL, those of what was rolled back are
    not given again. The reference of an invoice comes from its id.
    """
    found = {
        key: [tuple(value for value in row if not isinstance(value, int)) for row in rows]
        for key, rows in contents(app).items()
    }
    return {**found, "invoices": [row[:1] for row in found["invoices"]]}


class Killer:
    """Kills the next run when it has landed a number of steps: at once, or in the middle of the next one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left = 0
        self.is_within = False
        landed, seal = Context.landed, Context.seal

        def kill_after(context, batch):
            landed(context, batch)
            self.left -= 1
            if not self.left and not self.is_within:
                raise Power

        def kill_within(context, batch):
            if not self.left and self.is_within:
                raise Power
            seal(context, batch)

        monkeypatch.setattr(Context, "landed", kill_after)
        monkeypatch.setattr(Context, "seal", kill_within)

    def run(self, app: App, steps: int, *, within: bool) -> None:
        """One worker's life."""
        self.left, self.is_within = steps, within
        with pytest.raises(Power):
            work(app.site)


def test_a_filling_that_is_killed_again_and_again_makes_what_an_undisturbed_one_makes(
    crm, tmp_path, monkeypatch, database_engine
):
    clock = FrozenClock(NOON)
    pack = standard_folder()
    assert pack is not None
    app = crm(pack=pack, clock=clock)
    operation_id = ask_filling(app.site, RECORDS)
    assert operation_id is not None
    with monkeypatch.context() as patch:
        killer, reached = Killer(patch), 0
        for steps, within in ((1, False), (9, True), (STEPS - 10, False)):
            killer.run(app, steps, within=within)
            reached += steps
            assert look(app.site, operation_id).done == reached
            clock.moment += timedelta(days=1)
    operation = fill(app.site, RECORDS)
    assert (operation.id, operation.done, operation.total) == (operation_id, STEPS, STEPS)
    assert (operation.result or {})["counts"] == {"records": sum_of_parents(app)}
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path}/undisturbed.db"
        undisturbed = open_app(stack, url, tmp_path, pack, FrozenClock(NOON))
        fill(undisturbed.site, RECORDS)
        assert texts(app) == texts(undisturbed)
        if database_engine == "sqlite":
            assert contents(app) == contents(undisturbed)


def sum_of_parents(app: App) -> int:
    """How many records there are, rows left out."""
    modules = app.site.live.catalog.modules
    return sum(len(rows) for key, rows in contents(app).items() if modules[key].parent is None)


@SQLITE
def test_a_cancelled_filling_leaves_what_is_there_and_is_not_begun_again(crm, monkeypatch):
    app = crm(pack=standard_folder(), clock=FrozenClock(NOON))
    operation_id = ask_filling(app.site, RECORDS)
    assert operation_id is not None
    keep = app.site.background.operations.keep

    def cancel_at_the_third(tx, operation, lease, values):
        if values["done"] == 3:
            app.site.background.operations.ask_cancel(tx, operation.id)
        return keep(tx, operation, lease, values)

    monkeypatch.setattr(app.site.background.operations, "keep", cancel_at_the_third)
    work(app.site)
    operation = look(app.site, operation_id)
    assert (operation.state, operation.done, operation.total) == (CANCELLED, 3, STEPS)
    assert (operation.text or {})["parameters"] == {"count": sum_of_parents(app)}
    assert ask_filling(app.site, RECORDS) is None


def test_ids_that_are_not_in_a_row_are_kept_one_by_one():
    kept = Kept(NOON.date())
    for ids in ([5, 6, 7], [9, 11], [12]):
        kept.add(ids)
    assert kept.to_json() == {"today": "2026-03-04", "steps": 0, "ids": [5, [9, 11], 12]}
    again = Kept.read(kept.to_json(), NOON.date() + timedelta(1))
    assert [again.again(3), again.again(2), again.again(1)] == [[5, 6, 7], [9, 11], [12]]
    assert again.is_read
    assert again.today == kept.today
