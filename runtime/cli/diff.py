"""``trellis diff``: what changed between two revisions, or between a revision and a pack."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from runtime.cli import _packs, _plans
from runtime.cli.base import DONE, USAGE, WRONG_INPUT, Command, CommandError, House

if TYPE_CHECKING:
    from runtime.language.packs import LayerFiles
    from runtime.model.catalog import Catalog
    from runtime.model.renames import Renames
    from runtime.storage.database import Database

LARGEST = 2**31
"""No revision has a larger number, and no database takes any."""


class DiffCommand(Command):
    """Compares revisions in words and line by line."""

    help = "show what changed between two revisions, or a revision and a pack"

    def configure(self, parser: ArgumentParser) -> None:
        """The two sides, and how much is shown."""
        parser.add_argument("before", type=int, metavar="REVISION", help="the revision before")
        parser.add_argument(
            "after", nargs="?", metavar="REVISION|PACK", help="the one after, or a pack (the newest revision)"
        )
        _packs.configure_packs(parser)
        parser.add_argument(
            "--lines", type=int, default=1000, metavar="N", help="how many lines of texts are shown (1000)"
        )

    def run(self, arguments: Namespace, house: House) -> int:
        """Print what changed for people, and the difference of the texts; 1 for an unknown revision."""
        if arguments.lines < 0:
            raise CommandError("--lines is a number from 0 on.", USAGE)
        with _packs.open_database(house) as database:
            _plans.must_be_set_up(database)
            before = _revision(database, house, arguments.before)
            after = _after(arguments, database, house)
            if after is None:
                return WRONG_INPUT
            renames = _renames(database, before, after)
        for line in _difference(before, after, renames, arguments.lines):
            print(line, file=house.out)
        return DONE


@dataclass(frozen=True, slots=True)
class _Side:
    name: str
    layers: "Sequence[LayerFiles]"
    catalog: "Catalog | None"
    number: int = 0


def _difference(before: _Side, after: _Side, renames: "Renames", limit: int) -> Iterator[str]:
    from runtime.change.differing import unified
    from runtime.change.report import for_people

    lines = list(unified(before.layers, after.layers))
    if not lines:
        yield f"{before.name} and {after.name} have the same text."
        return
    yield f"From {before.name[0].lower()}{before.name[1:]} to {after.name[0].lower()}{after.name[1:]}"
    if before.catalog is None or after.catalog is None:
        which = before.name if before.catalog is None else after.name
        yield f"{which} cannot be read by this version of Trellis, so only the texts are compared."
    else:
        from runtime.change.people.telling import tell

        yield from for_people(tell(before.catalog, after.catalog, renames))
    yield ""
    yield from islice(lines, limit)
    if len(lines) > limit:
        yield f"… {len(lines) - limit:,} more lines: trellis diff --lines {len(lines)}"


def _renames(database: "Database", before: _Side, after: _Side) -> "Renames":
    """What is called otherwise on the other side; a pack follows the newest revision."""
    from runtime.change.renames import renames_between, renames_of
    from runtime.change.revisions import latest_number, read_revision
    from runtime.model.renames import Renames
    from runtime.storage.inspect import inspect

    with database.read() as connection:
        if not inspect(connection, database.schema).has("trellis_revisions", "renames"):
            return Renames()  # an older version set the database up, and knew of none
        last = after.number or latest_number(connection)
        first, last = sorted((before.number, last))
        found = renames_between(connection, first, last)
        if not after.number and after.catalog is not None:
            return found.then(renames_of(after.catalog, read_revision(connection, last).shape))
    return found if before.number == first else found.inverted()


def _revision(database: "Database", house: House, number: int) -> _Side:
    from runtime.change.revisions import latest_number, read_revision

    try:
        with database.read() as connection:
            newest = latest_number(connection)
            found = read_revision(connection, min(number, LARGEST))
    except KeyError:
        there = f"the newest is {newest}" if newest else "there is none yet"
        raise CommandError(f"There is no revision {number}: {there}.") from None
    return _Side(f"Revision {number}", found.layers, _plans.catalog_of(found, house), number)


def _after(arguments: Namespace, database: "Database", house: House) -> _Side | None:
    from runtime.change.revisions import latest_number
    from runtime.language import report

    written: str | None = arguments.after
    if written is None:
        with database.read() as connection:
            newest = latest_number(connection)
        return _revision(database, house, newest)
    if written.isdecimal() and len(written) < 10:
        return _revision(database, house, int(written))
    if not Path(written).is_dir():
        raise CommandError(f"{written} is neither the number of a revision nor the folder of a pack.")
    loaded, _ = _packs.load_for_site(Namespace(pack=Path(written), packs=arguments.packs), house)
    if loaded.catalog is None:
        print(report.as_text(loaded.diagnostics, loaded.sources), file=house.out)
        return None
    return _Side(f"The pack {written}", loaded.layers, loaded.catalog)
