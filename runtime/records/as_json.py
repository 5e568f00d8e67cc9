"""Values as JSON: how a program reads them, through REST and in what is sent to other systems."""

from collections.abc import Callable, Mapping
from typing import Any

from runtime.fields.base import FieldType
from runtime.model.catalog import Field
from runtime.model.types import DATE, DATETIME

Write = Callable[[Any], object]


def writer_of(field: Field, types: Mapping[str, FieldType]) -> Write | None:
    """How a field's value is written; None where it is written as it is."""
    kind = types[field.type]
    if "among" in field.settings:
        return _union
    if field.targets:
        many = len(field.targets) > 1
        if kind.linked:
            return _references
        return _union if many else _reference
    moments = field.value_type in (DATE, DATETIME) and not field.settings.get("optional_time")
    if moments or type(kind).to_json is FieldType.to_json:
        return None
    return kind.to_json


def _reference(value: Any) -> object:
    return {"id": value.id, "title": value.title}


def _union(value: Any) -> object:
    # Where a field points at records of several modules, the reader is told which.
    return {"id": value.id, "title": value.title, "module": value.module}


def _references(value: Any) -> object:
    return [_reference(item) for item in value]
