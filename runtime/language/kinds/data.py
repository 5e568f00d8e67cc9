"""The kind ``data``: the records that a new database starts with, by a local key for each."""

from collections.abc import Mapping
from types import MappingProxyType

from runtime.base.registry import Registry
from runtime.fields.base import FieldType
from runtime.language.kinds.base import Definition, Kind, Schema, described, map_of, ref

VALUE: Schema = described(
    {"type": ["string", "boolean", "number", "object", "array"]},
    "The value of a field as REST takes it, = and the local key of a record, or a list of rows.",
)


class DataKind(Kind):
    """``data/<module>.yaml``, or as a table ``data/<module>.csv``."""

    name = "data"
    folder = "data"
    endings = (".yaml", ".csv")
    title = "Records to start with: data/<module>.yaml"
    names_in_keys = MappingProxyType(
        {
            "*": "field",
            "*.{field}.#": "attribute",
        }
    )
    names_in_texts = MappingProxyType(
        {
            "*.{field}": "value",
            "*.{field}.#": "value",
        }
    )

    def definitions(self, types: Registry[FieldType]) -> Mapping[str, Definition]:
        """The file, a map of records, and one record, whose fields are its module's."""
        return MappingProxyType(
            {"data": Definition(map_of(ref("start_record"))), "start_record": Definition(map_of(VALUE))}
        )
