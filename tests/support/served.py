"""The fixture `served`: a CRM on a real port, for a browser or a program that speaks real HTTP."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
import uvicorn

from tests.support.crm import App
from tests.support.slow_line import slowed


class Server(uvicorn.Server):
    """A server in a thread of the test."""

    def install_signal_handlers(self) -> None:
        """None: signals are the test run's."""


@pytest.fixture
def served() -> Iterator[Callable[[App], str]]:
    """Serve an app on a free port; gives its address."""
    with ExitStack() as stack:

        def serve(app: App) -> str:
            application = slowed(app.house.application(app.site))
            config = uvicorn.Config(application, host="127.0.0.1", port=0, log_level="warning", ws="none")
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
