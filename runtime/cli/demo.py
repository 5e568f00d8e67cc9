"""``trellis demo``: a small filled CRM on the embedded database, served."""

import argparse
from typing import TYPE_CHECKING

from runtime.cli.base import DONE, Command, CommandError, House

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.sites.site import Site

INTERRUPTED = 130
"""The exit code of what Ctrl-C has ended."""
MOST = 10_000_000
"""The most records that may be asked for."""


class Demo(Command):
    """Serves the standard pack with people in roles and records to look at. What is there already stays."""

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
        from runtime.sites.demo import PACK

        if standard_folder() is None:
            raise CommandError("The standard pack is missing: this installation is not whole.")
        house.listen_on(arguments.port)
        site = house.open_site(PACK)
        try:
            print(_fill(house, site, arguments.records), file=house.out)
            for line in _sign_ins():
                print(line, file=house.out)
            if not arguments.no_serve:
                print(f"Open http://{arguments.host}:{arguments.port}", file=house.out, flush=True)
                house.serve(site, arguments.host, arguments.port)
        finally:
            site.close()
        return DONE


def _fill(house: House, site: "Site", records: int) -> str:
    """Fill the site, or go on where an earlier run was interrupted; gives what to say of it."""
    from runtime.base.messages import from_json
    from runtime.cli._foreground import work_off
    from runtime.sites.demo import ask_filling
    from runtime.storage.operations import CANCELLED

    asked = ask_filling(site, records)
    if asked is None:
        return "There are records already; nothing was added."
    operation = work_off(house, site, asked, "demo")
    if operation.is_open:
        raise CommandError("Interrupted. `trellis demo` goes on from here.", INTERRUPTED)
    if operation.error is not None:
        raise CommandError(str(from_json(operation.error)))
    if operation.state == CANCELLED:
        return "The filling was cancelled; the records that were made stay."
    made = (operation.result or {})["counts"]["records"]
    return f"Filled with {made:,} records." if made else "There are records already; nothing was added."


def _sign_ins() -> "Iterator[str]":
    """Who may sign in, and by which password."""
    from runtime.sites.demo import PASSWORD, PEOPLE

    for person in PEOPLE:
        if person.signs_in:
            role = "an administrator" if person.admin else person.role
            yield f"Sign in as {person.email} ({person.name}, {role}) with the password {PASSWORD}"


def _number(text: str) -> int:
    number = int(text)
    if not 1 <= number <= MOST:
        raise argparse.ArgumentTypeError(f"a number from 1 to {MOST:,}")
    return number
