"""Victims: a web and a worker process, each ended at a random moment and begun again, again and again."""

import queue
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 600.0
"""Seconds for a start or an end; a machine that is busy is slow, not wrong."""
LOOK = 0.2


@dataclass
class Tally:
    """With what a process was ended, and how often it was at work then."""

    signals: Counter[str] = field(default_factory=Counter)
    at_work: int = 0
    slowest_start: float = 0.0
    slowest_end: float = 0.0


@dataclass
class Victim:
    """A process of the program: ``is_ready`` when it works, ``is_at_work`` at this very moment; ``before`` is
    called with the name of the signal just before it is sent, and may put it off.
    """

    name: str
    command: list[str]
    environment: Mapping[str, str]
    folder: Path
    longest: float
    is_ready: Callable[["Victim"], bool]
    is_at_work: Callable[[], bool]
    codes: Mapping[int, tuple[int, ...]]
    before: Callable[[str], None] = lambda _name: None
    tally: Tally = field(default_factory=Tally)
    ended_by: str = ""
    process: "subprocess.Popen[bytes] | None" = None
    starts: int = 0

    def start(self) -> None:
        """Begin, and wait until it works."""
        self.starts += 1
        with (self.folder / f"{self.name}-{self.starts}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self.command],
                env=dict(self.environment),
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        began = time.monotonic()
        self.ended_by = ""
        while not self.is_ready(self):
            if self.process.poll() is not None:
                raise AssertionError(f"The {self.name} ended with {self.process.returncode}.\n{self.said()}")
            assert time.monotonic() < began + PATIENCE, f"The {self.name} does not work.\n{self.said()}"
            time.sleep(0.05)
        self.tally.slowest_start = max(self.tally.slowest_start, time.monotonic() - began)

    def end(self, number: signal.Signals, *, counts: bool = True) -> None:
        """Send a signal, and wait for the end."""
        assert self.process is not None
        self.before(number.name)
        at_work = self.is_at_work()
        assert self.process.poll() is None, f"The {self.name} has ended by itself.\n{self.said()}"
        self.ended_by = number.name
        began = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(timeout=PATIENCE)
        assert code in self.codes[number], f"The {self.name} ended with {code}.\n{self.said()}"
        if counts:
            self.tally.signals[number.name] += 1
            self.tally.at_work += at_work
            self.tally.slowest_end = max(self.tally.slowest_end, time.monotonic() - began)

    def kill(self) -> None:
        """Clear away what still runs when a trial has failed."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.kill()
            self.process.wait()

    def said(self) -> str:
        """What it has printed and logged since it began."""
        return (self.folder / f"{self.name}-{self.starts}.log").read_text(errors="replace")


def batter(
    victims: list[Victim],
    signals: "queue.SimpleQueue[signal.Signals]",
    chance: random.Random,
    meanwhile: Callable[[], object],
) -> None:
    """Begin each victim again and again, and end it with whatever signal is the next, at moments that nobody
    chose, until no signal is left and all are dead. ``meanwhile`` is called now and then.
    """
    errors: list[Exception] = []
    over = threading.Event()

    def one(victim: Victim, chance: random.Random) -> None:
        try:
            while not over.is_set() and not errors:
                number = signals.get_nowait()
                victim.start()
                time.sleep(chance.uniform(0.0, victim.longest))
                victim.end(number)
        except queue.Empty:
            return
        except Exception as error:  # noqa: BLE001 - it is raised in the test's own thread
            errors.append(error)

    threads = [
        threading.Thread(target=one, args=(victim, random.Random(chance.random()))) for victim in victims
    ]
    for thread in threads:
        thread.start()
    try:
        while any(thread.is_alive() for thread in threads):
            meanwhile()
            time.sleep(LOOK)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    for error in errors:
        raise error
