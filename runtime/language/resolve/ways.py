"""Ways: whether a stored computed field is worked out in the save itself, or by the database behind it."""

from collections.abc import Iterable

from runtime.expressions.references import dependencies, related_paths
from runtime.expressions.tree import Aggregate, Node, walk
from runtime.language.draft import Draft
from runtime.model.catalog import Field, Module, Path
from runtime.model.computed import Way

GIVEN = frozenset(("id", "number", "version", "updated_at", "updated_by", "position"))
"""What only the write itself gives a record."""


def way_of(draft: Draft, module: Module, tree: Node) -> Way:
    """``own`` where the save itself knows all that the tree reads, else ``wide``."""
    found = dependencies(tree)
    if any(not _is_over_rows(each) for each in found.aggregates):
        return "wide"
    if any(_comes_later(draft, module, path) for path in found.paths):
        return "wide"
    of_rows = ((each.module, related_paths(each)) for each in found.aggregates)
    later = (_rows_later(draft, draft.modules[target], paths) for target, paths in of_rows)
    return "wide" if any(later) else "own"


def _is_over_rows(aggregate: Aggregate) -> bool:
    """Whether it is over the record's own rows, and what it says of each looks over no other records."""
    steps = aggregate.steps
    own = len(steps) == 1 and steps[0].kind == "rows" and not steps[0].hops
    inside = (part for inner in aggregate.inner for part in walk(inner))
    return own and not any(isinstance(part, Aggregate) for part in inside)


def _rows_later(draft: Draft, module: Module, paths: Iterable[Path]) -> bool:
    # Rows that a save does not name are read as they stand, and their parent with them.
    return any(path.fields[0].key == "parent" or _comes_later(draft, module, path) for path in paths)


def _comes_later(draft: Draft, module: Module, path: Path) -> bool:
    """Whether the save knows the value only when the record, or the one that it is a row of, is written."""
    *hops, last = path.fields
    if not hops:
        return _is_given(draft, module, last)
    if any(hop.key != "parent" or draft.modules[hop.module].parent is None for hop in hops):
        return False
    above = draft.modules[last.module]
    return last.computed is not None or last.key in _filled(draft, above) or _is_given(draft, above, last)


def _is_given(draft: Draft, module: Module, field: Field) -> bool:
    if field.computed is not None:
        return field.computed.way == "wide"
    if field.key in module.record_fields:
        return field.key in GIVEN
    return draft.types[field.type].given


def _filled(draft: Draft, module: Module) -> set[str | None]:
    """The fields that formulas fill, and that rules set."""
    tree = draft.tree("formulas", module.key)
    filled = {node.text("field") for _, node in tree.maps()} if tree is not None else set()
    rules = draft.trees["modules"][module.key].map("rules")
    for _, rule in rules.maps() if rules is not None else ():
        setting = rule.map("set")
        filled |= set(setting.items) if setting is not None else set()
    return filled
