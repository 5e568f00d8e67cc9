"""The field type ``any_relation``: a record of any of several modules, or of any there is."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import BigInteger, Text

from runtime.base.messages import phrase
from runtime.fields.base import Column, Example, FieldType, Input, Parsing, Schema, Surroundings, refuse
from runtime.fields.formats import Formats
from runtime.fields.reference import LARGEST_ID, ON_DELETE
from runtime.model.catalog import Field, Picklist
from runtime.model.types import ValueType, record_of
from runtime.model.values import Pointer, Ref

_TEXT = re.compile(r"([a-z][a-z0-9_]{0,62}):([1-9][0-9]{0,18})")
_SENTENCE = phrase('{label} must name a record by its module and its id, such as "accounts:5".')


class AnyRelation(FieldType):
    """A record with its module; in REST ``{"module": "accounts", "id": 5, "title": "Acme"}``.

    The module is kept beside the id, so that a list looks up titles in the modules that it shows, and in no
    other. ``settings["among"]`` are the modules that it may point at.
    """

    name = "any_relation"
    title = "Relation to anything"
    widget = "any_relation"
    filtered_by = "filled"
    settings_schema = MappingProxyType(
        {
            "modules": {
                "type": "array",
                "items": {"type": "string"},
                "minItems": 1,
                "uniqueItems": True,
                "description": "The keys of the modules whose records it may point at; all when left out.",
            },
            "on_delete": {
                "enum": list(ON_DELETE),
                "default": "clear",
                "description": "What deleting the related record does: it is refused (restrict), this field "
                "is emptied (clear), or this record is deleted with it (cascade).",
            },
        }
    )
    operators = ("==", "!=", "in", "not in", "is_empty")
    sortable = False
    examples = (
        Example({"module": "accounts", "id": 5}, Pointer("accounts", 5)),
        Example({"module": "contacts", "id": "7", "title": "Ada"}, Pointer("contacts", 7)),
        Example("accounts:5", Pointer("accounts", 5)),
        Example("", None),
        Example({"module": "accounts", "id": 5}, Pointer("accounts", 5), {"modules": ["accounts"]}),
    )
    rejects = (
        5,
        "5",
        "accounts",
        "accounts:0",
        "leads:5",
        {"id": 5},
        {"module": "accounts"},
        {"module": "leads", "id": 5},
        {"module": "accounts", "id": -1},
        {"module": "accounts", "id": True},
        {"module": "accounts", "id": 2**63},
        {"module": ["accounts"], "id": 5},
        True,
        ["accounts:5"],
    )

    def complete(self, settings: Mapping[str, Any], surroundings: Surroundings) -> Mapping[str, Any]:
        """The settings with the modules that it may point at."""
        rest = {key: value for key, value in settings.items() if key != "modules"}
        among = tuple(settings["modules"]) if "modules" in settings else surroundings.modules
        return {"on_delete": "clear", **rest, "among": among}

    def value_type(self, settings: Mapping[str, Any]) -> ValueType:
        """A record of its modules."""
        return record_of(*settings["among"])

    def columns(self, settings: Mapping[str, Any]) -> tuple[Column, ...]:
        """The id, and beside it the key of its module."""
        return (Column("", BigInteger()), Column("module", Text()))

    def to_columns(self, value: object) -> tuple[object, ...]:
        """The id and the module."""
        return (value.id, value.module) if isinstance(value, Pointer | Ref) else (None, None)

    def from_columns(self, parts: tuple[Any, ...]) -> object:
        """Where it points."""
        return None if parts[0] is None else Pointer(parts[1] or "", parts[0])

    def parse(self, raw: object, field: Field, parsing: Parsing) -> Pointer | None:
        """Where it points; that there is such a record is the writer's question."""
        if raw is None or (isinstance(raw, str) and not raw.strip()):
            return None
        module, number = self._parts(raw, field)
        among = field.settings["among"]
        if not isinstance(module, str) or module not in among:
            some = " or ".join(among[:8])
            raise refuse(field, "{label} must be a record of {modules}.", modules=some)
        if isinstance(number, str) and number.isascii() and number.isdigit() and len(number) < 20:
            number = int(number)
        if not isinstance(number, int) or isinstance(number, bool) or not 0 < number <= LARGEST_ID:
            raise refuse(field, _SENTENCE)
        return Pointer(module, number)

    def _parts(self, raw: object, field: Field) -> tuple[object, object]:
        if isinstance(raw, Pointer | Ref):
            return raw.module, raw.id
        if isinstance(raw, str) and (found := _TEXT.fullmatch(raw.strip())):
            return found[1], found[2]
        if isinstance(raw, Mapping) and raw.keys() <= {"module", "id", "title"} and "id" in raw:
            return raw.get("module"), raw["id"]
        raise refuse(field, _SENTENCE)

    def to_json(self, value: Any) -> object:
        """The module and the id. The reader adds the title."""
        return None if value is None else {"module": value.module, "id": value.id}

    def from_json(self, value: Any) -> object:
        """Where it points; a deletion logs the id alone."""
        if value is None or isinstance(value, int):
            return None if value is None else Pointer("", value)
        return Pointer(value["module"], value["id"])

    def text(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """The title, when the value was read with it; the id otherwise."""
        if value is None:
            return ""
        return value.title if isinstance(value, Ref) else f"#{value.id}"

    def plain(self, value: Any) -> str:
        """The module and the id: ``accounts:5``."""
        return "" if value is None else f"{value.module}:{value.id}"

    def input(self, value: Any, field: Field, formats: Formats) -> Input:
        """The module and the id."""
        return self.plain(value)

    def schema(self, settings: Mapping[str, Any]) -> Schema:
        """The module, the id and the title."""
        return {
            "type": ["object", "null"],
            "required": ["module", "id"],
            "properties": {
                "module": {"enum": list(settings["among"])},
                "id": {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
                "title": {"type": "string"},
            },
        }

    def written_schema(self, settings: Mapping[str, Any]) -> Schema:
        """The module and the id."""
        return {"anyOf": [self.schema(settings), {"type": "string"}]}
