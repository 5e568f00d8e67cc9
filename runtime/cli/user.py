"""``trellis user``: people who sign in, their passwords, and the API keys of their programs."""

import getpass
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from runtime.base.suggest import did_you_mean
from runtime.cli.base import DONE, USAGE, Command, CommandError, House

if TYPE_CHECKING:
    from runtime.sites.site import Site

STANDARD_INPUT = "-"


class UserCommand(Command):
    """Adds users and makes their keys."""

    help = "add a user, or make an API key for one"

    def configure(self, parser: ArgumentParser) -> None:
        """``add EMAIL``, ``key EMAIL``."""
        verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
        add = verbs.add_parser("add", help="add a user", description="Add a user who may sign in.")
        add.add_argument("email", metavar="EMAIL")
        add.add_argument("--name", required=True, help="what the user is called")
        add.add_argument("--admin", action="store_true", help="the user may do everything")
        add.add_argument("--role", help="the key of the user's role")
        add.add_argument(
            "--password-file",
            metavar="F",
            help=f"a file whose first line is the password; {STANDARD_INPUT} reads standard input",
        )
        key = verbs.add_parser(
            "key", help="make an API key", description="Make an API key, and print it once."
        )
        key.add_argument("email", metavar="EMAIL")
        key.add_argument("--label", required=True, help="what the key is for")

    def run(self, arguments: Namespace, house: House) -> int:
        """Do what the verb says."""
        site = house.open_site(None)
        try:
            return _add(arguments, house, site) if arguments.verb == "add" else _key(arguments, house, site)
        finally:
            site.close()


def _add(arguments: Namespace, house: House, site: "Site") -> int:
    from runtime.sites.people import PersonError, add_user

    roles = site.live.catalog.roles
    if arguments.role is not None and arguments.role not in roles:
        hint = did_you_mean(arguments.role, roles)
        raise CommandError(f'There is no role "{arguments.role}"{f"; {hint}" if hint else "."}')
    password = _password(arguments.password_file)
    try:
        add_user(site, arguments.email, arguments.name, password, admin=arguments.admin, role=arguments.role)
    except PersonError as error:
        raise CommandError(str(error)) from None
    print(f"{arguments.name} may sign in as {arguments.email}.", file=house.out)
    return DONE


def _key(arguments: Namespace, house: House, site: "Site") -> int:
    from runtime.sites.people import add_key

    with site.database.read() as connection:
        user = site.live.identity.users.by_email(connection, arguments.email)
    if user is None:
        raise CommandError(f'There is no user "{arguments.email}".')
    if not arguments.label.strip():
        raise CommandError("Say in --label what the key is for.", USAGE)
    print(add_key(site, user.id, arguments.label.strip()), file=house.out)
    print("Keep the key now: it cannot be shown again.", file=house.err)
    return DONE


def _password(file: str | None) -> str:
    if file is None:
        return _asked()
    if file == STANDARD_INPUT:
        text = sys.stdin.readline()
    else:
        try:
            with Path(file).open(encoding="utf-8") as stream:
                text = stream.readline()
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}.") from None
    return text.rstrip("\r\n")


def _asked() -> str:
    if not sys.stdin.isatty():
        raise CommandError(
            "Give the password: --password-file F, or --password-file - for standard input.", USAGE
        )
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise CommandError("The two passwords differ; nobody was added.")
    return password
