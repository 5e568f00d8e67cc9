"""The field type ``files``: files that hang on a record."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from runtime.fields.attached import ACCEPT, AttachedType
from runtime.fields.base import Column, Example, Input, Parsing, Surroundings, refuse
from runtime.fields.formats import Formats
from runtime.fields.reference import id_of, read_reference, title_of
from runtime.fields.several import several
from runtime.model.catalog import Field, Picklist
from runtime.model.types import ValueType, list_of, record_of


class Files(AttachedType):
    """Records of the module ``files``, in order; in REST a list of their ids."""

    name = "files"
    title = "Files"
    widget = "files"
    compared = "never"
    settings_schema = MappingProxyType(
        {
            "max": {
                "type": "integer",
                "minimum": 1,
                "maximum": 100,
                "default": 20,
                "description": "How many files it may hold.",
            },
            "accept": ACCEPT,
        }
    )
    operators = ("is_empty",)
    linked = True
    sortable = False
    examples = (
        Example([7, "8"], (7, 8)),
        Example(7, (7,)),
        Example([{"id": 7, "title": "offer.pdf"}], (7,)),
        Example([], ()),
        Example(None, ()),
    )
    rejects = (
        [7, 7],
        ["offer.pdf"],
        [None],
        [{"match": {"name": "offer.pdf"}}],
        list(range(1, 22)),
        True,
        [0],
        "../x",
    )

    def complete(self, settings: Mapping[str, Any], surroundings: Surroundings) -> Mapping[str, Any]:
        """The settings with the module of the files, and whether a control takes several."""
        completed = {"max": 20, **settings}
        return {**completed, "modules": ("files",), "many": completed["max"] > 1}

    def value_type(self, settings: Mapping[str, Any]) -> ValueType:
        """A list of files."""
        return list_of(record_of("files"))

    def columns(self, settings: Mapping[str, Any]) -> tuple[Column, ...]:
        """None: the links are rows of a table of their own."""
        return ()

    def to_columns(self, value: object) -> tuple[object, ...]:
        """Nothing."""
        return ()

    def from_columns(self, parts: tuple[Any, ...]) -> object:
        """Nothing; the reader puts the files in."""
        return ()

    def parse(self, raw: object, field: Field, parsing: Parsing) -> tuple[int, ...]:
        """The ids of files that were uploaded before."""
        ids: list[int] = []
        for item in several(raw, field, parsing):
            reference = read_reference(item, field)
            if not isinstance(reference, int):
                raise refuse(field, "{label} must be a list of the ids of files.")
            ids.append(reference)
        if len(ids) != len(set(ids)):
            raise refuse(field, "{label} names the same file twice.")
        if len(ids) > field.settings["max"]:
            raise refuse(field, "{label} may hold {max} files at most.", max=field.settings["max"])
        return tuple(ids)

    def to_json(self, value: Any) -> object:
        """The ids as a list."""
        return [id_of(file) for file in value or ()]

    def from_json(self, value: Any) -> object:
        """The ids again."""
        return tuple(value or ())

    def text(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """The files' names, where the values were read with them; the ids otherwise."""
        return ", ".join(title_of(file) for file in value or ())

    def plain(self, value: Any) -> str:
        """The ids, separated by semicolons."""
        return ";".join(str(id_of(file)) for file in value or ())

    def input(self, value: Any, field: Field, formats: Formats) -> Input:
        """The ids, one for each file that stays."""
        return tuple(str(id_of(file)) for file in value or ())
