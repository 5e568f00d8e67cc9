"""``trellis history``: the configurations that were applied, by whom, when, and why."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from runtime.cli import _packs, _plans
from runtime.cli.base import DONE, USAGE, Command, CommandError, House

if TYPE_CHECKING:
    from runtime.change.revisions import Entry


class HistoryCommand(Command):
    """Lists the revisions of a database."""

    help = "list the revisions that were applied"

    def configure(self, parser: ArgumentParser) -> None:
        """The form, and which part of a long history."""
        parser.add_argument("--format", choices=("text", "json"), default="text", help="the form of the list")
        parser.add_argument("--limit", type=int, default=20, metavar="N", help="how many are listed (20)")
        parser.add_argument("--before", type=int, metavar="REVISION", help="only those before this one")

    def run(self, arguments: Namespace, house: House) -> int:
        """Print the revisions, the newest first."""
        from runtime.change.revisions import history

        if arguments.limit < 1:
            raise CommandError("--limit is a number from 1 on.", USAGE)
        with _packs.open_database(house) as database:
            _plans.must_be_set_up(database)
            with database.read() as connection:
                found = history(connection, arguments.limit + 1, arguments.before, database.schema)
        entries, more = found[: arguments.limit], len(found) > arguments.limit
        if arguments.format == "json":
            print(json.dumps([_json(each) for each in entries], indent=2, ensure_ascii=False), file=house.out)
        else:
            print(_text(entries, more), file=house.out)
        return DONE


def _text(entries: "Sequence[Entry]", more: bool) -> str:
    lines: list[str] = []
    for entry in entries:
        by = entry.applied_by or "unknown"
        steps = f"{len(entry.steps)} step" + ("" if len(entry.steps) == 1 else "s")
        lines.append(
            f"{entry.number:5}  {entry.applied_at:%Y-%m-%d %H:%M} UTC  {entry.hash[:12]}  {steps:>9}  {by}"
        )
        lines += (f"       {line}" for line in (entry.message or "").splitlines())
    if more:
        lines.append(f"There are earlier ones: trellis history --before {entries[-1].number}")
    return "\n".join(lines) or "There are no revisions before that one."


def _json(entry: "Entry") -> dict[str, object]:
    return {
        "number": entry.number,
        "applied_at": entry.applied_at.isoformat(),
        "applied_by": entry.applied_by,
        "message": entry.message,
        "hash": entry.hash,
        "title": entry.title,
        "version": entry.version,
        "steps": list(entry.steps),
    }
