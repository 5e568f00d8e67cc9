"""The kind ``profiles``: what one may do with which modules, fields and tools."""

from collections.abc import Mapping
from types import MappingProxyType

from runtime.base.registry import Registry
from runtime.fields.base import FieldType
from runtime.language.kinds.base import (
    FLAG,
    FLAG_OR_EXPRESSION,
    LABEL,
    Definition,
    Kind,
    closed,
    described,
    map_of,
)

RIGHTS: Mapping[str, str] = MappingProxyType(
    {
        "read": "See records.",
        "create": "Make new records.",
        "update": "Change records.",
        "delete": "Put records into the bin, and take them out again.",
        "import": "Import records from a file.",
        "export": "Take records out, as a file.",
        "mass_edit": "Change many records at once.",
        "assign": "Hand a record to somebody, so that one may not write it any more.",
        "see_deleted": "Look into the bin. Whoever may delete may do so, too.",
        "see_all": "See every record, whoever owns it.",
    }
)
"""What may be granted on a module, each with what it means."""


class ProfilesKind(Kind):
    """``schemas/access/profiles/<profile>.yaml``."""

    name = "profiles"
    folder = "schemas/access/profiles"
    title = "A profile: schemas/access/profiles/<profile>.yaml"
    names_in_keys = MappingProxyType(
        {
            "modules": "module",
            "fields": "module.field",
            "tools": "module.filter",
        }
    )

    def definitions(self, types: Registry[FieldType]) -> Mapping[str, Definition]:
        """The profile."""
        granted = closed({right: described(FLAG, means) for right, means in RIGHTS.items()})
        field = closed(
            {
                "read": described(FLAG_OR_EXPRESSION, "See its value; or of which records one does."),
                "update": described(
                    FLAG_OR_EXPRESSION,
                    "Change it; or in which records, as they stand (as they will be, when they are made).",
                ),
            }
        )
        return MappingProxyType(
            {
                "profiles": Definition(
                    closed(
                        {
                            "label": described(LABEL, "What people call it."),
                            "modules": described(
                                map_of(granted), 'Rights by module; "*" stands for those not named.'
                            ),
                            "fields": described(
                                map_of(field),
                                "Rights by module.field; a field that is not named has those of its module.",
                            ),
                            "tools": described(map_of(FLAG), "Which tools one may use, by module.tool."),
                        }
                    )
                )
            }
        )
