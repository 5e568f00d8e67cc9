"""Tests of the queue: a message wakes a worker, a lost or a poisoned one harms nobody."""

import pickle
import threading
import time
from collections.abc import Callable
from contextlib import closing
from io import StringIO
from pathlib import Path
from threading import Event

import pytest

from runtime.assembly import House
from runtime.automation.queue import Queue, QueueError, work
from runtime.base.settings import Settings
from runtime.cli.base import CommandError
from runtime.storage.database import Database
from tests.support.crm import write_pack
from tests.unit.automation.desk import Desk


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_message_wakes_a_worker_and_one_that_is_told_to_stop_ends(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("runtime.automation.queue.LOOK_SECONDS", 3600.0)
    worker, site = desk.worker(), desk.app.site
    with closing(Queue(site.database, "", worker.drain)) as queue, closing(Queue(site.database)) as outside:
        thread = threading.Thread(target=work, args=(worker, queue, 1), daemon=True)
        thread.start()
        operation = desk.start()
        outside.wake()
        until(lambda: desk.look(operation).state == "done")
        worker.stop()
        thread.join(timeout=20)
        assert not thread.is_alive()


def test_a_worker_that_heard_nothing_looks_by_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("runtime.automation.queue.LOOK_SECONDS", 0.05)
    worker = desk.worker()
    operation = desk.start()
    with closing(Queue(desk.app.site.database, "", worker.drain)) as queue:
        monkeypatch.setattr(queue, "wake", lambda: 1 / 0)  # and the queue is broken besides
        thread = threading.Thread(target=work, args=(worker, queue, 1), daemon=True)
        thread.start()
        until(lambda: desk.look(operation).state == "done")
        worker.stop()
        thread.join(timeout=20)


def test_a_poisoned_message_runs_nothing(tmp_path: Path):
    class Poison:
        def __reduce__(self) -> tuple[object, tuple[object, ...]]:
            return (Path.touch, (tmp_path / "poisoned",))

    with (
        closing(Database.open(f"sqlite:///{tmp_path / 'x.db'}")) as database,
        closing(Queue(database)) as queue,
    ):
        huey = queue._open()[0]
        huey.storage.enqueue(pickle.dumps(Poison()))
        huey.storage.enqueue(b'["1", "os.system", null, 0]')
        for _ in range(2):
            with pytest.raises(Exception, match=r"decode|Expecting|not found"):
                huey.dequeue()
        assert not (tmp_path / "poisoned").exists()


def test_redis_without_its_package_is_a_sentence(tmp_path: Path):
    with closing(Database.open(f"sqlite:///{tmp_path / 'x.db'}")) as database:
        queue = Queue(database, "redis://nowhere:6379/0")
        with pytest.raises(QueueError, match="the package redis is not installed"):
            queue.wake()


def test_neither_the_web_nor_a_worker_starts_without_the_package_of_its_queue(tmp_path: Path):
    pack = write_pack(tmp_path / "pack", "schemas/modules/deals.yaml:\n  fields:\n    name: {type: text}\n")
    environment = {
        "TRELLIS_DATABASE": f"sqlite:///{tmp_path}/x.db",
        "TRELLIS_QUEUE": "redis://nowhere:6379/0",
    }
    house = House(environment, StringIO(), StringIO(), folder=tmp_path, cheap_passwords=True)
    with closing(house.open_site(pack)) as site:
        with pytest.raises(CommandError, match="trellis-crm\\[redis\\]"):
            house.serve(site, "127.0.0.1", 0)
        with pytest.raises(CommandError, match="trellis-crm\\[redis\\]"):
            house.work(site, "test", 30, Event())


def test_an_address_that_is_none_of_redis_is_refused():
    with pytest.raises(ValueError, match="must be Redis's address"):
        Settings.read({"TRELLIS_QUEUE": "amqp://x"})
