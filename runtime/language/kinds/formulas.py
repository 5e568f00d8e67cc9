"""The kind ``formulas``: the dynamic field formulas of a module, which run at a moment."""

from collections.abc import Mapping
from types import MappingProxyType

from runtime.base.registry import Registry
from runtime.fields.base import FieldType
from runtime.language.kinds.base import (
    EXPRESSION,
    FLAG,
    KEY,
    LABEL,
    LITERAL,
    Definition,
    Kind,
    Schema,
    closed,
    described,
    map_of,
    ref,
)


class FormulasKind(Kind):
    """``formulas/<module>.yaml``."""

    name = "formulas"
    folder = "formulas"
    title = "The dynamic field formulas of a module: formulas/<module>.yaml"
    names_in_keys = MappingProxyType(
        {
            "*.examples.#.given": "field",
        }
    )
    names_in_texts = MappingProxyType(
        {
            "*.field": "field",
            "*.run": "field",
            "*.run.#": "field",
            "*.examples.#.given.{field}": "value",
            "*.examples.#.expect": "value",
        }
    )

    def definitions(self, types: Registry[FieldType]) -> Mapping[str, Definition]:
        """The file, a map of formulas, and one formula."""
        given: Schema = {"type": "object", "title": "values of fields"}
        example = closed(
            {
                "given": described(given, "The record's values, as they would be in REST."),
                "expect": described(LITERAL, "What the field then holds."),
            },
            ("given", "expect"),
        )
        formula = closed(
            {
                "field": described(KEY, "The field that it fills, or that its message stands at."),
                "run": described(
                    {"type": ["string", "array"], "items": KEY, "title": "a moment, or several in a list"},
                    "When: create, save, a field (when that changes later), validate, view; left out: save.",
                ),
                "when": described(EXPRESSION, "On which condition; left out: always."),
                "value": described(EXPRESSION, "What the field gets; nothing leaves it as it is."),
                "clear": described(FLAG, "Whether nothing empties the field."),
                "note": described(
                    LABEL, "What is said: on the card (view), or as the reason of a refusal (validate)."
                ),
                "examples": described(
                    {"type": "array", "items": example}, "What it must give; tried at check."
                ),
            }
        )
        return MappingProxyType(
            {"formulas": Definition(map_of(ref("formula"))), "formula": Definition(formula)}
        )
