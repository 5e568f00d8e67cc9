"""Resolves filters: the saved lists of a module; one called ``all`` when there is none."""

from types import MappingProxyType

from runtime.language.draft import Draft
from runtime.language.nodes import MapNode, Node, Scalar
from runtime.language.resolve.expressions import resolve_expression
from runtime.language.resolve.labels import Labels
from runtime.language.resolve.paths import Paths
from runtime.language.shape import Path as Place
from runtime.model.catalog import Field, Filter, Module
from runtime.model.label import Label
from runtime.model.types import BOOLEAN, DATE, DATETIME

ALL = "all"


def resolve_filters(draft: Draft, labels: Labels) -> None:
    """Fill the draft's filters: at least one for each module."""
    for key, tree in draft.trees.get("filters", {}).items():
        module = draft.modules.get(key)
        if module is not None:
            draft.filters[key] = {
                name: _filter(draft, labels, module, name, node) for name, node in tree.maps()
            }
        elif not draft.is_written("modules", key):
            place = ("filters", key)
            draft.note("module_of_file", key, draft.span(place), place, list(draft.files["modules"]))
    for module in draft.modules.values():
        if not draft.filters.get(module.key):
            label = labels.of(("filters", "*", ALL), None, Label.of("All"))
            columns = draft.layouts[module.key].list
            draft.filters[module.key] = {
                ALL: Filter(ALL, module.key, label, None, columns, (), (), module.origin)
            }


def _filter(draft: Draft, labels: Labels, module: Module, key: str, node: MapNode) -> Filter:
    paths = Paths(draft)
    place = ("filters", module.key, key)
    columns, sort, quick = node.list("columns"), node.list("sort"), node.list("quick")
    return Filter(
        key,
        module.key,
        labels.named(place, node),
        resolve_expression(draft, node.get("where"), module.key, (*place, "where"), BOOLEAN, database=True),
        (paths.all(module, columns.items, (*place, "columns")) if columns else ())
        or draft.layouts[module.key].list,
        paths.sort(module, sort.items, (*place, "sort")) if sort else (),
        paths.all(module, quick.items, (*place, "quick")) if quick else (),
        draft.origin(node),
        _remind(draft, module, node.get("remind"), (*place, "remind")),
    )


def _remind(draft: Draft, module: Module, node: Node | None, place: Place) -> Field | None:
    """The date of which owners are reminded: a field of the records themselves."""
    if not isinstance(node, Scalar):
        return None
    path = Paths(draft).of_node(module, node, place)
    if path is None:
        return None
    if path.hops or path.attribute is not None or path.field.value_type not in (DATE, DATETIME):
        draft.note("remind", str(node.value), node, place)
        return None
    return path.field


def frozen(filters: dict[str, dict[str, Filter]]) -> MappingProxyType[str, MappingProxyType[str, Filter]]:
    """The filters as nobody can change them."""
    return MappingProxyType({key: MappingProxyType(of_module) for key, of_module in filters.items()})
