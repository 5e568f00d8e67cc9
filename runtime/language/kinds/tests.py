"""The kind ``tests``: what a configuration must do."""

from collections.abc import Mapping
from types import MappingProxyType

from runtime.base.registry import Registry
from runtime.fields.base import FieldType
from runtime.language.kinds.base import KEY, TEXT, Definition, Kind, Schema, closed, described, map_of, ref

RECORDS: Schema = map_of({"type": "object"})
ANSWER: Schema = closed({"status": {"type": "number"}, "body": {"type": ["object", "array", "string"]}})
ACTIONS: Schema = {"type": ["object", "array"], "items": {"type": "object"}, "minItems": 1}
EXPECTATIONS: Schema = {"type": "array", "items": {"type": ["string", "object"]}, "minItems": 1}


class TestsKind(Kind):
    """``tests/<any>.yaml``. They are no part of what is applied: see :mod:`runtime.language.suites`."""

    name = "tests"
    folder = "tests"
    title = "What a configuration must do: tests/<name>.yaml"
    layered = False

    def definitions(self, types: Registry[FieldType]) -> Mapping[str, Definition]:
        """The file, a map of tests by their names, and one test."""
        case = closed(
            {
                "given": described(RECORDS, "The records that are there, as module.name, with their values."),
                "as": described(KEY, "Who does it: a role, or a given user; left out: an administrator."),
                "at": described(TEXT, "The moment by which it begins: 2026-03-02, or 2026-03-02 09:30."),
                "answers": described(
                    {"type": "array", "items": ANSWER},
                    "What other systems answer, one call after the other.",
                ),
                "when": described(ACTIONS, "What is done: one action, or a list of them."),
                "then": described(EXPECTATIONS, "What must hold: expressions, or maps such as cannot."),
            },
            ("then",),
        )
        return MappingProxyType(
            {"tests": Definition(map_of(ref("test_case"))), "test_case": Definition(case)}
        )
