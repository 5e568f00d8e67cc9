"""The kind ``menu``: the groups of the menu and what stands in them."""

from collections.abc import Mapping
from types import MappingProxyType

from runtime.base.registry import Registry
from runtime.fields.base import FieldType
from runtime.language.kinds.base import ICON, KEY, LABEL, Definition, Kind, closed, described, map_of, ref


class MenuKind(Kind):
    """``schemas/menu.yaml``."""

    name = "menu"
    file = "schemas/menu.yaml"
    title = "The menu: schemas/menu.yaml"
    names_in_texts = MappingProxyType(
        {
            "*.items.#": "module",
            "*.items.#.module": "module",
            "*.items.#.filter": "module.filter",
        }
    )

    def definitions(self, types: Registry[FieldType]) -> Mapping[str, Definition]:
        """The file, a map of groups, and one group."""
        item = closed(
            {
                "module": described(KEY, "A module."),
                "filter": described(KEY, "A filter of a module, as potentials.open."),
                "label": described(LABEL, "What it is called in the menu."),
                "icon": described(ICON, "Its icon in the menu."),
            }
        )
        items = {**item, "type": ["string", "object"], "title": "a module, or {filter: potentials.open}"}
        return MappingProxyType(
            {
                "menu": Definition(map_of(ref("group"))),
                "group": Definition(
                    closed(
                        {
                            "label": described(LABEL, "The group's name."),
                            "icon": described(ICON, "The group's icon."),
                            "items": described(
                                {"type": "array", "items": items}, "What stands in it, in order."
                            ),
                            "profiles": described({"type": "array", "items": KEY}, "Whose menu it is in."),
                        },
                        ("items",),
                    )
                ),
            }
        )
