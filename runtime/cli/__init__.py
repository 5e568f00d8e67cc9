"""The command line: `trellis COMMAND`, one file a command, found by the file's name.

Entry: :func:`main`. A command is a subclass of :class:`runtime.cli.base.Command`; only the file of the
command that was asked for is imported, so that none pays for another's libraries. A command imports downward
like the rooms; the composition root is handed to it.
"""

import argparse
import gc
import importlib
import pkgutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from runtime import __version__
from runtime.cli.base import Command, CommandError

if TYPE_CHECKING:
    from runtime.cli.base import House


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; the answer is the exit code: 0 done, 1 the input is wrong, 2 usage, 3 refused."""
    words = list(sys.argv[1:] if argv is None else argv)
    if argv is None:  # what a start makes stays: looking for garbage in it costs a tenth of the start
        gc.disable()  # until a site is open (runtime.assembly)
    files = command_files()
    asked = [words[0]] if words and words[0] in files else list(files)
    try:
        commands = {name: load_command(files[name]) for name in asked}
        arguments = _parser(commands, files).parse_args(words)
        if "command" not in arguments or arguments.command is None:
            _parser(commands, files).print_help()
            return 2
        return commands[arguments.command].run(arguments, _house())
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 2
    except CommandError as error:
        print(f"trellis: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 141


def command_files() -> dict[str, str]:
    """Every command's name and module: ``where_used.py`` is ``where-used``, ``import_.py`` is ``import``."""
    return {
        info.name.rstrip("_").replace("_", "-"): f"{__name__}.{info.name}"
        for info in sorted(pkgutil.iter_modules(__path__), key=lambda info: info.name)
        if info.name != "base" and not info.name.startswith("_")
    }


def load_command(module_name: str) -> Command:
    """The one command that a file defines."""
    module = importlib.import_module(module_name)
    found = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Command) and value.__module__ == module_name
    ]
    if len(found) != 1:
        raise TypeError(f"{module_name} defines {len(found)} commands; a file defines one.")
    return found[0]()


def _parser(commands: dict[str, Command], files: dict[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="trellis", description="A CRM that is described in YAML and interpreted at run time."
    )
    parser.add_argument("--version", action="version", version=f"trellis {__version__}")
    choices = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, command in commands.items():
        command.configure(choices.add_parser(name, help=command.help, description=command.help))
    return parser


def _house() -> "House":
    from runtime.assembly import build

    return build()
