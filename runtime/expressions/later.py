"""What the language has and this version does not: refused by its name, and never ignored."""

from collections.abc import Mapping
from types import MappingProxyType

SYNTAX: Mapping[str, str] = MappingProxyType({"IfExp": "Choices (a if condition else b)"})
"""By the name of Python's syntax node."""

SIGNS: Mapping[str, str] = MappingProxyType(
    {"Add": "+", "Sub": "-", "Mult": "*", "Div": "/", "FloorDiv": "//", "Mod": "%", "Pow": "**"}
)
"""The signs of arithmetic, by the name of Python's syntax node."""

NAMES: Mapping[str, str] = MappingProxyType(
    {
        "old": "The values before a save (old)",
        "is_new": "Conditions on being created (is_new)",
        "const": "The pack's constants (const)",
    }
)
"""Names that mean something in every expression, in the plural."""

FUNCTIONS = frozenset(
    (
        *("if_", "case", "default", "is_empty", "changed"),
        *("concat", "upper", "lower", "title", "trim", "left", "right", "mid", "len", "replace", "contains"),
        *("starts_with", "ends_with", "matches", "split", "join", "pad", "format", "slug"),
        *("round", "floor", "ceil", "abs", "min", "max", "mod", "number", "format_number"),
        *(
            "today",
            "now",
            "date",
            "datetime",
            "days",
            "weeks",
            "months",
            "years",
            "hours",
            "minutes",
            "seconds",
        ),
        *("add_months", "add_workdays", "workdays_between", "days_between", "start_of", "end_of"),
        *("year", "month", "day", "weekday", "week", "quarter", "format_date"),
        *("lookup", "count", "sum", "avg", "first", "exists", "any_of"),
        *("text", "boolean", "json", "url_encode", "in_currency"),
    )
)
"""Every function of the language; those that are registered are there."""
