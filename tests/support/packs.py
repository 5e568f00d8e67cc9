"""Packs for tests: written from text, read from the corpus of broken ones, and generated in any size."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from runtime.assembly import House
from runtime.language.load import Loaded, load

MARK = re.compile(rb"(?m)^# file: (\S+)\n")
EXPECTED = re.compile(r"^# expect: (\S+):(\d+) ([A-Z]\d{3})$", re.MULTILINE)
ON_THE_LINE = re.compile(r"# ?(error|warning) ([A-Z]\d{3})\s*$")

SURROUNDING: Mapping[str, str] = {
    "pack.yaml": """\
title: Acme
version: 1.0.0
languages: [en, fi]
currency: EUR
timezone: Europe/Helsinki
""",
    "schemas/modules/accounts.yaml": """\
fields:
  name: {type: text, required: true}
  industry: {type: text}
""",
    "schemas/modules/contacts.yaml": """\
fields:
  name: {type: text, required: true}
  account: {type: relation, module: accounts, inverse: contacts}
""",
    "schemas/modules/deals.yaml": """\
fields:
  name: {type: text, required: true}
  account: {type: relation, module: accounts, inverse: deals}
  contacts: {type: relations, module: contacts, inverse: deals}
  stage: {type: picklist, picklist: deal_stages}
  amount: {type: money}
  close_date: {type: date}
""",
    "schemas/picklists/deal_stages.yaml": """\
values:
  open: {kind: open, probability: 50}
  won: {kind: won, probability: 100}
  lost: {kind: lost, probability: 0}
""",
}
"""The sound pack that a case stands in; a case's file takes the place of the one of the same name."""


@dataclass(frozen=True, slots=True)
class Case:
    """A pack's files by their paths in it (``../base/…`` is a pack beside it), and what is to be found in
    them.

    Each finding is (severity, code, file, line); files of lower packs are called ``base/…``.
    """

    name: str
    files: Mapping[str, bytes]
    expected: frozenset[tuple[str, str, str, int]]


def read_case(path: Path) -> Case:
    """A case of the corpus.

    ``# file: PATH`` lines divide it into files, whose lines count from there. ``# error CODE`` or ``#
    warning CODE`` at the end of a line expects it there; where a line can carry no comment, the head has
    ``# expect: PATH:LINE CODE``.
    """
    head, *parts = MARK.split(path.read_bytes())
    files = dict(zip((name.decode() for name in parts[::2]), parts[1::2], strict=True))
    expected = {("error", code, file, int(line)) for file, line, code in EXPECTED.findall(head.decode())}
    for file, content in files.items():
        for number, line in enumerate(content.decode("utf-8", "replace").split("\n"), 1):
            if found := ON_THE_LINE.search(line):
                expected.add((found[1], found[2], file.removeprefix("../"), number))
    return Case(path.stem, files, frozenset(expected))


def write_pack(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files into a new pack's folder; the folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


@cache
def house() -> House:
    """The registries and the language, which never change."""
    return House({})


def load_pack(folder: Path, packs: tuple[Path, ...] = ()) -> Loaded:
    """Load a pack as every command does."""
    parts = house()
    return load(folder, packs=packs, types=parts.types, checks=parts.checks, language=parts.language)


def load_texts(folder: Path, files: Mapping[str, str | bytes]) -> Loaded:
    """Write a pack with the surrounding one's files under its own, and load it."""
    return load_pack(write_pack(folder / "pack", {**SURROUNDING, **files}))


def generated_pack(modules: int, fields: int) -> dict[str, str]:
    """A pack of many modules, each with fields of all usual types, a layout, filters and a picklist."""
    files = {
        "pack.yaml": "title: Large\nversion: 1.0.0\nlanguages: [en, fi]\ncurrency: EUR\ntimezone: "
        "Europe/Helsinki\n",
    }
    for number in range(modules):
        key = f"module_{number}"
        files[f"schemas/modules/{key}.yaml"] = _generated_module(number, modules, fields)
        files[f"schemas/picklists/stage_{number}.yaml"] = "values:\n" + "".join(
            f"  value_{value}: {{label: {{en: Value {value}, fi: Arvo {value}}}, "
            f"color: blue, kind: kind_{value % 3}, probability: {value * 10}}}\n"
            for value in range(8)
        )
        names = [f"field_{field}" for field in range(fields - 3)]
        files[f"schemas/layouts/{key}.yaml"] = (
            "card:\n  process: stage\n  header: [name, stage, owner]\n  tabs:\n    overview:\n"
            f"      main: {{columns: 3, fields: [name, stage, other, {', '.join(names[:20])}]}}\n"
            f"      more: {{label: More, fields: [{', '.join(names[20:])}], when: stage.kind != 'kind_1'}}\n"
            f"    related:\n      others: {{related: others, columns: [name, stage], sort: [-name]}}\n"
            f"list: [name, stage, {', '.join(names[:5])}, other.name]\n"
        )
        files[f"schemas/filters/{key}.yaml"] = "".join(
            f"filter_{index}:\n  label: Filter {index}\n"
            f"  where: stage.kind == 'kind_{index}' and (owner == user or other.name != 'x')\n"
            f"  columns: [name, stage, other.stage, {', '.join(names[:4])}]\n"
            "  sort: [-name]\n  quick: [stage, owner]\n"
            for index in range(3)
        )
    return files


def _generated_module(number: int, modules: int, fields: int) -> str:
    kinds = (
        "type: text, max: 120, required: true",
        "type: integer, min: 0, max: 1000000",
        "type: money, min: 0",
        "type: date, index: true",
        "type: boolean, default: false",
        "type: email",
        "type: long_text",
        "type: decimal, scale: 3",
        "type: percent, min: 0, max: 100",
        "type: datetime",
    )
    lines = [
        f"label: {{en: Module {number}, fi: Moduuli {number}}}",
        f"plural: {{en: Modules {number}, fi: Moduulit {number}}}",
        "icon: target",
        "title: name",
        f'numbering: {{format: "M{number}-{{YYYY}}-{{seq:5}}", reset: year}}',
        "search: [name, other.name]",
        "fields:",
        "  name: {type: text, required: true, max: 120, label: {en: Name, fi: Nimi}}",
        f"  stage: {{type: picklist, picklist: stage_{number}, default: value_0, required: true}}",
        f"  other: {{type: relation, module: module_{(number + 1) % modules}, inverse: others}}",
    ]
    lines += [
        f"  field_{field}: {{{kinds[field % len(kinds)]}, label: {{en: Field {field}, fi: Kenttä {field}}}}}"
        for field in range(fields - 3)
    ]
    return "\n".join([*lines, "indexes: [[stage, name]]", ""])
