"""``trellis test``: what a configuration says that it does is tried, offline."""

from argparse import ArgumentParser, Namespace

from runtime.cli import _packs
from runtime.cli.base import DONE, WRONG_INPUT, Command, House

EXAMPLE = "M165"
"""The code of an example that gives something else."""


class TestCommand(Command):
    """Tries the examples of formulas. They are tried whenever a pack is loaded; here they are told."""

    help = "try the examples of a pack's formulas"

    def configure(self, parser: ArgumentParser) -> None:
        """The pack, and where other packs are."""
        _packs.configure(parser)

    def run(self, arguments: Namespace, house: House) -> int:
        """Say what failed and how many examples there are; 1 when one failed, or the pack has errors."""
        from runtime.language.report import as_text

        loaded = _packs.load_pack(arguments, house)
        failed = [one for one in loaded.diagnostics if one.code == EXAMPLE]
        others = [one for one in loaded.diagnostics if one.severity.value == "error" and one.code != EXAMPLE]
        if failed or others:
            print(as_text((*failed, *others), loaded.sources), end="\n\n", file=house.out)
        if others:
            print("The pack has errors; nothing was tried.", file=house.out)
            return WRONG_INPUT
        passed = loaded.examples - len(failed)
        print(f"{passed} of {loaded.examples} examples passed", file=house.out)
        return WRONG_INPUT if failed else DONE
