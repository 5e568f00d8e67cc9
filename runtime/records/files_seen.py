"""Files that one sees: those that one has uploaded, and those of the records that one sees."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from runtime.base.diagnostic import Span
from runtime.expressions.inlining import rebuilt
from runtime.expressions.tree import Aggregate, Node, Operation, Step
from runtime.model.catalog import Catalog, Expression, Field
from runtime.model.types import BOOLEAN
from runtime.records.ways_to_records import Ways
from runtime.storage.sight import FILES, Sight


def files_seen(
    catalog: Catalog, ways: Ways, sight: Sight, whole: Mapping[str, Expression]
) -> Expression | None:
    """Which files those see who see these records; ``whole`` has the conditions of modules of which they may
    see the times alone, and means those of which they see more. None where there are no files.
    """
    if FILES not in catalog.modules:
        return None
    trees: list[Node] = [ways.parse(FILES, "created_by == user").tree]
    for module in catalog.modules.values():
        if module.key not in sight.modules or module.key == FILES:
            continue
        rows = whole.get(module.key) or sight.rows.get(module.key)
        for each in module.fields.values():
            if each.targets == (FILES,) and sight.sees(each):
                mask = sight.masks.get((module.key, each.key))
                trees.append(_holding(module.key, each, [c.tree for c in (rows, mask) if c is not None]))
        trees.append(_attached(ways, module.key, rows))
    tree = Operation(BOOLEAN, 0, 0, "or", tuple(trees))
    return Expression("files of what one sees", Span.point("rights"), BOOLEAN, tree, tree)


def _attached(ways: Ways, module: str, rows: Expression | None) -> Node:
    # The files that hang on a record of the module by themselves.
    text = f"module == '{module}'"
    if rows is None:
        return ways.parse(FILES, text).tree  # type: ignore[no-any-return]
    found = ways.parse(FILES, f"{text} and not is_empty(lookup({module}, id == this.record, id))").tree

    def narrowed(node: Node) -> Node:
        return Operation(BOOLEAN, 0, 0, "and", (node, rows.tree))

    return _in_lookup(found, narrowed)


def _holding(module: str, via: Field, conditions: list[Node]) -> Node:
    kind = "linked" if via.settings.get("many") or via.type == "files" else "inverse"
    step = Step((), FILES, kind, module, via, f"{module}.{via.key}")
    condition = None
    if conditions:
        condition = (
            conditions[0] if len(conditions) == 1 else Operation(BOOLEAN, 0, 0, "and", tuple(conditions))
        )
    return Aggregate(BOOLEAN, 0, 0, "exists", (step,), condition=condition, key=f"{module}.{via.key}")


def _in_lookup(node: Node, narrowed: Callable[[Node], Node]) -> Node:
    def change(each: Node, depth: int) -> Node | None:
        if isinstance(each, Aggregate) and each.condition is not None:
            return replace(each, condition=narrowed(each.condition))
        return None

    return rebuilt(node, change)
