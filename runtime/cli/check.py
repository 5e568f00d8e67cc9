"""`trellis check`: every error of a pack, each with its place, its line and the way to mend it."""

from argparse import ArgumentParser, Namespace

from runtime import __version__
from runtime.cli import _packs
from runtime.cli._trying import read_suite
from runtime.cli.base import DONE, WRONG_INPUT, Command, House


class CheckCommand(Command):
    """Checks a pack without touching a database."""

    help = "check a pack and print every error"

    def configure(self, parser: ArgumentParser) -> None:
        """The pack, the form of the report, and where other packs are."""
        _packs.configure(parser)
        parser.add_argument(
            "--format", choices=("text", "json", "sarif"), default="text", help="the form of the report"
        )

    def run(self, arguments: Namespace, house: House) -> int:
        """Print the report; 1 when there are errors."""
        from runtime.language.report import as_json, as_sarif, as_text, summary

        loaded = _packs.load_pack(arguments, house)
        suite = read_suite(arguments.pack, loaded, house)
        found = (*loaded.diagnostics, *(suite.diagnostics if suite is not None else ()))
        sources = {**loaded.sources, **(suite.sources if suite is not None else {})}
        if arguments.format == "json":
            print(as_json(found), file=house.out)
        elif arguments.format == "sarif":
            base = f"{arguments.pack.resolve().as_uri()}/"
            print(as_sarif(found, house.codes, __version__, base), file=house.out)
        else:
            if found:
                print(as_text(found, sources), end="\n\n", file=house.out)
            files = sum(len(layer.files) for layer in loaded.layers)
            files += len(suite.sources) if suite is not None else 0
            print(summary(found, files), file=house.out)
        return WRONG_INPUT if any(one.is_error for one in found) else DONE
