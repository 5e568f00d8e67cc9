"""What a kind of file declares: where its files lie, and the JSON Schema of each piece of one."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.base.registry import Registry
from runtime.fields.base import FieldType
from runtime.language.nodes import MapNode

Schema = dict[str, Any]
"""A JSON Schema, draft 2020-12."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why no form of a piece can be told: the code and sentence, and the key it stands at (the piece itself
    when None).
    """

    code: str
    message: str
    help: str = ""
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """One piece of a file: a map with its own schema, which may name other pieces by ``$ref``.

    A piece that has several forms has no properties of its own: ``choose`` names the definition to take,
    and ``forms`` are all of them, for editors. What the language has and this version does not is refused
    with a code: the keys in ``later`` and the values in ``later_values``. ``instead`` are keys that people
    look for here and do not find, each with what to write instead.
    """

    schema: Schema = field(default_factory=dict)
    choose: Callable[[MapNode], str | Misfit] | None = None
    forms: tuple[str, ...] = ()
    later: Mapping[str, str] = field(default_factory=dict)
    later_values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)


class Kind(ABC):
    """A kind of file. ``folder`` has one file for each key, or ``file`` is the only one."""

    name: ClassVar[str]
    """The kind's name, and the first part of the name of each of its definitions."""
    folder: ClassVar[str] = ""
    """The folder inside the pack, for a kind with a file for each key."""
    file: ClassVar[str] = ""
    """The file inside the pack, for a kind with a single one."""
    endings: ClassVar[tuple[str, ...]] = (".yaml",)
    """How the names of its files may end."""
    title: ClassVar[str]
    """What it is, for the heading of its schema."""
    layered: ClassVar[bool] = True
    """Whether a file may also be a layer over another pack's, with nulls, edits of lists and places."""
    names_in_keys: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """Where keys name things of the configuration: the place of the map inside a file, and what its keys are:
    ``module``, ``field``, ``attribute``, ``value``, ``module.field``. See
    :mod:`runtime.language.earlier.patterns`. A rename is followed there.
    """
    names_in_texts: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """Where texts do, expressions apart: what keys may be, and ``path``, ``sort``, ``title``, ``there`` (a
    path of the related records that a block shows), ``module.filter``.
    """

    @abstractmethod
    def definitions(self, types: Registry[FieldType]) -> Mapping[str, Definition]:
        """Its pieces by name; the one that is named like the kind is the entire file."""


ALONE = "x-alone"
"""The keyword of a list whose only item may stand in its place."""


def alone_or_listed(schema: Schema) -> Schema:
    """A list of pieces, or one of them where the list would stand."""
    return {**schema, ALONE: True}


def one_of(*names: str) -> Schema:
    """A text out of a list."""
    return {"enum": list(names)}


def described(schema: Schema, description: str) -> Schema:
    """The schema with the sentence that the reference and an editor show."""
    return {**schema, "description": description}


def closed(properties: Mapping[str, Schema], required: tuple[str, ...] = ()) -> Schema:
    """A map with these keys and no others."""
    schema: Schema = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    if required:
        schema["required"] = list(required)
    return schema


def map_of(schema: Schema) -> Schema:
    """A map of any keys to values of one schema."""
    return {"type": "object", "additionalProperties": schema}


def ref(name: str) -> Schema:
    """Another piece, by its name."""
    return {"$ref": f"#/$defs/{name}"}


TEXT: Schema = {"type": "string"}
WORDS: Schema = {"type": "string", "minLength": 1, "maxLength": 500}
LABEL: Schema = {
    "type": ["string", "object"],
    "minLength": 1,
    "maxLength": 500,
    "minProperties": 1,
    "additionalProperties": WORDS,
    "title": "a text, or texts by language such as {en: Deal, fi: Kauppa}",
}
FLAG: Schema = {"type": "boolean"}
FLAG_OR_EXPRESSION: Schema = {
    "type": ["boolean", "string"],
    "pattern": "^=",
    "title": "true, false, or a condition behind an =",
}
KEY: Schema = {"type": "string", "minLength": 1, "maxLength": 100}
WAS: Schema = {
    "type": ["string", "array"],
    "minLength": 1,
    "maxLength": 100,
    "items": KEY,
    "uniqueItems": True,
    "title": "an earlier name, or a list of them, the newest first",
}
PATH: Schema = {"type": "string", "title": "a field, or a path such as account.name"}
PATHS: Schema = {"type": "array", "items": PATH}
SORT: Schema = {
    "type": "array",
    "items": {**PATH, "title": "a field, with - before it for the reverse order"},
}
EXPRESSION: Schema = {"type": ["string", "boolean", "number"], "title": "an expression"}
LITERAL: Schema = {"type": ["string", "boolean", "number"], "title": "a text, a number, true or false"}
ICON: Schema = {
    "type": "string",
    "pattern": "^[a-z0-9][a-z0-9-]*$",
    "maxLength": 60,
    "title": "the name of an icon",
}
COLORS = (
    "blue", "azure", "indigo", "purple", "pink", "red", "orange",
    "yellow", "lime", "green", "teal", "cyan", "gray",
)  # fmt: skip
"""The colours of picklist values."""
