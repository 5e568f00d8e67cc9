"""The field type ``file``: one file that hangs on a record."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.fields.attached import ACCEPT, AttachedType
from runtime.fields.base import Example, Parsing, Surroundings, refuse
from runtime.fields.reference import read_reference
from runtime.fields.related import RelatedType
from runtime.model.catalog import Field


class File(AttachedType, RelatedType):
    """A record of the module ``files``; in REST its id. When the file is deleted, the field is emptied."""

    name = "file"
    title = "File"
    widget = "file"
    settings_schema = MappingProxyType({"accept": ACCEPT})
    examples = (
        Example(7, 7),
        Example("8", 8),
        Example({"id": 7, "title": "offer.pdf"}, 7),
        Example(["7"], 7),
        Example([], None),
        Example(None, None),
        Example("", None),
    )
    rejects: ClassVar[tuple[object, ...]] = (
        0,
        "offer.pdf",
        "../x",
        [7, 8],
        [None],
        True,
        1.5,
        {"match": {"name": "offer.pdf"}},
    )

    def complete(self, settings: Mapping[str, Any], surroundings: Surroundings) -> Mapping[str, Any]:
        """The settings with the module of the files."""
        return {**settings, "modules": ("files",), "many": False, "on_delete": "clear"}

    def parse(self, raw: object, field: Field, parsing: Parsing) -> int | None:
        """The id of a file that was uploaded before; a form may send it as a list of one."""
        if isinstance(raw, list | tuple):
            if len(raw) > 1:
                raise refuse(field, "{label} holds one file.")
            raw = raw[0] if raw else ""
            if raw is None:
                raise refuse(field, "{label} must be the id of a file.")
        reference = read_reference(raw, field)
        if reference is not None and not isinstance(reference, int):
            raise refuse(field, "{label} must be the id of a file.")
        return reference
