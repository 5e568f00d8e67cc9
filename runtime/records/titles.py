"""Titles in the database: a record found by what it is called, where its title is made of its own texts."""

from typing import Any

from sqlalchemy import ColumnElement, Text, func, literal, type_coerce

from runtime.model.types import TEXT
from runtime.records.plan import ModulePlan

TITLE = "title"
"""The name by which a match means a record's title, in a module that has no field of that name."""


def has_title(plan: ModulePlan) -> bool:
    """Whether the module's records can be found by what they are called."""
    return bool(plan.module.title.parts) and all(
        not path.hops and path.attribute is None and path.field.value_type == TEXT
        for _, path in plan.module.title.parts
    )


def title_column(plan: ModulePlan) -> ColumnElement[Any]:
    """What a record is called; empty where every part is. As screens put it together: a part that is empty
    is left out with the text before it.
    """
    whole: ColumnElement[Any] = literal("")
    for before, path in plan.module.title.parts:
        column = plan.table.of(path.field)[0]
        whole = whole.op("||")(func.coalesce(literal(before).op("||")(column), ""))
    return type_coerce(func.nullif(func.trim(whole), "").op("||")(plan.module.title.tail), Text())
