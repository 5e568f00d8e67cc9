"""`trellis explain`: the page of a diagnostic's code, or the list of all codes."""

from argparse import ArgumentParser, Namespace

from runtime.base.suggest import did_you_mean
from runtime.cli.base import DONE, Command, CommandError, House


class ExplainCommand(Command):
    """Explains a code."""

    help = "explain a diagnostic's code; without one, list them"

    def configure(self, parser: ArgumentParser) -> None:
        """The code."""
        parser.add_argument("code", nargs="?", metavar="CODE", help="the code, as in: trellis explain M101")

    def run(self, arguments: Namespace, house: House) -> int:
        """Print the page, or the list."""
        if arguments.code is None:
            for code in house.codes.values():
                print(f"{code.name}  {code.title}", file=house.out)
            return DONE
        wanted = arguments.code.strip().upper()
        if wanted not in house.codes:
            near = did_you_mean(wanted, house.codes) if len(wanted) < 20 else ""
            raise CommandError(
                f'There is no code "{arguments.code[:40]}". {near[:1].upper()}{near[1:]}'.rstrip()
            )
        code = house.codes[wanted]
        print(f"{code.name}: {code.title}\n\n{code.explanation}", file=house.out)
        return DONE
