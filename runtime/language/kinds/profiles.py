"""The kind ``profiles``: what one may do. Its names are checked; the rights themselves are not enforced
yet.
"""

from collections.abc import Mapping
from types import MappingProxyType

from runtime.base.registry import Registry
from runtime.fields.base import FieldType
from runtime.language.kinds.base import EXPRESSION, FLAG, LABEL, Definition, Kind, closed, described, map_of

RIGHTS = ("read", "create", "update", "delete", "import", "export", "mass_edit")


class ProfilesKind(Kind):
    """``schemas/access/profiles/<profile>.yaml``."""

    name = "profiles"
    folder = "schemas/access/profiles"
    title = "A profile: schemas/access/profiles/<profile>.yaml"
    names_in_keys = MappingProxyType(
        {
            "modules": "module",
            "fields": "module.field",
        }
    )

    def definitions(self, types: Registry[FieldType]) -> Mapping[str, Definition]:
        """The profile."""
        right = {**EXPRESSION, "type": ["boolean", "string"]}
        return MappingProxyType(
            {
                "profiles": Definition(
                    closed(
                        {
                            "label": described(LABEL, "What people call it."),
                            "modules": described(
                                map_of(closed(dict.fromkeys(RIGHTS, FLAG))), "Rights by module."
                            ),
                            "fields": described(
                                map_of(closed({"read": right, "update": right})), "Rights by module.field."
                            ),
                            "tools": described(map_of(FLAG), "Which tools one may use."),
                        }
                    )
                )
            }
        )
