"""Calendars: records that their owner shares all together, of which others may see no more than the times.

A user shares theirs as a record is shared by hand, with the user's own id in the place of the record's
(:mod:`runtime.records.sharing`): to be changed, to be read, or to show only when they are busy. What is
private shows no more than that to those it is shared with; roles above see it, as they see everything below.
"""

from collections.abc import MutableMapping

from runtime.base.diagnostic import Span
from runtime.expressions.tree import Operation, Read, Shared
from runtime.model.access import NEVER_HIDDEN, Calendar
from runtime.model.catalog import Expression, Module, Path
from runtime.model.types import BOOLEAN

LEVELS = ("busy", "read", "write")
"""What is shared of a calendar, the least first."""
ALWAYS_SEEN = (*NEVER_HIDDEN, "owner")
"""What is seen of a record beside its times: whose it is."""


def public(calendar: Calendar | None, condition: Expression | None) -> Expression | None:
    """The condition, of records that are not private alone."""
    if calendar is None or calendar.private is None:
        return condition
    private = calendar.private
    tree = Operation(BOOLEAN, 0, 0, "not", (private.tree,))
    text = f"not ({private.text})"
    if condition is not None:
        tree = Operation(BOOLEAN, 0, 0, "and", (condition.tree, tree))
        text = f"({condition.text}) and {text}"
    return Expression(text, private.span, BOOLEAN, tree, tree)


def of_owner(module: Module, level: str) -> Expression:
    """Whether the record's owner shares their calendar, as far as a level or further."""
    own = module.record_fields["owner"]
    tree = Shared(BOOLEAN, 0, 0, Read(own.value_type, 0, 0, (Path("owner", (own,)),), ("owner",)), level)
    return Expression(f"calendar shared to {level}", Span.point("rights"), BOOLEAN, tree, tree)


def mask(
    read: MutableMapping[tuple[str, str], bool | Expression],
    module: Module,
    calendar: Calendar,
    whole: Expression,
) -> None:
    """Let all but the times be read in those records alone that are seen as a ``whole``."""
    for field in module.all_fields():
        held = read.get((module.key, field.key), True)
        if held is False or field.key in calendar.times or field.key in ALWAYS_SEEN:
            continue
        read[module.key, field.key] = whole if held is True else _both(held, whole)


def _both(one: Expression, other: Expression) -> Expression:
    tree = Operation(BOOLEAN, 0, 0, "and", (one.tree, other.tree))
    return Expression(f"({one.text}) and ({other.text})", one.span, BOOLEAN, tree, tree)
