"""Schemas for editors: one JSON Schema a kind of file, from the definitions that `check` validates with.

A file may be a layer over another pack's, so nothing is required here, any key may be null, and lists may be
edited; what is missing after all layers are merged is `check`'s to say. They keep to draft 7, which every
editor knows.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from runtime.base.registry import Registry
from runtime.fields.base import FieldType
from runtime.language.kinds.base import ALONE, Definition, Kind, Schema, closed, described

DRAFT = "http://json-schema.org/draft-07/schema#"
NOTHING: Schema = {"type": "null", "description": "Removes what a lower layer says."}
PLACED = frozenset(("field", "value", "tab", "block", "filter", "group", "role"))
"""The pieces that may say after or before which other they stand."""

README = """# Schemas for editors

`trellis schema` writes these files; write them again after an upgrade. With a YAML language server (in VS
Code the extension *YAML*, in other editors `yaml-language-server`) they complete keys, explain them, and
underline what is wrong while you type. What needs the whole pack, `trellis check` says.

A file names its schema in its first line, by the way from the file to the schema:

    # yaml-language-server: $schema=../../.trellis/modules.schema.json

Or name them all at once in the settings of the workspace (`.vscode/settings.json`):

    {
      "yaml.schemas": {
FILES
      }
    }
"""


def editor_schemas(kinds: Registry[Kind], types: Registry[FieldType]) -> dict[str, Schema]:
    """The document of each kind, by its file's name."""
    all_of = {name: one for kind in kinds.values() for name, one in kind.definitions(types).items()}
    return {
        f"{kind.name}.schema.json": _document(kind, _needed(kind.definitions(types), all_of))
        for kind in kinds.values()
    }


def _needed(own: Mapping[str, Definition], all_of: Mapping[str, Definition]) -> Mapping[str, Definition]:
    """A kind's pieces, and those of others that they name."""
    found, waiting = dict(own), list(own.values())
    while waiting:
        piece = waiting.pop()
        for name in (*piece.forms, *_named(piece.schema)):
            if name not in found:
                found[name] = all_of[name]
                waiting.append(all_of[name])
    return found


def _named(schema: object) -> Iterator[str]:
    if isinstance(schema, Mapping):
        if isinstance(name := schema.get("$ref"), str):
            yield name.rpartition("/")[2]
        for each in schema.values():
            yield from _named(each)
    elif isinstance(schema, list | tuple):
        for each in schema:
            yield from _named(each)


def _document(kind: Kind, definitions: Mapping[str, Definition]) -> Schema:
    pieces = {name: _piece(name, definitions, is_layered=kind.layered) for name in definitions}
    return {"$schema": DRAFT, "title": kind.title, **pieces.pop(kind.name), "$defs": pieces}


def _piece(name: str, definitions: Mapping[str, Definition], *, is_layered: bool) -> Schema:
    definition = definitions[name]
    is_placed = name.split("_")[0] in PLACED
    if definition.choose is not None:
        return _chosen(definition, definitions, is_placed=is_placed and is_layered)
    schema = dict(definition.schema)
    if not is_layered:
        return schema
    schema.pop("required", None)
    if isinstance(properties := schema.get("properties"), dict):
        schema["properties"] = {key: _loosened(child) for key, child in properties.items()}
        if is_placed:
            schema["properties"] |= _places()
    if isinstance(others := schema.get("additionalProperties"), dict):
        schema["additionalProperties"] = {"anyOf": [others, NOTHING]}
    return schema


def _chosen(definition: Definition, definitions: Mapping[str, Definition], *, is_placed: bool) -> Schema:
    """A piece of several forms: the key that tells them apart decides which one holds."""
    forms = {form: definitions[form].schema for form in definition.forms}
    first = next(iter(forms.values()))["properties"]
    shared = {
        key: schema
        for key, schema in first.items()
        if all(key in form["properties"] for form in forms.values())
    }
    tags = [one["properties"]["type"]["enum"][0] for one in forms.values() if _is_tagged(one)]
    if tags:
        shared["type"] = described({"enum": tags}, "The type of the field.")
    properties = {key: _loosened(schema) for key, schema in shared.items()} | (_places() if is_placed else {})
    decisions = [
        {"if": _condition(schema), "then": {"$ref": f"#/$defs/{form}"}} for form, schema in forms.items()
    ]
    return {"type": "object", "properties": properties, "allOf": decisions}


def _is_tagged(schema: Schema) -> bool:
    return len(schema["properties"].get("type", {}).get("enum", ())) == 1


def _condition(schema: Schema) -> Schema:
    """When a form is meant: its type is written, or the first key that it must have."""
    if _is_tagged(schema):
        tag = schema["properties"]["type"]["enum"][0]
        return {"properties": {"type": {"const": tag}}, "required": ["type"]}
    return {"required": list(schema["required"][:1])}


def _loosened(schema: Schema) -> Schema:
    """What a layer may also write in the place of a value."""
    choices = [schema, NOTHING]
    if ALONE in schema:
        choices.insert(1, schema["items"])
    if schema.get("type") == "array":
        choices.insert(1, _edit(schema))
    loosened: Schema = {"anyOf": choices}
    if "description" in schema:
        loosened["description"] = schema["description"]
    if isinstance(schema.get("additionalProperties"), dict):
        others = {"anyOf": [schema["additionalProperties"], NOTHING]}
        choices[0] = {**schema, "additionalProperties": others}
    return loosened


def _edit(schema: Schema) -> Schema:
    items: Any = schema.get("items", {})
    return closed(
        {
            "add": described({"type": "array", "items": items}, "Items for the list of a lower layer."),
            "remove": described({"type": "array", "items": items}, "Items to take out of it."),
            "before": described(items, "The item they are put before."),
            "after": described(items, "The item they are put after."),
        }
    )


def _places() -> dict[str, Schema]:
    return {
        "after": described({"type": "string"}, "The entry it stands after."),
        "before": described({"type": "string"}, "The entry it stands before."),
    }


def readme(kinds: Registry[Kind]) -> str:
    """How an editor is told of the schemas."""
    files = ((kind.name, kind.file or f"{kind.folder}/*.yaml") for kind in kinds.values())
    lines = [f'        ".trellis/{name}.schema.json": "{pattern}"' for name, pattern in files]
    return README.replace("FILES", ",\n".join(lines))
