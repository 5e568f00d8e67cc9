"""``trellis user``: people who sign in, their passwords, and the API keys of their programs."""

import getpass
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from runtime.base.suggest import did_you_mean
from runtime.cli.base import DONE, USAGE, Command, CommandError, House

if TYPE_CHECKING:
    from runtime.sites.site import Site

STANDARD_INPUT = "-"


class UserCommand(Command):
    """Adds users, changes their passwords, and makes their keys."""

    help = "add a user, change a password, or make an API key"

    def configure(self, parser: ArgumentParser) -> None:
        """``add EMAIL``, ``password EMAIL``, ``key EMAIL``."""
        verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
        add = verbs.add_parser("add", help="add a user", description="Add a user who may sign in.")
        add.add_argument("email", metavar="EMAIL")
        add.add_argument("--name", required=True, help="what the user is called")
        add.add_argument("--admin", action="store_true", help="the user may do everything")
        add.add_argument("--role", help="the key of the user's role")
        _add_password_file(add)
        password = verbs.add_parser(
            "password",
            help="change a user's password",
            description="Give a user another password; their sessions end.",
        )
        password.add_argument("email", metavar="EMAIL")
        _add_password_file(password)
        key = verbs.add_parser(
            "key", help="make an API key", description="Make an API key, and print it once."
        )
        key.add_argument("email", metavar="EMAIL")
        key.add_argument("--label", required=True, help="what the key is for")

    def run(self, arguments: Namespace, house: House) -> int:
        """Do what the verb says."""
        site = house.open_site(None)
        try:
            return VERBS[arguments.verb](arguments, house, site)
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


def _change_password(arguments: Namespace, house: House, site: "Site") -> int:
    from runtime.sites.people import PersonError, set_password

    user_id = _user(site, arguments.email)
    try:
        set_password(site, user_id, _password(arguments.password_file))
    except PersonError as error:
        raise CommandError(str(error)) from None
    print(f"{arguments.email} has a new password, and is signed out everywhere.", file=house.out)
    return DONE


def _key(arguments: Namespace, house: House, site: "Site") -> int:
    from runtime.sites.keys import add_key

    user_id = _user(site, arguments.email)
    if not arguments.label.strip():
        raise CommandError("Say in --label what the key is for.", USAGE)
    print(add_key(site, user_id, arguments.label.strip()), file=house.out)
    print("Keep the key now: it cannot be shown again.", file=house.err)
    return DONE


VERBS: Mapping[str, Callable[[Namespace, House, "Site"], int]] = MappingProxyType(
    {"add": _add, "key": _key, "password": _change_password}
)


def _user(site: "Site", email: str) -> int:
    with site.database.read() as connection:
        user = site.live.identity.users.by_email(connection, email)
    if user is None:
        raise CommandError(f'There is no user "{email}".')
    return user.id


def _add_password_file(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--password-file",
        metavar="F",
        help=f"a file whose first line is the password; {STANDARD_INPUT} reads standard input",
    )


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
        raise CommandError("The two passwords differ; nothing was changed.")
    return password
