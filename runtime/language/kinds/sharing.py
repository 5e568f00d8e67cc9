"""The kind ``sharing``: which records one sees. Its names are checked; it is not enforced yet."""

from collections.abc import Mapping
from types import MappingProxyType

from runtime.base.registry import Registry
from runtime.fields.base import FieldType
from runtime.language.kinds.base import EXPRESSION, KEY, Definition, Kind, closed, described, map_of, one_of


class SharingKind(Kind):
    """``schemas/access/sharing.yaml``."""

    name = "sharing"
    file = "schemas/access/sharing.yaml"
    title = "Sharing: schemas/access/sharing.yaml"
    names_in_keys = MappingProxyType(
        {
            "default": "module",
        }
    )
    names_in_texts = MappingProxyType(
        {
            "rules.#.module": "module",
        }
    )

    def definitions(self, types: Registry[FieldType]) -> Mapping[str, Definition]:
        """The file."""
        to = {**closed(dict.fromkeys(("role", "role_and_below", "group", "user"), KEY)), "minProperties": 1}
        rule = closed(
            {
                "module": described(KEY, "Whose records."),
                "to": described({**to, "maxProperties": 1}, "Who gets to see them."),
                "grant": described(one_of("read", "write"), "What they may do."),
                "where": described(EXPRESSION, "Which of the records."),
            },
            ("module", "to", "grant"),
        )
        default = described(
            map_of(one_of("private", "read", "write")), "Who sees a module's records at first."
        )
        rules = described({"type": "array", "items": rule}, "What is widened.")
        return MappingProxyType({"sharing": Definition(closed({"default": default, "rules": rules}))})
