"""``trellis verify-log``: whether anybody has meddled with the security log."""

import json
import re
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from runtime.cli.base import DONE, USAGE, WRONG_INPUT, Command, CommandError, House

if TYPE_CHECKING:
    from runtime.identity.chain import Verified
    from runtime.identity.security_log import Place


class VerifyLogCommand(Command):
    """Goes through the whole log; 1 when an entry was changed, added, taken away or put elsewhere."""

    help = "tell whether anybody has meddled with the security log"

    def configure(self, parser: ArgumentParser) -> None:
        """The form of the answer, and an end of the log that somebody has written down."""
        parser.add_argument(
            "--format", choices=("text", "json"), default="text", help="the form of the answer"
        )
        parser.add_argument(
            "--known",
            metavar="NUMBER:MARK",
            help="an end that this command printed before: the log must still go through it, "
            "so that a log that was set back to an earlier day is found, too",
        )

    def run(self, arguments: Namespace, house: House) -> int:
        """Give what is new its place, verify, and say what was found."""
        from runtime.identity.chain import verify

        known = _known(arguments.known)
        site = house.open_site(None)
        try:
            site.security_log.chain()
            with site.database.snapshot() as connection:
                found = verify(connection, site.security_log, known)
        finally:
            site.close()
        print(_json(found) if arguments.format == "json" else _text(found), file=house.out)
        return WRONG_INPUT if found.faults else DONE


def _known(given: str | None) -> "Place | None":
    from runtime.identity.security_log import Place

    if given is None:
        return None
    found = re.fullmatch(r"(\d{1,18}):([0-9a-f]+)", given.strip())
    if found is None:
        raise CommandError("--known is the number of an entry, a colon, and its mark.", USAGE)
    return Place(int(found[1]), found[2])


def _text(found: "Verified") -> str:
    if found.faults:
        return "\n".join(["The security log was meddled with:", *(f"  {fault}" for fault in found.faults)])
    if not found.count:
        return "The security log is empty."
    first = found.start.number + 1
    return (
        f"The security log is whole: {found.count} entries, {first} to {found.head.number}.\n"
        f"It ends with {found.head.number}:{found.head.mark}\n"
        "Keep this line elsewhere, and give it in --known next time."
    )


def _json(found: "Verified") -> str:
    return json.dumps(
        {
            "whole": not found.faults,
            "count": found.count,
            "waiting": found.waiting,
            "start": found.start.number,
            "head": {"number": found.head.number, "mark": found.head.mark},
            "faults": list(found.faults),
        },
        indent=2,
        ensure_ascii=False,
    )
