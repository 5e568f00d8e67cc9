"""What changes of the filters that everybody has."""

from collections.abc import Iterator

from runtime.change.people.phrases import (
    formula,
    lists_differ,
    modules_of,
    named,
    news,
    pairs,
    paths,
    relabelled,
    sorts,
    text_of,
)
from runtime.model.catalog import Catalog, Filter, Module


def tell_filters(before: Catalog, after: Catalog) -> Iterator[str]:
    """The filters that are new, gone, or find other records."""
    for key, _, module in modules_of(before.modules, after.modules):
        old, new = before.filters.get(key, {}), after.filters.get(key, {})
        for each, found in news(old, new):
            yield f"{module.plural} has a new filter: {named(found.label, each)}."
        for each, found in news(new, old):
            yield f"{module.plural} has the filter {named(found.label, each)} no more."
        for _, was, now in pairs(old, new):
            if any("schemas/filters/" in each.origin.span.file for each in (was, now)):
                yield from _filter(module, was, now)


def _filter(module: Module, was: Filter, now: Filter) -> Iterator[str]:
    what = f"The filter {named(now.label, f'{module.key}.{now.key}')}"
    if said := relabelled(was.label, now.label):
        yield f"{what} {said}."
    if text_of(was.where) != text_of(now.where):
        found = "finds all records" if now.where is None else f"finds {formula(now.where)}"
        before = "found all" if was.where is None else f"found {formula(was.where)}"
        yield f"{what} {found}, and {before}."
    yield from lists_differ(what, paths(was.columns), paths(now.columns))
    yield from lists_differ(f"{what}: the quick filters", paths(was.quick), paths(now.quick))
    if sorts(was.sort) != sorts(now.sort):
        yield f"{what} is sorted by {', '.join(sorts(now.sort)) or 'nothing'}."
