"""The field type ``relations``: several related records, in order, each link with attributes of its own."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.fields.base import Column, Example, FieldType, Input, Match, Parsing, Surroundings, refuse
from runtime.fields.formats import Formats
from runtime.fields.reference import INVERSE, MODULE, WHERE, id_of, read_match, read_reference, title_of
from runtime.fields.several import several
from runtime.model.catalog import Field, Picklist
from runtime.model.types import ValueType, list_of, record_of
from runtime.model.values import Link, Money


class Relations(FieldType):
    """Records of one module; in REST a list of ids, of matches, or of ``{"id": 5, "role": "buyer"}``.

    ``settings["link"]`` holds the attributes of a link by key, each a :class:`Field` once the language has
    resolved them. Their types have columns of their own: no relations, no files.
    """

    name = "relations"
    title = "Relations"
    widget = "relations"
    compared = "never"
    filtered_by = "member"
    settings_schema = MappingProxyType(
        {
            "module": MODULE,
            "inverse": INVERSE,
            "where": WHERE,
            "link": {
                "type": "object",
                "additionalProperties": {"type": "object"},
                "description": "The fields that each link has of its own, by key, written like a module's.",
            },
        }
    )
    required_settings = ("module",)
    later_settings = ("on_delete", "modules")
    operators = ("in", "not in", "is_empty")
    linked = True
    sortable = False
    examples = (
        Example([5, "6"], (Link(5), Link(6)), {"module": "contacts"}),
        Example(7, (Link(7),), {"module": "contacts"}),
        Example([{"id": 5, "title": "Ada"}], (Link(5),), {"module": "contacts"}),
        Example(
            [{"match": {"email": "ada@example.com"}}],
            (Match({"email": "ada@example.com"}),),
            {"module": "contacts"},
        ),
        Example([], (), {"module": "contacts"}),
        Example(None, (), {"module": "contacts"}),
    )
    rejects: ClassVar[tuple[object, ...]] = (
        [5, 5],
        ["Ada"],
        [None],
        [[5]],
        [{"id": 5, "part": "buyer"}],
        {"match": {}},
        [True],
        "1,2",
        [0],
        list(range(1, 1002)),
    )

    def complete(self, settings: Mapping[str, Any], surroundings: Surroundings) -> Mapping[str, Any]:
        """The settings with ``modules`` in place of ``module``, and the attributes of a link."""
        rest = {key: value for key, value in settings.items() if key != "module"}
        return {"link": MappingProxyType({}), **rest, "modules": (settings["module"],)}

    def value_type(self, settings: Mapping[str, Any]) -> ValueType:
        """A list of records of its module."""
        return list_of(record_of(*settings["modules"]))

    def columns(self, settings: Mapping[str, Any]) -> tuple[Column, ...]:
        """None: the links are rows of a table of their own."""
        return ()

    def to_columns(self, value: object) -> tuple[object, ...]:
        """Nothing."""
        return ()

    def from_columns(self, parts: tuple[Any, ...]) -> object:
        """Nothing; the reader puts the links in."""
        return ()

    def parse(self, raw: object, field: Field, parsing: Parsing) -> tuple[Link | Match, ...]:
        """The links in order: a :class:`Link` for an id, a :class:`Match` for a match; each record once."""
        links = tuple(self._link(item, field, parsing) for item in several(raw, field, parsing))
        ids = [link.id for link in links if isinstance(link, Link)]
        if len(ids) != len(set(ids)):
            raise refuse(field, "{label} names the same record twice.")
        return links

    def to_json(self, value: Any) -> object:
        """The links in order: an id, or an object of the id and the link's attributes."""
        return [
            {"id": id_of(link.id), **{key: _json(attribute) for key, attribute in link.attributes.items()}}
            if isinstance(link, Link) and link.attributes
            else (link.id if isinstance(link, Link) else id_of(link))
            for link in value or ()
        ]

    def from_json(self, value: Any) -> object:
        """The links again. Their attributes stay in their REST form: their own types read them."""
        return tuple(
            Link(link["id"], {key: item for key, item in link.items() if key != "id"})
            if isinstance(link, Mapping)
            else Link(link)
            for link in value or ()
        )

    def text(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """The titles, separated by commas, where the values were read with them; the ids otherwise."""
        return ", ".join(title_of(link.id if isinstance(link, Link) else link) for link in value or ())

    def plain(self, value: Any) -> str:
        """The ids, separated by semicolons; a link's attributes are not said."""
        return ";".join(str(link.id if isinstance(link, Link) else id_of(link)) for link in value or ())

    def input(self, value: Any, field: Field, formats: Formats) -> Input:
        """The ids, one for each chip."""
        return tuple(str(link.id if isinstance(link, Link) else id_of(link)) for link in value or ())

    def _link(self, raw: object, field: Field, parsing: Parsing) -> Link | Match:
        if isinstance(raw, Link):
            return raw
        attributes: Mapping[str, object] = MappingProxyType({})
        if isinstance(raw, Mapping):
            known: Mapping[str, Field] = field.settings["link"]
            unknown = [
                key for key in raw if key not in known and key not in ("id", "match", "title", "module")
            ]
            if unknown:
                raise refuse(field, '{label} has no link attribute "{key}".', key=str(unknown[0])[:40])
            attributes = {
                key: parsing.types[known[key].type].parse(raw[key], known[key], parsing)
                for key in known
                if key in raw
            }
            raw = {key: item for key, item in raw.items() if key not in known}
            if raw.keys() == {"match"}:
                return Match(read_match(raw["match"], field).values, attributes)
        reference = read_reference(raw, field)
        if reference is None:
            raise refuse(field, "{label} must be a list of ids or of matches.")
        return Link(reference, attributes) if isinstance(reference, int) else reference


def _json(value: object) -> object:
    """The REST form of a link's attribute, told by what its canonical value is."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime.datetime):
        return value.replace(tzinfo=None).isoformat() + "Z"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Money):
        return {"amount": f"{value.amount:f}", "currency": value.currency}
    return list(value) if isinstance(value, tuple) else value
