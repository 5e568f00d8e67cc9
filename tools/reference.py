"""The reference, written from the registries: field types, keys of every file, codes, settings, commands.

``python -m tools.reference FOLDER`` writes one Markdown page of each into the folder. Nothing in it is
written by hand, so it cannot drift: what a page says is what the program goes by.
"""

import argparse
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from runtime.assembly import House
from runtime.base.settings import SETTINGS
from runtime.cli import command_files, load_command
from runtime.fields.base import FieldType
from runtime.language.kinds.workflows import known_steps, known_triggers
from runtime.language.load import known_kinds
from runtime.upkeep.doctor import known_checks

Page = Callable[[House], Iterator[str]]


def field_types(house: House) -> Iterator[str]:
    """Each type: what it is, its settings, what it is filtered by, and what it takes."""
    yield "# Field types\n"
    yield "What every field takes besides is under [keys](keys.md): `type`, `label`, `required` and so on.\n"
    for kind in house.types.values():
        yield f"## `{kind.name}`\n"
        yield _prose(inspect.getdoc(type(kind)) or "")
        yield from _settings(kind)
        yield f"Filtered by: {', '.join(f'`{name}`' for name in kind.operators)}.\n"
        if kind.examples:
            yield "| written in REST | becomes | with the settings |\n| --- | --- | --- |"
            for example in kind.examples:
                settings = _code(example.settings) if example.settings else ""
                yield f"| {_code(example.raw)} | {_cell(f'`{example.value}`')} | {settings} |"
            yield ""


def _settings(kind: FieldType) -> Iterator[str]:
    if not kind.settings_schema:
        yield "It has no settings of its own.\n"
        return
    yield "| setting | takes | |\n| --- | --- | --- |"
    needed = kind.required_settings
    yield from (_row(name, schema, name in needed) for name, schema in kind.settings_schema.items())
    yield ""


def keys(house: House) -> Iterator[str]:
    """Each kind of file, piece by piece, with what every key takes."""
    yield "# Keys\n"
    for kind in known_kinds().values():
        yield f"## {kind.title}\n"
        pieces = kind.definitions(house.types)
        for name, piece in pieces.items():
            properties: Mapping[str, Any] = piece.schema.get("properties", {})
            forms = [form for form in piece.forms if pieces[form].schema.get("properties")]
            if forms:
                yield f"### {name}\n"
                yield f"One of {', '.join(f'[{form}](#{form})' for form in forms)}.\n"
            if not properties:
                continue
            required = piece.schema.get("required", ())
            yield f"### {name}\n"
            if text := piece.schema.get("description"):
                yield f"{text}\n"
            yield "| key | takes | |\n| --- | --- | --- |"
            yield from (_row(key, schema, key in required) for key, schema in properties.items())
            yield ""


def diagnostics(house: House) -> Iterator[str]:
    """Each code with its page; `trellis explain CODE` prints the same."""
    yield "# Diagnostics\n"
    yield "`trellis explain CODE` prints the same.\n"
    for code in house.codes.values():
        yield f"## {code.name}: {code.title}\n"
        yield _prose(code.explanation)


def settings(_house: House) -> Iterator[str]:
    """Each environment variable."""
    yield "# Settings\n"
    yield "| variable | default | |\n| --- | --- | --- |"
    for setting in SETTINGS:
        yield f"| `{setting.variable}` | {_cell(setting.default)} | {_cell(setting.purpose)} |"
    yield ""


def commands(_house: House) -> Iterator[str]:
    """Each command, as it explains itself."""
    yield "# Commands\n"
    yield "Exit codes: 0 done, 1 the input is wrong, 2 usage, 3 refused.\n"
    for name, module in command_files().items():
        command = load_command(module)
        parser = argparse.ArgumentParser(
            prog=f"trellis {name}",
            description=command.help,
            formatter_class=lambda prog: argparse.HelpFormatter(prog, width=100),
        )
        command.configure(parser)
        yield f"## `trellis {name}`\n"
        yield f"```text\n{parser.format_help().rstrip()}\n```\n"


def functions(house: House) -> Iterator[str]:
    """Each function of the expression language."""
    yield "# Functions\n"
    for function in house.language.functions.values():
        yield f"## `{function.name}`\n"
        yield _prose(inspect.getdoc(type(function)) or "")


def triggers(_house: House) -> Iterator[str]:
    """Each trigger of workflows."""
    yield "# Triggers\n"
    yield "Why workflows run: `trigger:` has one of them, or a list, which means any.\n"
    for kind in known_triggers().values():
        yield f"## `{kind.name}`\n"
        yield _prose(inspect.getdoc(type(kind)) or "")


def steps(_house: House) -> Iterator[str]:
    """Each step that workflows, tools, jobs and approvals do, with its settings."""
    yield "# Steps\n"
    yield "What workflows, tools, jobs and approvals do. How each is written stands under [keys](keys.md).\n"
    for kind in known_steps().values():
        yield f"## `{kind.name}`\n"
        yield _prose(inspect.getdoc(type(kind)) or "")
        yield "| setting | |\n| --- | --- |"
        for name, setting in kind.settings.items():
            yield f"| `{name}` | {'**Needed.** ' if setting.required else ''}{_cell(setting.about)} |"
        yield ""


def doctor(_house: House) -> Iterator[str]:
    """Each check of the doctor."""
    yield "# The doctor\n"
    yield "What `trellis doctor` looks at; `--without CHECK` leaves one out, by its code or its name.\n"
    for check in known_checks().values():
        yield f"## {check.name} `{check.key}`: {check.title}\n"
        yield _prose(check.code.explanation)
        if len(check.engines) == 1:
            names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
            yield f"It is looked at on {names[check.engines[0]]} only.\n"


PAGES: Mapping[str, Page] = {
    "field_types": field_types,
    "keys": keys,
    "functions": functions,
    "triggers": triggers,
    "steps": steps,
    "diagnostics": diagnostics,
    "settings": settings,
    "commands": commands,
    "doctor": doctor,
}


def write(folder: Path, house: House | None = None) -> None:
    """Write every page."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (folder / f"{name}.md").write_text("\n".join(page(house or House())), "utf-8")


def _row(key: str, schema: Any, needed: bool) -> str:
    said = schema.get("description", "") if isinstance(schema, Mapping) else ""
    return f"| `{key}` | {_cell(_takes(schema))} | {'**Needed.** ' if needed else ''}{_cell(said)} |"


def _takes(schema: Any) -> str:
    # What a JSON Schema lets through, in a few words.
    if not isinstance(schema, Mapping):
        return "anything"
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " or ".join(dict.fromkeys(_takes(each) for each in schema[several]))
    if "$ref" in schema:
        return f"[{schema['$ref'].rpartition('/')[2]}](#{schema['$ref'].rpartition('/')[2]})"
    kind = schema.get("type", "anything")
    kinds = [kind] if isinstance(kind, str) else list(kind)
    if kinds == ["array"]:
        return f"a list of {_takes(schema.get('items', {}))}"
    words = {
        "string": "text",
        "object": "a map",
        "boolean": "true or false",
        "array": "a list",
        "null": "nothing",
    }
    said = " or ".join(words.get(each, each) for each in kinds)
    ends = [
        f"{word} {schema[key]}" for key, word in (("minimum", "from"), ("maximum", "to")) if key in schema
    ]
    return " ".join([said, *ends])


def _prose(text: str) -> str:
    # Docstrings name code in double back-ticks, or as roles of reStructuredText.
    # Examples stand as they would be typed.
    plain = re.sub(r":\w+:`~?([^`]+)`", lambda found: f"`{found[1].rpartition('.')[2]}`", text)
    plain = plain.replace("``", "`")
    return re.sub(r"(?m)^(>>>.*(?:\n.+)*)", r"```text\n\1\n```", plain) + "\n"


def _code(value: object) -> str:
    written = json.dumps(
        value, ensure_ascii=False, default=lambda each: dict(each) if isinstance(each, Mapping) else str(each)
    )
    return _cell(f"`{written}`")


def _cell(text: object) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
