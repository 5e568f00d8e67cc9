"""`trellis explain`: the page of a code or a function, the list of all codes, how a value came about, or who
may see a record and why.
"""

import re
from argparse import ArgumentParser, Namespace

from runtime.base.suggest import did_you_mean
from runtime.cli import _how_it_came, _why_access
from runtime.cli.base import DONE, Command, CommandError, House
from runtime.expressions.reference import FunctionPage

FUNCTION = "function"
ACCESS = "access"
RECORD = re.compile(r"(?P<module>[a-z][a-z0-9_]*)/(?P<id>[0-9]{1,18})")


class ExplainCommand(Command):
    """Explains a code, a function of the expression language, or the value of a record's field."""

    help = "explain a diagnostic's code, a function, or a record's field; without one, list the codes"

    def configure(self, parser: ArgumentParser) -> None:
        """The code; or ``function`` and its name; or a record and a field."""
        parser.add_argument(
            "code",
            nargs="?",
            metavar="CODE",
            help="the code, as in: trellis explain M101; or the word: function; or a record: potentials/42",
        )
        parser.add_argument(
            "name",
            nargs="?",
            metavar="NAME",
            help="the function, as in: trellis explain function round; or the record's field",
        )
        parser.add_argument(
            "record",
            nargs="?",
            metavar="RECORD",
            help="the record, as in: trellis explain access bob@example.com potentials/42",
        )

    def run(self, arguments: Namespace, house: House) -> int:
        """Print the page, or the list."""
        if arguments.code == FUNCTION:
            return self._function(arguments.name, house)
        if arguments.code == ACCESS:
            return self._access(arguments, house)
        if arguments.record is not None:
            raise CommandError(
                "Only access has a record behind a name: trellis explain access USER MODULE/ID", 2
            )
        if arguments.code is not None and (record := RECORD.fullmatch(arguments.code)) is not None:
            if arguments.name is None:
                raise CommandError("Name the field, too: trellis explain potentials/42 amount", 2)
            return _how_it_came.explain(house, record["module"], int(record["id"]), arguments.name)
        if arguments.name is not None:
            raise CommandError("Only a function has a name behind it: trellis explain function round", 2)
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

    def _access(self, arguments: Namespace, house: House) -> int:
        record = RECORD.fullmatch(arguments.record or "")
        if arguments.name is None or record is None:
            raise CommandError(
                "Name a user and a record: trellis explain access bob@example.com potentials/42", 2
            )
        return _why_access.explain(house, arguments.name, record["module"], int(record["id"]))

    def _function(self, name: str | None, house: House) -> int:
        pages = {page.name: page for page in house.language.function_reference()}
        if name is None:
            for page in pages.values():
                print(f"{page.family:<10} {page.signature}", file=house.out)
            return DONE
        wanted = name.strip().removesuffix("()")
        if wanted not in pages:
            near = did_you_mean(wanted, pages) if len(wanted) < 40 else ""
            raise CommandError(f'There is no function "{name[:40]}". {near[:1].upper()}{near[1:]}'.rstrip())
        print("\n".join(_lines(pages[wanted])), file=house.out)
        return DONE


def _lines(page: FunctionPage) -> list[str]:
    lines = [f"{page.signature} → {page.returns}", "", page.meaning]
    if page.arguments:
        times = {"once": "", "optional": " (may be left out)", "many": " (one or more)"}
        lines += ["", *(f"  {each.name}: {each.accepts}{times[each.times]}" for each in page.arguments)]
    lines.append("")
    lines += [f"  {example.text}   gives   {example.result}" for example in page.examples]
    return [
        *lines,
        "",
        f"It works {page.database}."
        if not page.database.startswith("not")
        else f"It does not work in SQL: {page.database.removeprefix('not in SQL: ')}.",
    ]
