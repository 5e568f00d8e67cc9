"""The field type ``user``: one of the people who use the site."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.fields.base import Example, Surroundings
from runtime.fields.reference import INVERSE, ON_DELETE, WHERE
from runtime.fields.related import RelatedType


class User(RelatedType):
    """A relation to a user."""

    name = "user"
    title = "User"
    widget = "user"
    settings_schema = MappingProxyType(
        {
            "inverse": INVERSE,
            "where": WHERE,
            "on_delete": {
                "enum": list(ON_DELETE),
                "default": "restrict",
                "description": "What deleting the user does: it is refused (restrict), this field is emptied "
                "(clear), or this record is deleted with it (cascade).",
            },
        }
    )
    examples = (
        Example(5, 5),
        Example("5", 5),
        Example({"id": 5, "title": "Ada"}, 5),
        Example("", None),
    )
    rejects: ClassVar[tuple[object, ...]] = (
        0,
        -1,
        "ada@example.com",
        True,
        [5],
        {"match": {}},
        {"email": "ada@example.com"},
    )

    def complete(self, settings: Mapping[str, Any], surroundings: Surroundings) -> Mapping[str, Any]:
        """The settings with the module of the users."""
        return {"on_delete": "restrict", **settings, "modules": ("users",)}
