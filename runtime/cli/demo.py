"""``trellis demo``: a small filled CRM on the embedded database, served."""

import argparse

from runtime.cli.base import DONE, Command, CommandError, House

MOST = 10_000_000
"""The most records that may be asked for."""


class Demo(Command):
    """Serves the standard pack with records to look at. What is there already stays."""

    help = "Serve a small filled CRM on this machine, to look around in."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """The address, and whether to serve at all."""
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
        parser.add_argument("--port", default=8000, type=int, help="the port to listen on (8000)")
        parser.add_argument(
            "--records",
            default=2000,
            type=_number,
            metavar="N",
            help="about how many records to fill it with (2000); from 10000 on, how many potentials",
        )
        parser.add_argument("--no-serve", action="store_true", help="fill the database and stop")

    def run(self, arguments: argparse.Namespace, house: House) -> int:
        """Fill an empty site, say how to sign in, and serve it."""
        from runtime.language.packs import standard_folder
        from runtime.sites.demo import PASSWORD, PEOPLE, demo_users, fill

        pack = standard_folder()
        if pack is None:
            raise CommandError("The standard pack is missing: this installation is not whole.")
        site = house.open_site(pack)
        try:
            made = fill(site, demo_users(site), arguments.records)
            said = (
                f"Filled with {made:,} records." if made else "There are records already; nothing was added."
            )
            print(said, file=house.out)
            for email, name, admin in PEOPLE:
                role = "an administrator" if admin else "a user"
                print(f"Sign in as {email} ({name}, {role}) with the password {PASSWORD}", file=house.out)
            if not arguments.no_serve:
                print(f"Open http://{arguments.host}:{arguments.port}", file=house.out, flush=True)
                house.serve(site, arguments.host, arguments.port)
        finally:
            site.close()
        return DONE


def _number(text: str) -> int:
    number = int(text)
    if not 1 <= number <= MOST:
        raise argparse.ArgumentTypeError(f"a number from 1 to {MOST:,}")
    return number
