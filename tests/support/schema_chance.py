"""Schemas by chance: a small configuration, and changes that may be made to it, one after the other."""

import json
from copy import deepcopy
from random import Random
from typing import Any

from runtime.language.packs import LayerFiles
from runtime.model.catalog import Layer

Fields = dict[str, dict[str, Any]]
Schema = dict[str, Any]
"""``{"modules": {key: fields}, "picklists": {key: {value: {}}}}``, as the files of a pack have them."""

TYPES: tuple[str, ...] = (
    "text",
    "integer",
    "decimal",
    "boolean",
    "date",
    "picklist",
    "multi_picklist",
    "money",
    "relation",
)
TYPES += ("relations", "long_text", "percent", "datetime")
VALUES = ("red", "green", "blue", "grey", "pink")
PACK = "title: Chance\nversion: 1.0.0\nlanguages: [en]\ncurrency: EUR\ntimezone: Europe/Helsinki\n"


class SchemaChance:
    """Makes schemas and changes them; the same seed makes the same."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self._count = 0

    def schema(self) -> Schema:
        """A schema of two or three modules."""
        picklists: dict[str, Any] = {
            key: {value: {} for value in self.some(VALUES, 2)} for key in ("colours", "shades")
        }
        made: Schema = {"modules": {}, "picklists": picklists}
        for place in range(self.chance.randint(2, 3)):
            made["modules"][f"things{place + 1}"] = {"name": {"type": "text"}}
        for module in made["modules"]:
            for _ in range(self.chance.randint(2, 5)):
                made["modules"][module][self._key()] = self.field(made)
        return made

    def field(self, schema: Schema) -> dict[str, Any]:
        """A field of any type."""
        kind = self.chance.choice(TYPES)
        spec: dict[str, Any] = {"type": kind}
        if kind in ("picklist", "multi_picklist"):
            spec["picklist"] = self.chance.choice(sorted(schema["picklists"]))
        if kind == "decimal":
            spec["scale"] = self.chance.randint(0, 4)
        if kind in ("relation", "relations"):
            spec["module"] = self.chance.choice(sorted(schema["modules"]))
        if kind == "text" and self.chance.random() < 0.2:
            spec["unique"] = True
        if kind == "integer" and self.chance.random() < 0.3:
            spec |= {"required": True, "default": self.chance.randint(0, 9)}
        return spec

    def changed(self, schema: Schema) -> Schema:
        """The schema after one change, which may be one that the data does not allow."""
        made = deepcopy(schema)
        kinds = [each for each in dir(self) if each.startswith("_make_")]
        getattr(self, self.chance.choice(kinds))(made)
        return made

    def some(self, values: tuple[str, ...], least: int) -> list[str]:
        """Some of these, so many at least, in their order."""
        chosen = set(self.chance.sample(values, self.chance.randint(least, len(values))))
        return [each for each in values if each in chosen]

    def _make_new_field(self, schema: Schema) -> None:
        self._fields(schema)[self._key()] = self.field(schema)

    def _make_fewer_fields(self, schema: Schema) -> None:
        fields = self._fields(schema)
        if len(fields) > 1:
            del fields[self._other(fields)]

    def _make_another_type(self, schema: Schema) -> None:
        fields = self._fields(schema)
        if len(fields) > 1:
            fields[self._other(fields)] = self.field(schema)

    _make_yet_another_type = _make_another_type

    def _make_rename(self, schema: Schema) -> None:
        fields = self._fields(schema)
        if len(fields) > 1:
            old = self._other(fields)
            fields[self._key()] = {**fields.pop(old), "was": old}

    def _make_values(self, schema: Schema) -> None:
        values = schema["picklists"][self.chance.choice(sorted(schema["picklists"]))]
        gone = self.chance.choice(sorted(values))
        if self.chance.random() < 0.5 and len(values) > 1:
            del values[gone]
        missing = [each for each in VALUES if each not in values]
        if missing:
            values[self.chance.choice(missing)] = {}

    def _make_merge(self, schema: Schema) -> None:
        values = schema["picklists"][self.chance.choice(sorted(schema["picklists"]))]
        if len(values) > 1:
            gone, into = self.chance.sample(sorted(values), 2)
            del values[gone]
            values[into] = {"was": gone}

    def _make_required(self, schema: Schema) -> None:
        fields = self._fields(schema)
        spec = fields[self._other(fields)] if len(fields) > 1 else {}
        if spec.get("type") == "integer":
            spec |= {"required": not spec.get("required", False), "default": 3}

    def _make_unique(self, schema: Schema) -> None:
        fields = self._fields(schema)
        spec = fields[self._other(fields)] if len(fields) > 1 else {}
        if spec.get("type") in ("text", "integer"):
            spec["unique"] = not spec.get("unique", False)

    def _make_module(self, schema: Schema) -> None:
        key = self._key()
        schema["modules"][key] = {"name": {"type": "text"}, "size": {"type": "integer"}}

    def _make_fewer_modules(self, schema: Schema) -> None:
        gone = self.chance.choice(sorted(schema["modules"]))
        if len(schema["modules"]) > 1:
            del schema["modules"][gone]
            for fields in schema["modules"].values():
                for key in [key for key, spec in fields.items() if spec.get("module") == gone]:
                    del fields[key]

    def _fields(self, schema: Schema) -> Fields:
        found: Fields = schema["modules"][self.chance.choice(sorted(schema["modules"]))]
        return found

    def _other(self, fields: Fields) -> str:
        return self.chance.choice(sorted(key for key in fields if key != "name"))

    def _key(self) -> str:
        self._count += 1
        return f"f{self._count}"


def layers_of(schema: Schema) -> tuple[LayerFiles, ...]:
    """The schema as the text of one pack. JSON is YAML."""
    files = {"pack.yaml": PACK}
    for key, fields in schema["modules"].items():
        files[f"schemas/modules/{key}.yaml"] = json.dumps({"fields": fields}, indent=1)
    for key, values in schema["picklists"].items():
        files[f"schemas/picklists/{key}.yaml"] = json.dumps({"values": values}, indent=1)
    return (LayerFiles(Layer("chance", "Chance", "1.0.0", "packs/chance"), files),)
