"""The kind ``tools``: buttons on the cards and lists of a module."""

from collections.abc import Mapping
from types import MappingProxyType

from runtime.base.registry import Registry
from runtime.fields.base import FieldType
from runtime.language.kinds.base import (
    EXPRESSION,
    ICON,
    LABEL,
    Definition,
    Kind,
    Schema,
    closed,
    described,
    map_of,
    one_of,
    ref,
)

STEPS: Schema = {"type": "array", "minItems": 1, "items": ref("step"), "title": "a list of steps"}


class ToolsKind(Kind):
    """``schemas/tools/<module>.yaml``."""

    name = "tools"
    folder = "schemas/tools"
    title = "The tools of a module: schemas/tools/<module>.yaml"
    names_in_texts = MappingProxyType({"*.inputs.*.module": "module", "*.inputs.*.modules.#": "module"})

    def definitions(self, types: Registry[FieldType]) -> Mapping[str, Definition]:
        """The file, a map of tools, and one tool."""
        on: Schema = {"type": "array", "minItems": 1, "items": one_of("card", "list", "dashboard")}
        inputs: Schema = {"type": "object", "additionalProperties": ref("field")}
        tool = closed(
            {
                "label": described(LABEL, "What stands on the button."),
                "icon": described(ICON, "The name of its icon."),
                "on": described(on, "Where it stands: card, list; left out: on the card."),
                "show": described(EXPRESSION, "On which condition a record has it; left out: always."),
                "confirm": described(LABEL, "What is asked before it is used."),
                "inputs": described(inputs, "The fields of a form that is filled in first: inputs.due."),
                "run_as": described(
                    one_of("user", "system"), "Whose rights hold for what it does; left out: the user's."
                ),
                "steps": described(STEPS, "What it does, in order."),
                "on_error": described(ref("on_error"), "What becomes of a step that fails."),
            },
            ("steps",),
        )
        return MappingProxyType({"tools": Definition(map_of(ref("tool"))), "tool": Definition(tool)})
