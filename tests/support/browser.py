"""Fixtures that drive a real Chromium: `page` is a fresh page, `new_page` opens more of them (phone, dark).

A page that logs an error, throws one, or breaks the content security policy fails its test at the end (its
``troubles``); a refused request (a 4xx answer) is no error. The policy holds in every test: a script that a
test brings along (axe) comes by ``add_init_script``, which the policy lets be. No page reaches another
machine. One Chromium runs in each worker.
"""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.support.programs import find_chromium, missing

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
TELL = """addEventListener('securitypolicyviolation', (broken) => console.error(
    `The policy refuses ${broken.blockedURI} (${broken.effectiveDirective}).`))"""
"""Has every breach of the content security policy logged, whatever the browser logs itself."""
PATIENCE = 20_000  # milliseconds that a page has to do what is waited for


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The worker's Chromium."""
    program = find_chromium()
    if not program:
        missing("There is no Chromium here. On Debian: apt-get install chromium")
    expect.set_options(timeout=PATIENCE)
    playwright = sync_playwright().start()
    started = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
    loop = asyncio.get_running_loop()
    # Playwright's loop counts as running for as long as it lives, and nobody else could call asyncio.run():
    # it is put aside between the tests that drive the browser.
    asyncio._set_running_loop(None)
    started.trellis_loop = loop  # type: ignore[attr-defined]
    yield started
    asyncio._set_running_loop(loop)
    started.close()
    playwright.stop()


@pytest.fixture
def troubles() -> list[str]:
    """What the pages have logged, thrown or broken so far."""
    return []


@pytest.fixture
def new_page(browser: Browser, troubles: list[str]) -> Iterator[Callable[..., Page]]:
    """Opens pages, each with its own cookies: new_page(color_scheme="dark", viewport={"width": 390, …})."""
    asyncio._set_running_loop(browser.trellis_loop)  # type: ignore[attr-defined]
    contexts: list[BrowserContext] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and "the server responded with a status of 4" not in message.text:
            troubles.append(f"{message.text} ({message.location['url']}:{message.location['lineNumber']})")

    def open_page(**options: Any) -> Page:
        assert "bypass_csp" not in options, "The content security policy holds in every browser test."
        context = browser.new_context(**{"locale": "en-US", "timezone_id": "UTC", **options})
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.add_init_script(TELL)
        context.on("console", listen)
        context.on("weberror", lambda error: troubles.append(str(error.error)))
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    asyncio._set_running_loop(None)
    if troubles:
        pytest.fail("The browser's console shows errors:\n" + "\n".join(troubles), pytrace=False)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A fresh page of 1440 x 900 in the light scheme."""
    return new_page(viewport={"width": 1440, "height": 900})
