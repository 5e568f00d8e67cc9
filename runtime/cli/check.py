"""`trellis check`: every error of a pack, each with its place, its line and the way to mend it."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from runtime import __version__
from runtime.cli.base import DONE, WRONG_INPUT, Command, House


class CheckCommand(Command):
    """Checks a pack without touching a database."""

    help = "check a pack and print every error"

    def configure(self, parser: ArgumentParser) -> None:
        """The pack, the form of the report, and where other packs are."""
        parser.add_argument("pack", type=Path, metavar="PACK", help="the folder of the pack")
        parser.add_argument(
            "--format", choices=("text", "json", "sarif"), default="text", help="the form of the report"
        )
        parser.add_argument(
            "--packs",
            type=Path,
            action="append",
            default=[],
            metavar="DIR",
            help="a folder to look for packs in",
        )

    def run(self, arguments: Namespace, house: House) -> int:
        """Print the report; 1 when there are errors."""
        import gc

        gc.disable()  # the process ends with the report; looking for garbage only costs time

        from runtime.language.load import load
        from runtime.language.report import as_json, as_sarif, as_text, summary

        loaded = load(
            arguments.pack,
            packs=tuple(arguments.packs),
            types=house.types,
            checks=house.checks,
            language=house.language,
        )
        found = loaded.diagnostics
        if arguments.format == "json":
            print(as_json(found), file=house.out)
        elif arguments.format == "sarif":
            base = f"{arguments.pack.resolve().as_uri()}/"
            print(as_sarif(found, house.codes, __version__, base), file=house.out)
        else:
            if found:
                print(as_text(found, loaded.sources), end="\n\n", file=house.out)
            files = sum(len(layer.files) for layer in loaded.layers)
            print(summary(found, files), file=house.out)
        return WRONG_INPUT if loaded.has_errors else DONE
