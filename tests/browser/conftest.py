"""Fixtures that serve a CRM to a real browser: `served` starts one, `visit` opens it, signed in."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Page

from tests.support.crm import PASSWORD, App


class Server(uvicorn.Server):
    """A server in a thread of the test."""

    def install_signal_handlers(self) -> None:
        """None: signals are the test run's."""


@pytest.fixture
def served() -> Iterator[Callable[[App], str]]:
    """Serve an app on a free port; gives its address."""
    with ExitStack() as stack:

        def serve(app: App) -> str:
            config = uvicorn.Config(
                app.house.application(app.site), host="127.0.0.1", port=0, log_level="warning", ws="none"
            )
            server = Server(config)
            thread = threading.Thread(target=server.run, daemon=True)
            thread.start()
            while not server.started:
                time.sleep(0.01)

            def stop() -> None:
                server.should_exit = True
                thread.join(10)

            stack.callback(stop)
            port = server.servers[0].sockets[0].getsockname()[1]
            return f"http://127.0.0.1:{port}"

        yield serve


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
        return page

    return open_app
