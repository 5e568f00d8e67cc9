"""Resolves a filter that steps, or a job, go through record by record."""

from runtime.expressions.tree import User, walk
from runtime.language.earlier.following import Use
from runtime.language.nodes import Node, Scalar
from runtime.language.resolve.values import Values
from runtime.language.shape import Path
from runtime.model.catalog import Filter
from runtime.model.uses import Thing


def filter_named(values: Values, node: Node, at: Path, nobody: str = "") -> Filter | None:
    """The filter that ``module.filter`` names; None where it makes no sense, which is noted. ``nobody`` says
    who works where nobody in particular does: such a filter does not ask who looks.
    """
    draft = values.draft
    written, dot, key = str(node.plain).partition(".")
    module = draft.earlier.modules.get(written, written)
    found = draft.filters.get(module, {}).get(key)
    if not dot:
        values.note("a filter is written as module.filter", node, at)
    elif found is None:
        if not draft.is_broken("filters", module, key):
            draft.note("filter", key, node, at, list(draft.filters.get(module, {})), module)
    elif nobody and _asks_who_looks(found):
        values.note(f"the filter asks who looks, and nobody in particular {nobody}", node, at)
    else:
        if module != written and isinstance(node, Scalar):
            draft.uses.append(Use(node, 0, len(written), written, module, at))
        draft.mention(at, node, Thing("filter", f"{module}.{key}"), "names")
        return found
    return None


def _asks_who_looks(found: Filter) -> bool:
    return found.where is not None and any(isinstance(each, User) for each in walk(found.where.tree))
