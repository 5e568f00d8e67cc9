"""JSON Schemas of records: how each field reads in an answer, and how it is written in a request."""

from collections.abc import Mapping
from typing import Any

from runtime.base.registry import Registry
from runtime.fields.base import FieldType
from runtime.model.catalog import Catalog, Field, Module
from runtime.model.types import ListType, PicklistType, ValueType
from runtime.storage.tables import link_attributes

Schema = dict[str, Any]

UPLOADED = "files"
"""The module whose records are made by an upload and by nothing else."""

DECIMAL = r"^-?[0-9]+(\.[0-9]+)?$"
WHOLE = "^-?[0-9]+$"
ID = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
LARGEST = 10**18 - 1
STAMPED = (
    "id",
    "number",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "version",
    "archived_at",
    "deleted_at",
)
"""The record's own fields that nobody writes."""


def ref(name: str) -> Schema:
    """A reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


SHARED: Mapping[str, Schema] = {
    "Error": {
        "type": "object",
        "description": "What every refusal looks like.",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["code", "message", "fields", "at"],
                "properties": {
                    "code": {"type": "string", "description": "For programs."},
                    "message": {"type": "string", "description": "For people, in the caller's language."},
                    "fields": {
                        "type": "object",
                        "description": "Sentences by field; a row's are under items.0.quantity.",
                        "additionalProperties": {"type": "array", "items": {"type": "string"}},
                    },
                    "at": {"type": "string", "description": "The parameter, header or place in the body."},
                    "duplicates": {
                        "type": "array",
                        "description": "The records that may be the same, where such were found.",
                        "items": {
                            "type": "object",
                            "required": ["module", "id", "title"],
                            "properties": {
                                "module": {"type": "string"},
                                "id": {"type": "integer"},
                                "title": {"type": "string"},
                                "at": {"type": "string", "description": "Which one of a batch."},
                            },
                        },
                    },
                },
            }
        },
    },
    "Money": {
        "type": "object",
        "description": "An exact amount of one currency.",
        "required": ["amount", "currency"],
        "properties": {
            "amount": {"type": "string", "pattern": DECIMAL},
            "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
        },
        "examples": [{"amount": "12.50", "currency": "EUR"}],
    },
    "Reference": {
        "type": "object",
        "description": "A related record. `data` is the record itself, where `include` asks for it.",
        "required": ["id", "title"],
        "properties": {
            "id": ID,
            "title": {"type": "string"},
            "module": {"type": "string", "description": "Where the field may point at several modules."},
            "data": {"type": ["object", "null"]},
        },
        "examples": [{"id": 7, "title": "Acme"}],
    },
    "WrittenReference": {
        "description": "An id, what an answer gave, or a match by the values of the related record's fields.",
        "anyOf": [
            ID,
            {"type": "string", "pattern": "^[1-9][0-9]{0,17}$"},
            {
                "type": "object",
                "required": ["id"],
                "properties": {"id": ID, "title": {"type": "string"}, "module": {"type": "string"}},
            },
            {
                "type": "object",
                "required": ["match"],
                "properties": {"match": {"type": "object", "minProperties": 1, "maxProperties": 5}},
                "additionalProperties": False,
            },
        ],
    },
    "Saved": {
        "type": "object",
        "required": ["id", "version", "action"],
        "properties": {
            "id": ID,
            "version": {"type": "integer"},
            "action": {"enum": ["created", "updated", "unchanged", "deleted"]},
        },
    },
}
"""The schemas that every catalog has."""


class Schemas:
    """Makes the schemas of one catalog."""

    def __init__(self, catalog: Catalog, types: Registry[FieldType]) -> None:
        self._catalog = catalog
        self._types = types

    def all(self) -> dict[str, Schema]:
        """Every schema by its name: ``accounts`` reads, ``accounts.create`` and ``accounts.update`` write."""
        made: dict[str, Schema] = dict(SHARED)
        for module in self._catalog.modules.values():
            made[module.key] = self.read(module)
            made[f"{module.key}.create"] = self.written(module, creating=True)
            made[f"{module.key}.update"] = self.written(module, creating=False)
        return made

    def read(self, module: Module) -> Schema:
        """A record as an answer gives it; with ``fields`` it has fewer, and paths by their dotted names."""
        fields = (*module.record_fields.values(), *module.fields.values())
        properties = {
            field.key: self._described(field, self._reads(field))
            for field in fields
            if not self._types[field.type].hidden
        }
        for field in fields:
            if field.computed is not None:
                properties[field.key]["readOnly"] = True
        for rows in module.rows():
            properties[rows.key] = {"type": "array", "items": ref(rows.target), "title": str(rows.label)}
        properties["id"] = ID
        return {"type": "object", "title": str(module.label), "required": ["id"], "properties": properties}

    def written(self, module: Module, *, creating: bool) -> Schema:
        """A record as a request may give it; nothing else is taken."""
        fields = [field for field in module.fields.values() if self._is_written(field)]
        if module.parent is not None:
            fields += [module.record_fields[key] for key in ("parent", "position")]
        fields.append(module.record_fields["owner"])
        properties = {field.key: self._described(field, self._writes(field)) for field in fields}
        for rows in module.rows():
            properties[rows.key] = {
                "type": "array",
                "maxItems": 1000,
                "items": ref(f"{rows.target}.row"),
                "title": str(rows.label),
            }
        if not creating:
            properties["version"] = {
                "type": "integer",
                "minimum": 1,
                "description": "The version that the change was made on; when there is another by now: 409.",
            }
        schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        required = [
            field.key
            for field in fields
            if creating and field.required and field.default in (None, ()) and not self._fills(field)
        ]
        if required:
            schema["required"] = required
        return schema

    def row(self, module: Module) -> Schema:
        """A row as its parent's request may give it: with an id it is changed, without one it is new."""
        fields = [field for field in module.fields.values() if self._is_written(field)]
        properties = {field.key: self._described(field, self._writes(field)) for field in fields}
        return {
            "type": "object",
            "properties": {"id": {**ID, "description": "Of a row that is there."}, **properties},
        }

    def examples(self, field: Field) -> list[Any]:
        """Values of the field's type that may be written, as examples."""
        if field.targets or isinstance(field.value_type, PicklistType | ListType):
            return []
        found = [example.raw for example in self._types[field.type].examples if not example.settings]
        return [
            value
            for value in found
            if isinstance(value, bool | int | dict) or (isinstance(value, str) and value.strip())
        ][:1]

    def _fills(self, field: Field) -> bool:
        return field.key in self._catalog.modules[field.module].dynamics.filled

    def _is_written(self, field: Field) -> bool:
        return not field.readonly and not self._types[field.type].given

    def _described(self, field: Field, schema: Schema) -> Schema:
        described = {"title": str(field.label), **schema}
        if field.help is not None:
            described["description"] = str(field.help)
        return described

    def _reads(self, field: Field) -> Schema:
        kind = self._types[field.type]
        own = kind.schema(field.settings)
        if own is not None:
            return dict(own)
        if field.targets:
            return {"type": "array", "items": ref("Reference")} if kind.linked else _or_null(ref("Reference"))
        if isinstance(field.value_type, ListType):
            return {"type": "array", "items": {"type": "string"}}
        return dict(_READ.get(field.value_type.name, {"type": ["string", "null"]}))

    def _writes(self, field: Field) -> Schema:
        kind = self._types[field.type]
        settings = field.settings
        own = kind.written_schema(settings)
        if own is not None:
            return {**own, "examples": found} if (found := self.examples(field)) else dict(own)
        if field.targets:
            if not kind.linked:
                return _or_null(ref("WrittenReference"))
            return {"type": ["array", "null"], "items": self._written_link(field), "maxItems": 1000}
        value_type: ValueType = field.value_type
        if isinstance(value_type, ListType) and isinstance(value_type.of, PicklistType):
            return {"type": ["array", "null"], "items": {"enum": self._keys(value_type.of)}}
        if isinstance(value_type, PicklistType):
            return {"enum": [*self._keys(value_type), None]}
        schema = dict(_WRITTEN.get(value_type.name, {"type": ["string", "null"]}))
        if value_type.name == "text" and isinstance(settings.get("max"), int):
            schema["maxLength"] = settings["max"]
        if value_type.name in ("integer", "decimal", "percent"):
            for setting, keyword in (("min", "minimum"), ("max", "maximum")):
                if settings.get(setting) is not None:
                    schema[keyword] = _plain(settings[setting])
        if value_type.name == "money":
            schema["anyOf"] = [
                {
                    "type": "object",
                    "required": ["amount"],
                    "properties": {
                        "amount": {"type": ["string", "number", "null"], "pattern": DECIMAL},
                        "currency": {"enum": [*settings["currencies"], None]},
                    },
                    "additionalProperties": False,
                },
                {"type": "number"},
                {"type": "string", "pattern": DECIMAL},
                {"type": "null"},
            ]
        found = self.examples(field)
        if found:
            schema["examples"] = found
        return schema

    def _written_link(self, field: Field) -> Schema:
        attributes = link_attributes(field)
        if not attributes:
            return ref("WrittenReference")
        with_attributes = {
            "type": "object",
            "required": ["id"],
            "properties": {
                "id": ID,
                "title": {"type": "string"},
                **{key: self._described(each, self._writes(each)) for key, each in attributes.items()},
            },
        }
        return {"anyOf": [ref("WrittenReference"), with_attributes]}

    def _keys(self, value_type: PicklistType) -> list[str]:
        return list(self._catalog.picklists[value_type.picklist].values)


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _plain(number: Any) -> int | float:
    whole = int(number)
    return whole if whole == number else float(number)


_READ: Mapping[str, Schema] = {
    "text": {"type": ["string", "null"]},
    "integer": {"type": ["integer", "null"]},
    "decimal": {"type": ["string", "null"], "pattern": DECIMAL},
    "percent": {"type": ["string", "null"], "pattern": DECIMAL},
    "money": {"anyOf": [ref("Money"), {"type": "null"}]},
    "boolean": {"type": ["boolean", "null"]},
    "date": {"type": ["string", "null"], "format": "date"},
    "datetime": {"type": ["string", "null"], "format": "date-time"},
    "picklist": {"type": ["string", "null"]},
}

_WRITTEN: Mapping[str, Schema] = {
    "text": {"type": ["string", "null"]},
    "integer": {
        "type": ["integer", "string", "null"],
        "pattern": WHOLE,
        "minimum": -LARGEST,
        "maximum": LARGEST,
    },
    "decimal": {"type": ["number", "string", "null"], "pattern": DECIMAL},
    "percent": {"type": ["number", "string", "null"], "pattern": DECIMAL},
    "money": {},
    "boolean": {"type": ["boolean", "null"]},
    "date": {"type": ["string", "null"], "format": "date"},
    "datetime": {"type": ["string", "null"], "format": "date-time"},
}
