"""``trellis where-used``: who reads, writes and shows a field, a picklist or any other thing of a pack."""

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from runtime.cli import _packs
from runtime.cli.base import DONE, Command, CommandError, House

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runtime.model.uses import Thing, Use, Uses

    Found = Mapping[Thing, tuple[Use, ...]]


class WhereUsedCommand(Command):
    """Lists the uses of a thing, each with its file, line and column."""

    help = "list who reads, writes and shows a field, a picklist value, a function, …"

    def configure(self, parser: ArgumentParser) -> None:
        """The name, the pack if it is not the applied revision that is asked about, and the form."""
        parser.add_argument(
            "name",
            metavar="NAME",
            help="a field (potentials.amount), a picklist or one of its values (sales_stage.won), a module, "
            "a constant (const.vat), a function (round), a filter (potentials.open) or a role",
        )
        parser.add_argument(
            "pack",
            type=Path,
            nargs="?",
            metavar="PACK",
            help="the folder of a pack; left out: the applied revision, with what its users keep",
        )
        _packs.configure_packs(parser)
        parser.add_argument("--format", choices=("text", "json"), default="text", help="the form of the list")

    def run(self, arguments: Namespace, house: House) -> int:
        """Print the list; 1 when there is nothing of that name."""
        found = _in_site(arguments.name, house) if arguments.pack is None else _in_pack(arguments, house)
        print(_as_json(found) if arguments.format == "json" else _as_text(found), file=house.out)
        return DONE


def _in_site(name: str, house: House) -> "Found":
    from runtime.sites.where_used import uses_in_site

    site = house.open_site(None)
    try:
        live = site.live
        return {thing: uses_in_site(site, live, thing) for thing in _called(live.uses(), name)}
    finally:
        site.close()


def _in_pack(arguments: Namespace, house: House) -> "Found":
    from runtime.language.report import as_text
    from runtime.language.where_used import where_used

    loaded = _packs.load_pack(arguments, house)
    if loaded.catalog is None:
        print(as_text(loaded.diagnostics, loaded.sources), file=house.err)
        raise CommandError("The pack has errors.")
    uses = where_used(loaded.catalog, loaded.mentions, house.language.functions)
    return {thing: uses.of(thing) for thing in _called(uses, arguments.name)}


def _called(uses: "Uses", name: str) -> "tuple[Thing, ...]":
    found = uses.called(name)
    if found:
        return found
    near = uses.near(name)
    hint = f' Did you mean "{near}"?' if near else ""
    raise CommandError(f'Nothing is called "{name[:100]}".{hint}')


def _as_text(found: "Found") -> str:
    parts: list[str] = []
    for thing, uses in found.items():
        parts.append(f"{thing.key}: {thing.kind}, {_count(len(uses))}")
        parts += _lines(uses)
        parts.append("")
    return "\n".join(parts[:-1])


def _count(uses: int) -> str:
    return "not used" if not uses else "used once" if uses == 1 else f"used {uses} times"


def _lines(uses: "Iterable[Use]") -> list[str]:
    rows = [
        (use.does, f"{use.origin.span}" if use.origin is not None else use.who, use.kind, use.path, use.text)
        for use in uses
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, (*widths, 0), strict=True)).rstrip()
        for row in rows
    ]


def _as_json(found: "Found") -> str:
    listed = [
        {
            "name": thing.key,
            "kind": thing.kind,
            "uses": [
                {
                    "does": use.does,
                    "kind": use.kind,
                    "path": use.path,
                    "text": use.text,
                    "layer": use.origin.layer if use.origin is not None else None,
                    "file": use.origin.span.file if use.origin is not None else None,
                    "line": use.origin.span.line if use.origin is not None else None,
                    "column": use.origin.span.column if use.origin is not None else None,
                    "user": use.who or None,
                }
                for use in uses
            ],
        }
        for thing, uses in found.items()
    ]
    return json.dumps(listed, ensure_ascii=False, indent=2)
