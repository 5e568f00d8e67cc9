"""The field type ``relation``: one related record."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.base.messages import message
from runtime.fields.base import Example, InvalidValueError, Match, Surroundings
from runtime.fields.reference import INVERSE, MODULE, ON_DELETE, WHERE
from runtime.fields.related import RelatedType


class Relation(RelatedType):
    """A record of one module, or of one of several; in REST written as an id or a match."""

    name = "relation"
    title = "Relation"
    widget = "relation"
    settings_schema = MappingProxyType(
        {
            "module": MODULE,
            "modules": {
                "type": "array",
                "items": {"type": "string"},
                "minItems": 1,
                "uniqueItems": True,
                "description": "The keys of the modules whose records it may point at, when several.",
            },
            "inverse": INVERSE,
            "where": WHERE,
            "on_delete": {
                "enum": list(ON_DELETE),
                "default": "restrict",
                "description": "What deleting the related record does: it is refused (restrict), this field "
                "is emptied (clear), or this record is deleted with it (cascade).",
            },
        }
    )
    examples = (
        Example(5, 5, {"module": "accounts"}),
        Example("5", 5, {"modules": ["accounts", "contacts"]}),
        Example({"id": 5, "title": "Acme"}, 5, {"module": "accounts"}),
        Example({"match": {"name": "Acme"}}, Match({"name": "Acme"}), {"module": "accounts"}),
        Example(2**63 - 1, 2**63 - 1, {"module": "accounts"}),
        Example(None, None, {"module": "accounts"}),
        Example("", None, {"module": "accounts"}),
    )
    rejects: ClassVar[tuple[object, ...]] = (
        0,
        -5,
        2**63,
        "Acme",
        "\u0665",
        "9" * 5000,
        True,
        1.5,
        [5],
        {"match": {}},
        {"match": "Acme"},
        {"match": {"name": ["Acme"]}},
        {"match": {"name": "Acme"}, "id": 5},
        {"id": {"id": 5}},
        {"name": "Acme"},
    )

    def complete(self, settings: Mapping[str, Any], surroundings: Surroundings) -> Mapping[str, Any]:
        """The settings with ``modules`` in place of ``module``."""
        if ("module" in settings) == ("modules" in settings):
            raise InvalidValueError(
                message("A relation names either its module, or the modules it may point at.")
            )
        rest = {key: value for key, value in settings.items() if key != "module"}
        modules = tuple(settings["modules"]) if "modules" in settings else (settings["module"],)
        return {"on_delete": "restrict", **rest, "modules": modules}
