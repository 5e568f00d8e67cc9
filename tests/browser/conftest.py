"""The fixture `visit`: opens a CRM in a real browser, signed in.

Its `goto` goes on once the page's scripts are there: until then links are plain links, and a test would ask
of the one or the other by chance. With ``wait_until="commit"`` it does not wait: what is done before the
scripts come is what such a test is about.
"""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Response

from tests.support.crm import PASSWORD, App


@pytest.fixture
def visit(served: Callable[[App], str], new_page: Callable[..., Page]) -> Callable[..., Page]:
    """Open an app in a page of its own, signed in; the address before a path is the page's base."""
    addresses: dict[int, str] = {}

    def open_app(app: App, *, email: str = "admin@example.com", **options: Any) -> Page:
        app.user(email)
        if id(app) not in addresses:
            addresses[id(app)] = served(app)
        size = {"viewport": {"width": 1440, "height": 900}}
        page = new_page(base_url=addresses[id(app)], **{**size, **options})
        page.goto("/signin")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/app")
        _wait_for_scripts(page)
        return page

    return open_app


def _wait_for_scripts(page: Page) -> None:
    go = page.goto

    def goto(address: str, **options: Any) -> Response | None:
        answer = go(address, **options)
        if options.get("wait_until") != "commit" and page.locator("script[type=module]").count():
            page.locator("html[data-ready]").wait_for()
        return answer

    page.goto = goto  # type: ignore[method-assign, assignment]


@pytest.fixture
def loaded() -> Callable[[Page, str], int]:
    """How many bytes come over the wire for an address, by a browser that keeps nothing."""

    def load(page: Page, address: str) -> int:
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        sizes: list[int] = []
        session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        page.goto(address, wait_until="networkidle")
        return sum(sizes)

    return load
