"""Tests of the worker: each batch lands once, whoever dies, is stopped or cancelled, or comes back late."""

import threading

import pytest

from runtime.automation.context import Batch, Context
from runtime.base.messages import from_json
from runtime.identity.actor import SYSTEM
from runtime.storage.errors import BusyError
from tests.unit.automation.desk import Desk, Power

THREE = ["item 0", "item 1", "item 2"]


def cut(_context: Context) -> None:
    raise Power


def test_what_waits_is_done_and_its_result_is_kept(desk: Desk):
    operation = desk.start()
    assert desk.worker().drain() == 1
    done = desk.look(operation)
    assert (done.state, done.done, done.total) == ("done", 3, 3)
    assert done.result == {"noted": [0, 1, 2]}
    assert desk.items() == THREE


def test_nothing_is_started_where_the_cause_is_undone(desk: Desk):
    def fail() -> None:
        with desk.app.site.database.write() as tx:
            desk.background.start(tx, "adding", {}, SYSTEM)
            raise Power

    with pytest.raises(Power):
        fail()
    assert desk.worker().drain() == 0


def test_another_worker_goes_on_from_the_last_batch_that_landed(desk: Desk):
    operation = desk.start()
    desk.script.after[1] = cut
    with pytest.raises(Power):
        desk.worker().drain()
    assert desk.worker("two").drain() == 0  # the lease is still held
    desk.later(31)
    assert desk.worker("two").drain() == 1
    assert desk.items() == THREE
    assert desk.look(operation).result == {"noted": [0, 1, 2]}


def test_a_batch_whose_worker_dies_in_its_midst_leaves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    desk.start()
    seal = Context.seal

    def dying(self: Context, batch: Batch) -> None:
        seal(self, batch)
        if batch.kept["checkpoint"]["number"] == 2:
            monkeypatch.undo()
            raise Power

    monkeypatch.setattr(Context, "seal", dying)
    with pytest.raises(Power):
        desk.worker().drain()
    assert desk.items() == THREE[:1]
    desk.later(31)
    desk.worker("two").drain()
    assert desk.items() == THREE


def test_a_worker_that_comes_back_too_late_writes_nothing(desk: Desk):
    operation = desk.start()

    def sleep(_context: Context) -> None:
        desk.later(31)
        assert desk.worker("two").drain() == 1

    desk.script.after[0] = sleep
    desk.worker().drain()
    assert desk.items() == THREE
    assert (desk.look(operation).state, desk.script.runs) == ("done", 2)


def test_a_worker_that_is_told_to_stop_gives_the_rest_back_at_once(desk: Desk):
    operation, worker = desk.start(), desk.worker()
    desk.script.after[0] = lambda _context: worker.stop()
    worker.drain()
    given_back = desk.look(operation)
    assert (given_back.state, given_back.done, given_back.attempts) == ("queued", 1, 0)
    desk.worker("two").drain()
    assert desk.items() == THREE


def test_what_waits_is_cancelled_at_once_and_what_runs_after_its_batch(desk: Desk):
    waiting = desk.start()
    assert desk.cancel(waiting)
    assert desk.worker().drain() == 0
    assert desk.look(waiting).state == "cancelled"
    running = desk.start()
    desk.script.after[0] = lambda _context: desk.cancel(running)
    desk.worker().drain()
    assert desk.look(running).state == "cancelled"
    assert desk.items() == THREE[:2]  # the batch that had been begun when it was seen
    assert not desk.cancel(running)


def test_what_kills_its_worker_again_and_again_is_given_up(desk: Desk):
    desk.script.batches = 0
    operation = desk.start()
    worker = desk.worker()
    for _ in range(5):
        with desk.app.site.database.write() as tx:
            assert desk.background.operations.claim(tx, "doomed", worker._lease) is not None
        desk.later(31)
    assert worker.drain() == 0
    worker.give_up()
    assert desk.look(operation).state == "failed"


def test_what_gets_further_each_time_is_never_given_up(desk: Desk):
    desk.script.batches = 12
    operation = desk.start()
    for number in range(11):
        desk.script.after[number] = cut
        with pytest.raises(Power):
            desk.worker().drain()
        desk.later(31)
    desk.worker().drain()
    assert (desk.look(operation).state, len(desk.items())) == ("done", 12)


def test_a_busy_database_is_tried_again_later(desk: Desk):
    operation = desk.start()

    def busy(_context: Context) -> None:
        raise BusyError("Others are writing.")

    desk.script.after[0] = busy
    desk.worker().drain()
    assert desk.look(operation).state == "queued"
    desk.later(60)
    desk.worker().drain()
    assert (desk.look(operation).state, desk.items()) == ("done", THREE)


def test_a_fault_of_the_program_fails_it_and_names_the_log(desk: Desk, caplog: pytest.LogCaptureFixture):
    operation = desk.start()
    desk.script.after[0] = lambda _context: 1 / 0
    desk.worker().drain()
    failed = desk.look(operation)
    assert failed.state == "failed"
    assert failed.error is not None
    assert str(operation) in str(from_json(failed.error))
    assert "ZeroDivisionError" in caplog.text


def test_a_user_who_may_not_sign_in_any_more_has_nothing_done(desk: Desk):
    with desk.app.site.database.write() as tx:
        operation = desk.background.operations.add(tx, "adding", {}, "", 1 << 40, None)
    desk.worker().drain()
    assert (desk.look(operation).state, desk.items()) == ("failed", [])


def test_what_ended_long_ago_is_forgotten(desk: Desk):
    operation = desk.start()
    desk.worker().drain()
    desk.later(29 * 24 * 3600)
    desk.worker().tidy()
    assert desk.look(operation).state == "done"
    desk.later(2 * 24 * 3600)
    desk.worker().tidy()
    with desk.app.site.database.read() as connection:
        assert desk.background.operations.find(connection, operation) is None
        assert desk.background.operations.notes(connection, operation, "made") == []


def test_a_checkpoint_outside_of_the_transaction_would_be_noticed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    """The control of these tests: in the order that they are there to forbid, an item comes twice."""
    desk.start()
    desk.script.after[0] = cut
    with monkeypatch.context() as patched:
        patched.setattr(Context, "seal", lambda _self, _batch: None)
        with pytest.raises(Power):
            desk.worker().drain()
    desk.later(31)
    desk.worker("two").drain()
    assert desk.items() == ["item 0", *THREE]


def test_workers_that_work_at_the_same_time_never_take_the_same(desk: Desk):
    desk.script.batches = 1
    started = [desk.start() for _ in range(12)]
    counts: list[int] = []
    threads = [
        threading.Thread(target=lambda name=name: counts.append(desk.worker(name).drain()), daemon=True)
        for name in ("one", "two", "three")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sum(counts) == 12
    assert {desk.look(each).claim for each in started} == {1}
    assert desk.items() == ["item 0"] * 12


def test_what_saves_left_in_the_outbox_long_ago_is_forgotten(desk: Desk):
    desk.start()
    desk.worker().drain()
    outbox = desk.app.site.live.tables.outbox

    def left() -> int:
        with desk.app.site.database.read() as connection:
            return len(list(connection.execute(outbox.select())))

    desk.later(29 * 24 * 3600)
    desk.worker().tidy()
    assert left() > 2
    desk.script.batches = 1
    desk.start()
    desk.worker().drain()
    desk.later(2 * 24 * 3600)
    desk.worker().tidy()
    assert 0 < left() <= 2
