"""The companion: a worker in a process of its own beside a server, started again when it dies.

The server holds one end of a pipe to it. When the server ends, however it ends, the companion hears it,
finishes its batch and ends too.
"""

import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping

log = logging.getLogger("trellis.background")

AFTER = 1.5
"""Seconds after the server's start: the first page comes first."""
LONGEST_PAUSE = 30.0
"""Seconds between two starts of a worker that dies again and again."""
FAST = 10.0
"""Whoever lives for less than this many seconds did not live."""
PATIENCE = 20.0
"""Seconds that a worker has for its batch when the server ends; then it is killed, which loses no work."""


class Companion:
    """Starts the worker, starts it again when it dies, and ends it."""

    def __init__(self, environment: Mapping[str, str], after: float = AFTER) -> None:
        self._environment = {**os.environ, **environment}
        self._after = after
        self._stopped = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep_alive, name="companion", daemon=True)

    def start(self) -> None:
        """Begin, in a moment."""
        self._thread.start()

    def stop(self) -> None:
        """Have the worker finish its batch, and wait for it."""
        self._stopped.set()
        process = self._process
        if process is not None:
            process.terminate()
        self._thread.join(timeout=PATIENCE)
        if process is not None and process.poll() is None:
            process.kill()

    def _keep_alive(self) -> None:
        pause = self._after
        while not self._stopped.wait(pause):
            lived, code = self._live()
            if self._stopped.is_set():
                return
            pause = 0.2 if lived > FAST else min(max(pause, 0.5) * 2, LONGEST_PAUSE)
            log.error("the worker ended with %s and is started again in %.1f seconds", code, pause)

    def _live(self) -> tuple[float, int]:
        began = time.monotonic()
        name = f"{socket.gethostname()}:{os.getpid()}:companion"
        command = [sys.executable, "-m", "runtime", "worker", "--companion", "--name", name]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=self._environment
        ) as process:
            self._process = process
            if self._stopped.is_set():
                process.terminate()
            code = process.wait()
        return time.monotonic() - began, code
