"""Clients: programs that save by REST, each save under a key, and send it again until it is accepted."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx2

PATIENCE = 600.0
"""Seconds for one save, through however many kills."""
PAUSE = 0.05
BATCH = 40
SOON = 0.03
"""Seconds between two saves at most."""


class Clients:
    """``wants_items`` says whether workflows have little enough to do that there may be items; other saves
    set nothing going. ``ended_by`` is what the server was last ended with.
    """

    def __init__(
        self, address: str, key: str, counter: int, wants_items: Callable[[], bool],
        ended_by: Callable[[], str],
    ) -> None:  # fmt: skip
        self.accepted: dict[str, dict[str, int]] = {"items": {}, "visits": {}}
        self.ready: set[str] = set()
        self.attempted: dict[str, set[str]] = {"items": set(), "visits": set()}
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._address, self._key, self._counter = address, key, counter
        self._wants_items, self._ended_by = wants_items, ended_by
        self._stopped, self._given_up = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self._begun: dict[int, float] = {}
        self._termed = 0.0
        self._threads: list[threading.Thread] = []

    def start(self, count: int, chance: random.Random) -> None:
        """Have so many of them work."""
        for place in range(count):
            thread = threading.Thread(
                target=self._work, args=(place, random.Random(chance.random())), daemon=True
            )
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Let each come to the end of its save."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(timeout=PATIENCE)
            assert not thread.is_alive()

    def give_up(self) -> None:
        """End at once, whatever is still to be answered."""
        self._given_up.set()
        self._stopped.set()

    @property
    def is_over(self) -> bool:
        """Whether none of them works any more."""
        return not any(thread.is_alive() for thread in self._threads)

    @property
    def answered(self) -> int:
        """How many saves were answered with success."""
        return self.counts["accepted"]

    def in_flight(self) -> int:
        """How many requests wait for an answer at this moment."""
        return len(self._begun)

    def told_to_stop(self) -> None:
        """The server is told to stop just now: what is in flight must be answered."""
        self._termed = time.monotonic()

    def _work(self, place: int, chance: random.Random) -> None:
        with httpx2.Client(base_url=self._address, timeout=PATIENCE, trust_env=False) as client:
            number = 0
            while not self._stopped.is_set():
                number += 1
                name = f"{'visit' if not self._wants_items() else 'item'}-{place}-{number}"
                try:
                    self._one(client, place, name, chance)
                except (AssertionError, httpx2.HTTPError, KeyError) as error:
                    self.wrong.append(f"{name}: {error!r}")
                    return
                time.sleep(chance.uniform(0.0, SOON))

    def _one(self, client: httpx2.Client, place: int, name: str, chance: random.Random) -> None:
        key = str(UUID(int=chance.getrandbits(128)))
        if name.startswith("item"):
            values = {"name": name, "counter": self._counter, "email": f"{name}@example.com"}
            self.attempted["items"].add(name)
            made = self._send(client, place, "POST", "/items", values, key)
            number = made["data"]["id"]
            self.accepted["items"][name] = number
            if chance.random() < 0.3:
                self._send(client, place, "PATCH", f"/items/{number}", {"stage": "ready"}, "")
                self.ready.add(name)
        elif chance.random() < 0.2:
            names = [f"{name}-{at}" for at in range(BATCH)]
            self.attempted["visits"].update(names)
            body = {"create": [{"name": each} for each in names]}
            made = self._send(client, place, "POST", "/visits/batch", body, key)
            ids = [each["id"] for each in made["data"]["create"]]
            self.accepted["visits"].update(zip(names, ids, strict=True))
        else:
            self.attempted["visits"].add(name)
            made = self._send(client, place, "POST", "/visits", {"name": name}, key)
            self.accepted["visits"][name] = made["data"]["id"]

    def _send(
        self, client: httpx2.Client, place: int, method: str, path: str, body: dict[str, Any], key: str
    ) -> dict[str, Any]:
        """Send a request until it is accepted."""
        headers = {"authorization": f"Bearer {self._key}"} | ({"idempotency-key": key} if key else {})
        deadline, broken = time.monotonic() + PATIENCE, []
        while time.monotonic() < deadline and not self._given_up.is_set():
            began = self._begun[place] = time.monotonic()
            try:
                answer = client.request(method, f"/api/v1{path}", json=body, headers=headers)
            except httpx2.ConnectError:
                time.sleep(PAUSE)
                continue
            except httpx2.TransportError:
                broken.append(self._ended_by())
                self._count("broken")
                time.sleep(PAUSE)
                continue
            finally:
                self._begun.pop(place, None)
            if answer.is_success:
                self._note(answer, began, broken)
                found: dict[str, Any] = answer.json()
                return found
            assert answer.status_code in (409, 429, 503), f"{answer.status_code} {answer.text[:300]}"
            self._count(f"answered {answer.status_code}")
            time.sleep(PAUSE)
        raise AssertionError(f"{method} {path} was not accepted in {PATIENCE:.0f} s.")

    def _note(self, answer: httpx2.Response, began: float, broken: list[str]) -> None:
        self._count("accepted")
        if began < self._termed:
            self._count("answered after SIGTERM")
        if "idempotent-replayed" in answer.headers:
            self._count("replayed")
            if set(broken) == {"SIGTERM"}:  # done, and the answer was withheld
                self._count("cut by SIGTERM")

    def _count(self, what: str) -> None:
        with self._lock:
            self.counts[what] += 1
