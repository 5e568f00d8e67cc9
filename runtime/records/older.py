"""Older values: what the change log keeps of a field may be older than the field's type."""

from typing import Any

from runtime.model.types import BOOLEAN, INTEGER, TEXT, PicklistType
from runtime.records.plan import FieldPlan


def is_of(field: FieldPlan, value: Any) -> bool:
    """Whether a value from the change log is one of the field as it is now; one from before a conversion is
    shown as it was logged, and nothing is made of it.
    """
    if value is None:
        return True
    if field.link is not None:
        return isinstance(value, list)
    if field.targets:
        return isinstance(value, int)
    try:
        found = field.type.from_json(value)
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError):
        return False
    kind = field.field.value_type
    if kind in (BOOLEAN, INTEGER):
        return isinstance(found, bool) == (kind == BOOLEAN) and isinstance(found, int)
    if (kind == TEXT and field.type.name in ("text", "long_text")) or isinstance(kind, PicklistType):
        return isinstance(found, str)
    return True
