"""Rights on fields: what a profile says of a field, and what several of them say together."""

from collections.abc import Iterable

from runtime.expressions.tree import Operation
from runtime.model.access import FieldRights
from runtime.model.catalog import Expression
from runtime.model.types import BOOLEAN

Held = bool | Expression
"""A right on a field: always, never, or of the records where an expression holds."""


def held(rights: FieldRights | None, right: str) -> Held:
    """What a profile that gives the right on the module says of one field. Who may not read it may not change
    it either.
    """
    if rights is None:
        return True
    read = True if rights.read is None else rights.read
    if right == "read":
        return read
    update = True if rights.update is None else rights.update
    if read is False or update is False:
        return False
    if read is True or update is True:
        return update if read is True else read
    tree = Operation(BOOLEAN, 0, 0, "and", (read.tree, update.tree))
    return Expression(f"({read.text}) and ({update.text})", update.span, BOOLEAN, tree, tree)


def together(several: Iterable[Held]) -> Held:
    """What several profiles give that add up: the most permissive wins, record by record."""
    some = list(several)
    if any(each is True for each in some):
        return True
    conditions = {each.text: each for each in some if isinstance(each, Expression)}
    if len(conditions) < 2:
        return next(iter(conditions.values()), False)
    tree = Operation(BOOLEAN, 0, 0, "or", tuple(each.tree for each in conditions.values()))
    text = " or ".join(f"({text})" for text in conditions)
    return Expression(text, next(iter(conditions.values())).span, BOOLEAN, tree, tree)
