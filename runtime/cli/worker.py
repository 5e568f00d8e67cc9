"""``trellis worker``: does what waits in the background, in a process of its own."""

import argparse
import os
import signal
import socket
import sys
import threading

from runtime.cli.base import DONE, Command, CommandError, House

NICENESS = 5
"""A companion lets its server go first."""


class WorkerCommand(Command):
    """Works until it is told to stop; what runs then ends after its batch, and another worker goes on."""

    help = "Do the background work of a site, beside `trellis serve --no-worker` or on other machines."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """How much at one time, and for how long."""
        parser.add_argument("--once", action="store_true", help="do what waits, and stop")
        parser.add_argument(
            "--lease",
            type=float,
            default=30.0,
            metavar="SECONDS",
            help="how long others wait before they take over from a worker that is not heard of (30)",
        )
        parser.add_argument("--name", help="tells this worker from others that live at the same time")
        parser.add_argument("--companion", action="store_true", help=argparse.SUPPRESS)

    def run(self, arguments: argparse.Namespace, house: House) -> int:
        """Work."""
        if not 1 <= arguments.lease <= 3600:
            raise CommandError("--lease is from 1 to 3600 seconds.", 2)
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        if arguments.companion:
            os.nice(NICENESS)
            threading.Thread(target=_wait_for_the_server, args=(stopped,), daemon=True).start()
        site = house.open_site(None)
        try:
            name = arguments.name or f"{socket.gethostname()}:{os.getpid()}"
            print(f"Working for {site.live.catalog.title} as {name}", file=house.out, flush=True)
            house.work(site, name, arguments.lease, stopped, once=arguments.once)
        finally:
            site.close()
        return DONE


def _wait_for_the_server(stopped: threading.Event) -> None:
    # The pipe ends when the server does. Read without a buffer, whose lock Python would want at its own end.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    stopped.set()
