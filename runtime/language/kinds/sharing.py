"""The kind ``sharing``: which records one sees: the strictest first, then what is widened."""

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
        to = {
            **closed(
                {
                    "role": described(KEY, "Those who hold this role."),
                    "role_and_below": described(KEY, "Those who hold this role, or one below it."),
                    "group": described(KEY, "The members of the group of this name."),
                    "user": described(KEY, "The user of this e-mail address."),
                }
            ),
            "minProperties": 1,
        }
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
            map_of(one_of("private", "read", "write")),
            "What everybody may do with the records of others, by module; a module not named is private.",
        )
        rules = described({"type": "array", "items": rule}, "What is widened.")
        return MappingProxyType({"sharing": Definition(closed({"default": default, "rules": rules}))})
