"""What the commands that change a database share: whether somebody agrees, and who it is."""

import getpass
import sys

from runtime.cli.base import REFUSED, CommandError, House


def agreed(house: House, question: str = "Apply this?") -> bool:
    """Ask whoever sits there; nobody does in a script, which must say --yes."""
    if not sys.stdin.isatty():
        raise CommandError("There is nobody to ask here: say --yes to apply this.", REFUSED)
    print(f"{question} [y/N] ", end="", file=house.out, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def whoever_this_is() -> str:
    """The account that the command runs in, for the history."""
    try:
        return f"{getpass.getuser()} (command line)"
    except (KeyError, OSError):
        return "command line"
