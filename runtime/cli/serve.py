"""``trellis serve``: the CRM of a pack, in one process."""

import argparse
from pathlib import Path

from runtime.cli.base import DONE, Command, CommandError, House


class Serve(Command):
    """Serves the applied revision; an empty database is given the pack first."""

    help = "Serve a pack's CRM on this machine."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """The pack, the address, and whether saved files are applied at once."""
        parser.add_argument(
            "pack", nargs="?", type=Path, help="the pack's folder; left out, the applied revision alone"
        )
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
        parser.add_argument("--port", default=8000, type=int, help="the port to listen on (8000)")
        parser.add_argument("--watch", action="store_true", help="apply every saved, valid change at once")
        parser.add_argument(
            "--no-worker", action="store_true", help="leave the background work to `trellis worker`"
        )
        parser.add_argument(
            "--packs", action="append", default=[], type=Path, help="a folder that has further packs"
        )

    def run(self, arguments: argparse.Namespace, house: House) -> int:
        """Open the site and answer until it is stopped."""
        if arguments.watch and arguments.pack is None:
            raise CommandError("--watch needs the folder to watch: trellis serve PACK --watch.", 2)
        house.listen_on(arguments.port)
        site = house.open_site(arguments.pack, tuple(arguments.packs))
        try:
            for line in site.notices:
                print(line, file=house.err)
            print(
                f"Serving {site.live.catalog.title} (revision {site.live.revision})"
                f" on http://{arguments.host}:{arguments.port}",
                file=house.out,
                flush=True,
            )
            house.serve(
                site,
                arguments.host,
                arguments.port,
                watch=arguments.watch,
                worker=not arguments.no_worker,
            )
        finally:
            site.close()
        return DONE
