"""A trial: people and programs work on two processes, while applies change what they work on."""

import itertools
import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx2

from runtime.change.apply import Applied
from runtime.sites.keys import add_key
from tests.support.crm import PASSWORD, App, Page, write_pack
from tests.support.screens import sheet

PATIENCE = 120.0
"""Seconds for a start; a machine that is busy is slow, not wrong."""


def pack(number: int, renamed_at: int) -> str:
    """The pack after so many changes: each adds a field, one renames ``amount`` to ``worth``."""
    amount = "worth: {type: integer, was: amount}" if number >= renamed_at else "amount: {type: integer}"
    added = [
        f"        extra_{each}: {{type: integer, required: true, default: {each}, index: {_yes(each % 3)}}}"
        for each in range(1, number + 1)
    ]
    text = f"""
    schemas/modules/deals.yaml:
      title: name
      search: [name{", code" if number % 2 else ""}]
      fields:
        name: {{type: text, required: true}}
        code: {{type: text}}
        seats: {{type: integer}}
        double: {{type: integer, formula: seats * {2 + number % 2}}}
        {amount}
"""
    return text + "\n".join(added) + "\n"


def _yes(value: object) -> str:
    return "true" if value else "false"


@dataclass
class Tally:
    """What came of it."""

    requests: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    slowest: float = 0.0
    noticed: list[float] = field(default_factory=list)
    applied: list[float] = field(default_factory=list)
    across: int = 0

    def __str__(self) -> str:
        applied = f"{len(self.applied)} applies (the longest {max(self.applied):.1f} s)"
        noticed = f"noticed everywhere within {max(self.noticed):.1f} s"
        what = ", ".join(f"{count} {name}" for name, count in sorted(self.requests.items()))
        forms = f"{self.across} forms saved on a later revision than they were drawn with"
        return (
            f"{applied}, {noticed}; {what}; {forms}; slowest {self.slowest:.1f} s; {len(self.errors)} errors"
        )


class Trial:
    """A site with two processes that serve it, and those who work with it."""

    def __init__(self, app: App, url: str, rate: float, workers: int = 4) -> None:
        self.app = app
        self.tally = Tally()
        self.expected: dict[int, dict[str, Any]] = {}
        self._key = add_key(app.site, app.user(), "load")
        self._rate = rate
        self._workers = workers
        self.environment = {**os.environ, "TRELLIS_DATABASE": url, "PYTHONPATH": str(Path.cwd())}
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._looking = httpx2.Client()

    # Processes

    @contextmanager
    def served(self) -> Iterator[list[str]]:
        """Two processes; gives their addresses."""
        ports = [_free_port() for _ in range(2)]
        command = [sys.executable, "-m", "runtime", "serve", "--no-worker", "--port"]
        processes = [
            subprocess.Popen([*command, str(port)], env=self.environment, stdout=subprocess.DEVNULL)
            for port in ports
        ]
        addresses = [f"http://127.0.0.1:{port}" for port in ports]
        try:
            for address, process in zip(addresses, processes, strict=True):
                _until(lambda: _answers(address) or process.poll() is not None)  # noqa: B023
                assert process.poll() is None
            yield addresses
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(timeout=30)

    # Work

    def run(self, applies: int, pause: float) -> None:
        """Work while so many changes are applied, one after the other."""
        with self._looking, self.served() as addresses:
            threads = [
                threading.Thread(target=self._work, args=(addresses[place % 2], place))
                for place in range(self._workers)
            ]
            for thread in threads:
                thread.start()
            try:
                for number in range(1, applies + 1):
                    self._apply(number, applies, addresses)
                    time.sleep(pause)
            finally:
                self._stopped.set()
                for thread in threads:
                    thread.join(timeout=PATIENCE)
            self._verify(addresses)

    def _apply(self, number: int, applies: int, addresses: list[str]) -> None:
        write_pack(self.app.folder, pack(number, applies // 2))
        began = time.monotonic()
        outcome = self.app.site.apply_pack("load")
        assert isinstance(outcome, Applied), outcome
        landed = time.monotonic()
        self.tally.applied.append(landed - began)
        for address in addresses:
            _until(lambda: self._revision(address) >= outcome.revision)  # noqa: B023
        self.tally.noticed.append(time.monotonic() - landed)

    def _revision(self, address: str) -> int:
        """What a process serves. A client is used again, for making one takes longer than the answer."""
        return int(self._looking.get(f"{address}/health", timeout=30).json()["revision"])

    def _work(self, address: str, place: int) -> None:
        """One who works: an equal share of the requests, on records of their own."""
        chance, every = Random(place), self._workers / self._rate
        with httpx2.Client(base_url=address, timeout=60, follow_redirects=True) as client:
            try:
                sign_in(client)
            except (httpx2.HTTPError, AssertionError) as error:
                self._wrong(f"signing in: {error!r}")
                return
            mine: list[int] = []
            drawn: dict[int, Page] = {}
            for turn in itertools.count():
                if self._stopped.is_set():
                    return
                began = time.monotonic()
                try:
                    self._one(client, chance, mine, drawn, f"{place}-{turn}")
                except (httpx2.HTTPError, LookupError, ValueError) as error:
                    self._wrong(repr(error))
                took = time.monotonic() - began
                self.tally.slowest = max(self.tally.slowest, took)
                self._stopped.wait(max(0.0, every - took))

    def _one(
        self, client: httpx2.Client, chance: Random, mine: list[int], drawn: dict[int, Page], name: str
    ) -> None:
        kind = chance.choice(("list", "rest list", "record", "create", "update", "form", "form", "new"))
        if kind in ("record", "update", "form") and not mine:
            kind = "create"
        number = chance.choice(mine) if mine else 0
        self.tally.requests[kind] += 1
        match kind:
            case "list":
                self._get(client, "/app/deals")
            case "rest list":
                self._get(client, "/api/v1/deals", **self._as_program)
            case "record":
                self._get(client, f"/api/v1/deals/{number}", **self._as_program)
            case "create":
                answer = client.post(
                    "/api/v1/deals", json={"name": name, "seats": 1}, headers=self._as_program
                )
                if self._is_well(answer, 201):
                    mine.append(answer.json()["data"]["id"])
                    self.expected[mine[-1]] = {"name": name, "seats": 1}
            case "update":
                seats = chance.randrange(1000)
                address = f"/api/v1/deals/{number}"
                answer = client.patch(address, json={"seats": seats}, headers=self._as_program)
                if self._is_well(answer, 200):
                    self.expected[number]["seats"] = seats
                    drawn.pop(number, None)  # a form that was drawn before would be told so
            case "form":
                self._form(client, chance, number, drawn)
            case "new":
                page = self._page(client, "/app/deals/new")
                answer = self._send(client, page, {"name": name})
                if self._is_well(answer, 200):
                    mine.append(int(str(answer.url).rstrip("/").rpartition("/")[2]))
                    self.expected[mine[-1]] = {"name": name}

    def _form(self, client: httpx2.Client, chance: Random, number: int, drawn: dict[int, Page]) -> None:
        """A form is opened, and sent some turns later."""
        if number not in drawn:
            drawn[number] = self._page(client, f"/app/deals/{number}/edit")
            return
        page, worth = drawn.pop(number), chance.randrange(1000)
        control = next(name for name in ("amount", "worth") if name in sheet(page).values)
        if int(page.hidden("_revision")) < self.app.site.live.revision:
            self.tally.across += 1
        if self._is_well(self._send(client, page, {control: str(worth)}), 200):
            self.expected[number]["worth"] = worth

    def _page(self, client: httpx2.Client, path: str) -> Page:
        page = Page(client.get(path))
        self._is_well(page.response, 200)
        return page

    def _send(self, client: httpx2.Client, page: Page, typed: dict[str, str]) -> httpx2.Response:
        found = sheet(page)
        return client.post(found.action, data={**found.values, **typed})

    def _get(self, client: httpx2.Client, path: str, **headers: str) -> None:
        self._is_well(client.get(path, headers=headers), 200)

    @property
    def _as_program(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self._key}"}

    def _is_well(self, answer: httpx2.Response, status: int) -> bool:
        if answer.status_code != status:
            self._wrong(f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text[-400:]}")
        return answer.status_code == status

    def _wrong(self, what: str) -> None:
        with self._lock:
            self.tally.errors.append(what)

    # Afterwards

    def _verify(self, addresses: list[str]) -> None:
        """Every write that was answered as done is there."""
        with httpx2.Client(base_url=addresses[0], timeout=60, headers=self._as_program) as client:
            for number, values in self.expected.items():
                found = client.get(f"/api/v1/deals/{number}").json()["data"]
                kept = {key: found[key if key in found else "amount"] for key in values}
                if kept != values:
                    self._wrong(f"lost: {number} has {kept}, and {values} was written")
                if any(found[key] is None for key in found if key.startswith("extra_")):
                    self._wrong(f"half: {number} lacks a required value: {found}")


def sign_in(client: httpx2.Client) -> None:
    """Sign in with a browser."""
    page = Page(client.get("/signin"))
    given = {"_csrf": page.hidden("_csrf"), "email": "admin@example.com", "password": PASSWORD}
    assert client.post("/signin", data=given).status_code == 200


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _answers(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/health", timeout=5).status_code == 200
    except httpx2.HTTPError:
        return False


def _until(true: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)
