"""The kind ``layouts``: a module's card, its small dialogs and its list."""

from collections.abc import Mapping
from types import MappingProxyType

from runtime.base.registry import Registry
from runtime.fields.base import FieldType
from runtime.language.kinds.base import (
    EXPRESSION,
    FLAG,
    ICON,
    KEY,
    LABEL,
    PATH,
    PATHS,
    SORT,
    Definition,
    Kind,
    Misfit,
    Schema,
    closed,
    described,
    map_of,
    one_of,
    ref,
)
from runtime.language.nodes import MapNode

CONTENTS = ("fields", "rows", "related", "component")
"""What a block may show; it has exactly one of these keys."""
COMPONENTS = ("change_log", "files", "hierarchy")
"""The components that are there."""
LATER_COMPONENTS = (
    "discussion",
    "timeline",
    "map",
    "chart",
    "related",
    "rows",
    "iframe",
    "html",
)
"""The components that the language has and this version does not."""
ACTIONS = ("new", "link")
"""What one may do in a related list."""
TAB_KEYS = ("label", "icon", "when")
"""What a tab itself has; its other keys are blocks."""


class LayoutsKind(Kind):
    """``schemas/layouts/<module>.yaml``."""

    name = "layouts"
    folder = "schemas/layouts"
    title = "A layout: schemas/layouts/<module>.yaml"
    names_in_texts = MappingProxyType(
        {
            "card.process": "path",
            "card.header.#": "path",
            "create.#": "path",
            "quick_view.#": "path",
            "list.#": "path",
            "card.tabs.*.*.fields.#": "path",
            "card.tabs.*.*.related": "field",
            "card.tabs.*.*.columns.#": "there",
            "card.tabs.*.*.sort.#": "there",
            "card.side.*.fields.#": "path",
            "card.side.*.related": "field",
            "card.side.*.columns.#": "there",
            "card.side.*.sort.#": "there",
        }
    )

    def definitions(self, types: Registry[FieldType]) -> Mapping[str, Definition]:
        """The layout, its card, its tabs, and one form of a block for each thing it may show."""
        blocks = {f"block_{content}": _block(content) for content in CONTENTS}
        return MappingProxyType(
            {
                "layouts": Definition(
                    closed(
                        {
                            "card": described(ref("card"), "The screen of one record."),
                            "create": described(PATHS, "The fields of the small dialog for a new record."),
                            "quick_view": described(PATHS, "The fields of the preview."),
                            "list": described(PATHS, "The columns of a list."),
                        }
                    )
                ),
                "card": Definition(
                    closed(
                        {
                            "process": described(PATH, "The picklist that is drawn as a bar of steps."),
                            "header": described(PATHS, "The fields beside the title."),
                            "tabs": described(map_of(ref("tab")), "Its tabs, each a map of blocks."),
                            "side": described(map_of(ref("block")), "The blocks at the side."),
                        }
                    )
                ),
                "tab": Definition(
                    {
                        "type": "object",
                        "properties": {
                            "label": described(LABEL, "The tab's own name."),
                            "icon": described(ICON, "The tab's own icon."),
                            "when": described(EXPRESSION, "When the tab is shown."),
                        },
                        "additionalProperties": ref("block"),
                    }
                ),
                "block": Definition(
                    choose=_form_of,
                    forms=tuple(blocks),
                    later_values=MappingProxyType({"component": dict.fromkeys(LATER_COMPONENTS, "N120")}),
                ),
                **blocks,
            }
        )


def _form_of(node: MapNode) -> str | Misfit:
    written = [content for content in CONTENTS if content in node.items]
    if not written:
        return Misfit(
            "S104", "the block does not say what it shows", "give it one of fields, rows, related, component"
        )
    if len(written) > 1:
        return Misfit(
            "S108",
            f"the block shows two things: {written[0]} and {written[1]}",
            "make two blocks of it",
            written[1],
        )
    return f"block_{written[0]}"


def _block(content: str) -> Definition:
    properties: dict[str, Schema] = {
        "label": described(LABEL, "The block's heading."),
        "when": described(EXPRESSION, "When the block is shown."),
        "collapsed": described(FLAG, "Whether it is folded at first."),
    }
    if content == "fields":
        properties["fields"] = described(PATHS, "The fields it shows, in order.")
        properties["columns"] = described(
            {"type": "integer", "minimum": 1, "maximum": 4},
            "How many fields stand side by side; 2 when left out.",
        )
    elif content == "component":
        properties["component"] = described(one_of(*COMPONENTS), "The component it shows.")
    else:
        what = "rows that are edited in it" if content == "rows" else "related records it lists"
        properties[content] = described(KEY, f"The {what}.")
        properties["columns"] = described(PATHS, "The columns of its table.")
    if content == "related":
        properties["where"] = described(EXPRESSION, "Which of the related records; `this` is the card's.")
        properties["sort"] = described(SORT, "Their order; - before a field reverses it.")
        properties["actions"] = described(
            {"type": "array", "items": one_of(*ACTIONS)},
            "What one may do in it: make a new one, link one that is there. Left out: new, and link where "
            "a record may stand in several lists.",
        )
    return Definition(closed(properties, (content,)))
