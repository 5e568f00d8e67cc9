"""The parts of a card that come and go with the record's own values: blocks and tabs with a condition."""

from collections.abc import Mapping

from runtime.expressions.references import dependencies
from runtime.model.catalog import Expression, Layout
from runtime.records.seen import Seen
from runtime.records.work import Batch, Work

Conditions = tuple[Expression, ...]


def followed_parts(layout: Layout) -> Mapping[str, Conditions]:
    """The blocks (``overview.deal``, ``side.people``) whose conditions a form can follow: they ask of no
    records but the record, its rows, and those that it points at.
    """
    named = [
        (f"{tab.key}.{block.key}", (tab.when, block.when)) for tab in layout.tabs for block in tab.blocks
    ]
    named += [(f"side.{block.key}", (None, block.when)) for block in layout.side]
    found: dict[str, Conditions] = {}
    for name, written in named:
        conditions = tuple(each for each in written if each is not None)
        if conditions and all(map(_is_followed, conditions)):
            found[name] = conditions
    return found


def closed_parts(batch: Batch, work: Work, layout: Layout) -> frozenset[str]:
    """The blocks whose conditions do not hold for a record as it will be."""
    followed = followed_parts(layout)
    if not followed:
        return frozenset()
    seen = Seen(batch, [work], [each for conditions in followed.values() for each in conditions])
    return frozenset(
        name
        for name, conditions in followed.items()
        if not all(seen.holds(work, each) for each in conditions)
    )


def _is_followed(condition: Expression) -> bool:
    return all(
        len(each.steps) == 1 and each.steps[0].kind == "rows" and not each.steps[0].hops
        for each in dependencies(condition.tree).aggregates
    )
