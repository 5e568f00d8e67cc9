"""How long ``trellis serve`` takes from nothing to its first list, and what it weighs then and later."""

import argparse
import statistics
import time

from bench import databases, servers, site
from bench.client import Client
from bench.list_page import LIST

LATER = 200
"""Pages after which the process is weighed again."""


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    for engine in arguments.engine or databases.ENGINES:
        with databases.fresh(engine) as url:
            with site.opened(url) as opened:
                site.fill(opened, 100, 1000)
                cookie = site.signed_in(opened)
            found = [_start(url, cookie) for _ in range(arguments.times)]
        seconds, fresh, used = zip(*found, strict=True)
        print(
            f"{engine}: {statistics.median(seconds):.2f} s from nothing to the first list (least"
            f" {min(seconds):.2f}); {max(fresh):.0f} MiB then, {max(used):.0f} MiB after {LATER} more"
        )


def _start(url: str, cookie: str) -> tuple[float, float, float]:
    port = servers.free_port()
    begun = time.perf_counter()
    with servers.running(servers.trellis(site.PACK, port), port, "/health", TRELLIS_DATABASE=url) as process:
        client = Client(port, {"Cookie": cookie})
        _list(client)
        seconds, fresh = time.perf_counter() - begun, servers.memory(process)
        for _ in range(LATER):
            _list(client)
        return seconds, fresh, servers.memory(process)


def _list(client: Client) -> None:
    if (answer := client.get(LIST)).status != 200:
        raise ValueError(f"The list answers {answer.status}.")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.start", description=__doc__)
    parser.add_argument("--engine", action="append", choices=databases.ENGINES, help="only this database")
    parser.add_argument("--times", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
