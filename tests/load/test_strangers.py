"""Strangers at the sign-in, at what passwords really cost: who guesses is braked, who asks learns nothing.

``pytest tests/load/test_strangers.py -m load`` on a quiet machine; some four minutes.
"""

import re
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from io import StringIO
from pathlib import Path

import psutil
import pytest
from starlette.testclient import TestClient

from runtime.assembly import House
from runtime.identity.passwords import Passwords
from tests.support.crm import PASSWORD, App, Browser, write_pack
from tests.support.guarded import rule
from tests.support.mail import mail_server
from tests.support.screens import PACK

pytestmark = [pytest.mark.load, pytest.mark.timeout(900)]
SUE, BO = "sue@example.com", "bo@example.com"
PAIRS = 200
CLOSE = 0.010
"""Seconds between the medians: less than that nobody tells apart over a network."""
GUESSES, GUESSERS = 10_000, 8
URL = "http://crm.test"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A CRM whose passwords cost what they cost."""
    with ExitStack() as stack:
        box = stack.enter_context(mail_server())
        environment = {
            "TRELLIS_DATABASE": f"sqlite:///{tmp_path}/x.db",
            "TRELLIS_MAIL": box.address,
            "TRELLIS_URL": URL,
        }
        house = House(environment, StringIO(), StringIO(), folder=tmp_path)
        folder = write_pack(tmp_path / "pack", PACK)
        site = house.open_site(folder)
        stack.callback(site.close)
        app = App(house, site, folder)
        for email in (SUE, BO):
            app.user(email, admin=False)
        yield app


def ask(browser: Browser, address: str, **typed: str) -> tuple[int, str]:
    """Send a form of strangers; gives the answer but for what is another one each time."""
    csrf = browser.get(address).hidden("_csrf")
    answer = browser.client.post(address, data={"_csrf": csrf, **typed}, follow_redirects=False)
    return answer.status_code, re.sub(r'value="[^"]*"', "", answer.text)


@pytest.mark.parametrize(
    "address, typed", [("/signin", {"password": "wrong"}), ("/signin/forgotten", {})], ids=["login", "reset"]
)
def test_an_unknown_address_is_told_as_a_known_one_and_as_fast(
    app: App, address: str, typed: dict[str, str]
) -> None:
    rule(app, account_failures=10_000, address_failures=10_000, site_failures=100_000)
    times: dict[bool, list[float]] = {True: [], False: []}
    differing, browser = 0, Browser(app.client())
    for number in range(PAIRS):
        told = []
        for known in (True, False) if number % 2 else (False, True):
            email = SUE if known else f"nobody{number}@example.com"
            began = time.perf_counter()
            told.append(ask(browser, address, email=email, **typed))
            times[known].append(time.perf_counter() - began)
        differing += told[0] != told[1]
    told_known, told_unknown = (statistics.median(times[each]) for each in (True, False))
    apart = abs(told_known - told_unknown) * 1000
    print(f"{PAIRS} pairs, {differing} differing bodies, medians {apart:.1f} ms apart")
    assert differing == 0
    assert apart < CLOSE * 1000


def test_ten_thousand_guesses_cost_twenty_hashes_and_keep_nobody_waiting(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    check = Passwords.check

    def counted(self: Passwords, password: str, kept: str | None) -> bool:
        hashed.append(password)
        return check(self, password, kept)

    monkeypatch.setattr(Passwords, "check", counted)
    before = psutil.Process().memory_info().rss
    done = threading.Event()
    guessers = [threading.Thread(target=guess, args=(app, number)) for number in range(GUESSERS)]
    times: list[float] = []
    other = threading.Thread(target=signing_in, args=(app, done, times.append))
    for each in (*guessers, other):
        each.start()
    for each in guessers:
        each.join()
    done.set()
    other.join()
    grown = (psutil.Process().memory_info().rss - before) / (1 << 20)
    guessed = sum(each.startswith("guess") for each in hashed)
    p95 = statistics.quantiles(times, n=20)[-1]
    print(f"{GUESSES:,} guesses, {guessed} hashed, +{grown:.0f} MiB")
    print(f"{len(times)} sign-ins of others meanwhile, p95 {p95:.2f} s")
    assert guessed <= 20
    assert p95 < 1
    assert grown < 200


def at(app: App, address: str) -> TestClient:
    """A client at an address."""
    return TestClient(app.house.application(app.site), base_url=URL, client=(address, 5))


def guess(app: App, number: int) -> None:
    """One of the guessers, each of whom has a part of the guesses."""
    browser = Browser(at(app, f"198.51.100.{number}"))
    csrf = browser.get("/signin").hidden("_csrf")
    for each in range(GUESSES // GUESSERS):
        sent = {"_csrf": csrf, "email": SUE, "password": f"guess {number} {each}"}
        answer = browser.client.post("/signin", data=sent, follow_redirects=False)
        assert answer.status_code != 303


def signing_in(app: App, done: threading.Event, note: Callable[[float], None]) -> None:
    """Somebody else, at another address, who signs in again and again meanwhile."""
    while not done.is_set():
        client = at(app, "203.0.113.9")
        csrf = Browser(client).get("/signin").hidden("_csrf")
        began = time.perf_counter()
        answer = client.post("/signin", data={"_csrf": csrf, "email": BO, "password": PASSWORD})
        note(time.perf_counter() - began)
        assert answer.status_code == 200
