"""An operation that a command waits for: worked off in its own process, with a bar on a terminal."""

import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from runtime.cli.base import House

if TYPE_CHECKING:
    from runtime.sites.site import Site
    from runtime.storage.operations import StoredOperation

LEASE = 30.0
LOOK_SECONDS = 0.2
"""How often the operation is looked at: for the bar, and while another process has it."""


def work_off(house: House, site: "Site", operation_id: int, name: str) -> "StoredOperation":
    """Do what waits until an operation has ended, or somebody presses Ctrl-C: then it is left to go on later.

    ``name`` is the command's: what an earlier run of it on this machine left is taken over at once.
    """

    def look() -> "StoredOperation":
        with site.database.read() as connection:
            found = site.background.operations.find(connection, operation_id)
        assert found is not None, "an operation that is open is not forgotten"
        return found

    worker = f"{socket.gethostname()}:{name}"
    with _told_to_stop() as stopped, _bar(house, look):
        house.work(site, worker, LEASE, stopped, once=True)
        while (operation := look()).is_open and not stopped.wait(LOOK_SECONDS):
            with site.database.read() as connection:
                is_free = site.background.operations.has_claimable(connection)
            if is_free:  # given back for a while, or its worker has died
                house.work(site, worker, LEASE, stopped, once=True)
    return operation


@contextmanager
def _told_to_stop() -> "Iterator[threading.Event]":
    """Set by the first Ctrl-C or SIGTERM; a second one ends the process as it always does."""
    stopped = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stopped
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def stop(*_: object) -> None:
        stopped.set()
        restore()

    for number in before:
        signal.signal(number, stop)
    try:
        yield stopped
    finally:
        restore()


@contextmanager
def _bar(house: House, look: "Callable[[], StoredOperation]") -> Iterator[None]:
    stream = house.err
    if not stream.isatty() or stream is not sys.stderr:
        yield
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from runtime.base.messages import from_json

    columns = (BarColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    ended = threading.Event()
    with Progress(*columns, console=Console(file=stream), transient=True) as bar:
        task = bar.add_task("", total=None)

        def follow() -> None:
            while not ended.wait(LOOK_SECONDS):
                found = look()
                told = str(from_json(found.text)) if found.text else ""
                bar.update(task, completed=found.done, total=found.total, description=told)

        thread = threading.Thread(target=follow, name="bar", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
