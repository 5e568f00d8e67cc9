"""``trellis purge``: lists what is left of earlier revisions, and really drops it."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from runtime.base.clock import SystemClock
from runtime.cli import _asking, _packs
from runtime.cli.base import DONE, REFUSED, WRONG_INPUT, Command, CommandError, House

if TYPE_CHECKING:
    from runtime.change.remains import Remain


class PurgeCommand(Command):
    """Drops what the applied revision does not use, after showing it."""

    help = "really drop what is retired, parked or set aside"

    def configure(self, parser: ArgumentParser) -> None:
        """What, and whether to ask."""
        parser.add_argument("--yes", action="store_true", help="drop it without asking")
        parser.add_argument(
            "--only",
            nargs="+",
            default=[],
            metavar="NAME",
            help="only these: a module, a field (deals.size), parked values (deals.size@1), quarantine",
        )

    def run(self, arguments: Namespace, house: House) -> int:
        """List it, ask, drop it; 1 when a name is of nothing, 3 when it is of something that is used."""
        from runtime.change.completing import complete
        from runtime.change.purge import PurgeError, chosen, purge
        from runtime.change.remains import remains_of
        from runtime.change.revisions import open_applied
        from runtime.storage.inspect import inspect

        with _packs.open_database(house) as database:
            with database.read() as connection:
                now = open_applied(connection, database.schema)
            if now is None:
                raise CommandError("Nothing is applied to the database yet, so nothing is left of it.")
            complete(database)
            with database.read() as connection:
                remains = remains_of(connection, now, inspect(connection, database.schema))
            try:
                found = chosen(now, remains, arguments.only)
                print(_listed(found), file=house.out, flush=True)
                if not found:
                    return DONE
                if not arguments.yes and not _asking.agreed(house, "Drop all this for good?"):
                    print("Nothing was dropped.", file=house.out)
                    return REFUSED
                by = _asking.whoever_this_is()
                done = purge(database, SystemClock(), by, arguments.only, now.number)
            except PurgeError as error:
                raise CommandError(str(error), REFUSED if error.is_used else WRONG_INPUT) from None
        if done is not None:
            print(f"Purged as revision {done.revision}. A backup has it; a rollback has not.", file=house.out)
        return DONE


def _listed(remains: "Sequence[Remain]") -> str:
    if not remains:
        return "Nothing is left of earlier revisions."
    lines = [["name", "what", "since", "records", "size", "goes by itself"]]
    lines += [
        [each.name, each.what, str(each.since), f"{each.rows:,}", _size(each.size), _day(each.until)]
        for each in remains
    ]
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _size(size: int | None) -> str:
    return "" if size is None else f"{size / 1024:,.0f} KiB"


def _day(until: datetime | None) -> str:
    return "" if until is None else f"{until:%Y-%m-%d}"
