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
            "owners": "module",
            "calendars": "module",
        }
    )
    names_in_texts = MappingProxyType(
        {
            "rules.#.module": "module",
            "calendars.{module}.times.#": "field",
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
        owners = described(
            map_of(one_of("anyone", "users", "by_rights", "same_group", "same_sales_group")),
            "Whom one may give records to, by module: anyone; users, and no groups; by_rights: oneself, "
            "those with a role below, and one's groups; same_group: whoever is in a group of one's own, and "
            "these groups; same_sales_group: the same of groups of the sales organisation. A module not "
            "named: anyone. Archived users are never among them.",
        )
        calendar = closed(
            {
                "private": described(EXPRESSION, "Which records only show that their owner is busy."),
                "times": described(
                    {"type": "array", "items": KEY}, "The fields that tell when: all one sees of who is busy."
                ),
            },
            ("times",),
        )
        calendars = described(
            map_of(calendar),
            "Modules whose records make up their owners' calendars, which people share under My profile.",
        )
        shape = closed({"default": default, "rules": rules, "owners": owners, "calendars": calendars})
        return MappingProxyType({"sharing": Definition(shape)})
