"""What the types that point at one record share: an id, its column, its texts."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger

from runtime.fields.base import Column, FieldType, Match, Parsing, Surroundings
from runtime.fields.formats import Formats
from runtime.fields.reference import id_of, read_reference, title_of
from runtime.model.catalog import Field, Picklist
from runtime.model.types import ValueType, record_of


class RelatedType(FieldType):
    """A type whose value is the id of a record of the settings' ``modules``."""

    filtered_by = "record"

    @abstractmethod
    def complete(self, settings: Mapping[str, Any], surroundings: Surroundings) -> Mapping[str, Any]:
        """The settings with ``modules``, the keys of the modules whose records it may point at."""

    def value_type(self, settings: Mapping[str, Any]) -> ValueType:
        """A record of its modules."""
        return record_of(*settings["modules"])

    def columns(self, settings: Mapping[str, Any]) -> tuple[Column, ...]:
        """One column of ids; a foreign key when there is one module."""
        modules = settings["modules"]
        return (Column("", BigInteger(), references=modules[0] if len(modules) == 1 else None),)

    def parse(self, raw: object, field: Field, parsing: Parsing) -> int | Match | None:
        """The id, or the match."""
        return read_reference(raw, field)

    def to_json(self, value: Any) -> object:
        """The id. The reader adds the title."""
        return None if value is None else id_of(value)

    def text(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """The title, when the value was read with it; the id otherwise."""
        return "" if value is None else title_of(value)

    def plain(self, value: Any) -> str:
        """The id."""
        return "" if value is None else str(id_of(value))
