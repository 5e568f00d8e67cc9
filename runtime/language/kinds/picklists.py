"""The kind ``picklists``: lists of values that carry meaning."""

from collections.abc import Mapping
from types import MappingProxyType

from runtime.base.registry import Registry
from runtime.fields.base import FieldType
from runtime.language.kinds.base import (
    COLORS,
    KEY,
    LABEL,
    LITERAL,
    WAS,
    Definition,
    Kind,
    closed,
    described,
    map_of,
    one_of,
    ref,
)

OWN_KEYS = ("label", "color", "next", "roles", "was")
"""What every value may have; `kind` and anything else are attributes that expressions read."""
KEYS = {"type": "array", "items": KEY, "uniqueItems": True}


class PicklistsKind(Kind):
    """``schemas/picklists/<picklist>.yaml``."""

    name = "picklists"
    folder = "schemas/picklists"
    title = "A picklist: schemas/picklists/<picklist>.yaml"
    names_in_keys = MappingProxyType(
        {
            "values": "value",
        }
    )
    names_in_texts = MappingProxyType(
        {
            "values.*.next.#": "value",
        }
    )

    def definitions(self, types: Registry[FieldType]) -> Mapping[str, Definition]:
        """The picklist and its values."""
        value = {
            "type": "object",
            "properties": {
                "label": described(LABEL, "What people call it; made from the key when left out."),
                "color": described(one_of(*COLORS), "The colour it is drawn in."),
                "next": described(
                    KEYS, "The values that may follow it; any may when left out, none for [], which is final."
                ),
                "roles": described(
                    KEYS, "The roles that may choose it, and those above them; anybody may when left out."
                ),
                "was": described(WAS, "What it was called before, or the values that become it."),
                "kind": described(KEY, "What it means to rules: several values may be of one kind."),
            },
            "additionalProperties": described(
                LITERAL, "An attribute that expressions read: stage.probability."
            ),
        }
        return MappingProxyType(
            {
                "picklists": Definition(
                    closed(
                        {
                            "label": described(LABEL, "What people call the list."),
                            "values": described(map_of(ref("value")), "Its values, in order."),
                        },
                        ("values",),
                    )
                ),
                "value": Definition(value),
            }
        )
