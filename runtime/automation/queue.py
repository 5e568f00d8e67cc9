"""The queue: huey, which does nothing but wake workers.

huey takes a message out before it acts on it, and forgets it when the worker dies. So a message says no more
than "look", and a worker that heard none looks every few seconds all the same. The messages lie beside the
site's database where that is SQLite, in it where that is PostgreSQL, or in Redis
(``TRELLIS_QUEUE=redis://…``). They are JSON: what reads a queue must never run what it reads.
"""

import importlib
import json
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.consumer import Consumer
from huey.registry import Message
from huey.serializer import Serializer
from psycopg.errors import DuplicateTable, UniqueViolation

from runtime.automation.worker import Worker
from runtime.storage.database import Database
from runtime.storage.errors import StorageError

log = logging.getLogger("trellis.background")

LOOK_SECONDS = 5.0
"""How often a worker looks by itself, in case nobody woke it."""
LONGEST_POLL = 1.0
"""How often, at the least, messages that lie in a file are asked for, in seconds."""
TIDY_SECONDS = 3600.0


class JsonSerializer(Serializer):  # type: ignore[misc]
    """Messages as JSON, where huey's own would be pickles."""

    def _serialize(self, data: Any) -> bytes:
        return json.dumps(list(data) if isinstance(data, tuple) else data).encode()

    def _deserialize(self, data: bytes) -> Any:
        return Message(*json.loads(data))


class QueueError(Exception):
    """A queue that cannot be used; the text is a whole sentence."""


class Queue:
    """The messages of one site, which is opened when it is first needed."""

    def __init__(
        self, database: Database, address: str = "", look: Callable[[], object] | None = None
    ) -> None:
        """``address`` is Redis's, or empty where the messages are to lie with the site's data; ``look`` is
        what a message makes a worker do.
        """
        self._database = database
        self._address = address
        self._look = look
        self._opening = threading.Lock()
        self._closing = threading.Lock()
        self._opened: tuple[Huey, Callable[[], object]] | None = None

    def wake(self) -> None:
        """Have a worker look for work."""
        self._open()[1]()

    def consumer(self, threads: int) -> "_Consumer":
        """What hears the messages, in a number of threads; it is still to be started."""
        return _Consumer(self._open()[0], workers=threads, periodic=False, max_delay=LONGEST_POLL)

    def close(self) -> None:
        """Give the connection back."""
        if self._opened is not None:
            self._opened[0].storage.close()

    def _open(self) -> tuple[Huey, Callable[[], object]]:
        with self._opening:
            if self._opened is None:
                huey = self._huey()
                huey.on_shutdown()(self._hang_up)  # each worker's thread says it, for what is its own
                self._opened = huey, huey.task(name="look")(self._hear)
            return self._opened

    def _hang_up(self) -> None:
        # One at a time: what the threads share, huey would close under the feet of another.
        with self._closing:
            self.close()

    def _hear(self) -> None:
        if self._look is not None:
            self._look()

    def _huey(self) -> Huey:
        shared: dict[str, Any] = {"results": False, "serializer": JsonSerializer()}
        name = f"trellis-{self._database.schema}"
        if self._address:
            return _redis(name, self._address, shared)
        if self._database.file is not None:
            # A file of its own: to wait for a message is not to wait for whoever writes records. What a
            # power cut does to it costs nothing but a wake-up.
            file = self._database.file.with_suffix(".queue.db")
            return SqliteHuey(name, filename=str(file), journal_mode="delete", fsync=False, **shared)
        shared |= {"dsn": self._database.address, "table_prefix": "trellis_queue"}
        shared["options"] = f"-c search_path={self._database.schema}"
        try:
            return PostgresHuey(name, **shared)
        except (UniqueViolation, DuplicateTable):  # another process made the tables at the same moment
            return PostgresHuey(name, **shared)


class _Consumer(Consumer):  # type: ignore[misc]
    """huey's consumer, in a process that hears signals by itself."""

    def _set_signal_handlers(self) -> None:
        return


def work(worker: Worker, queue: Queue, threads: int) -> None:
    """Do what the database says, whenever a message comes and every few seconds, until the worker is to stop.

    What runs then ends after its batch. ``queue`` must be one whose ``look`` is the worker's ``drain``.
    """
    consumer = queue.consumer(threads)
    consumer.start()
    looker = threading.Thread(target=_look_by_itself, args=(worker, queue), name="look", daemon=True)
    looker.start()
    try:
        while not worker.stopping.wait(consumer._health_check_interval):
            consumer.check_worker_health()
    finally:
        worker.stop()
        consumer.stop(graceful=True)
        looker.join()


def _look_by_itself(worker: Worker, queue: Queue) -> None:
    tidied = float("-inf")
    while True:
        try:
            if time.monotonic() - tidied > TIDY_SECONDS:
                worker.tidy()
                tidied = time.monotonic()
            worker.give_up()
            if worker.has_work():
                _wake(worker, queue)
        except StorageError as error:
            log.warning("the worker waits for the database: %s", error)
        except Exception:
            log.exception("the worker could not look for work")
        if worker.stopping.wait(LOOK_SECONDS):
            return


def _wake(worker: Worker, queue: Queue) -> None:
    try:
        queue.wake()
    except Exception:
        log.warning("the queue does not work; what waits is done without it", exc_info=True)
        worker.drain()


def check(address: str) -> None:
    """Raise :class:`QueueError` when Redis is asked for and its package is missing; connects to nobody."""
    if not address:
        return
    try:
        importlib.import_module("redis")
    except ImportError:
        raise QueueError(
            f"TRELLIS_QUEUE is {address}, and the package redis is not installed: "
            "pip install 'trellis-crm[redis]' brings it."
        ) from None


def _redis(name: str, address: str, shared: dict[str, Any]) -> Huey:
    check(address)
    return RedisHuey(name, url=address, **shared)
