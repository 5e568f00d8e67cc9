"""The configuration as a circle of people sees it: without the modules and fields that they may not read.

Screens, REST and conditions that people write are made of it, so what one may not read is to them what is not
there at all: it has no column, no name and no place.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from runtime.expressions import references
from runtime.model.catalog import (
    Block,
    Catalog,
    Expression,
    Field,
    Filter,
    Layout,
    MenuGroup,
    Module,
    Path,
    SortKey,
    Tab,
    Title,
)
from runtime.storage.sight import Sight

Writes = Callable[[str, str], bool]
"""Tells whether a field of a module may be written, of some records at least."""


def narrowed(
    catalog: Catalog, sight: Sight, menu: Callable[[tuple[str, ...]], bool], writes: Writes
) -> Catalog:
    """The catalog with only what is seen. ``menu`` tells whether a group for some profiles is in the menu;
    what is not written is read-only.
    """
    return Narrowing(catalog, sight, menu, writes).catalog()


class Narrowing:
    """Makes one narrowed catalog."""

    def __init__(
        self, catalog: Catalog, sight: Sight, menu: Callable[[tuple[str, ...]], bool], writes: Writes
    ) -> None:
        self._catalog = catalog
        self._sight = sight
        self._menu = menu
        self._writes = writes
        self._fields: dict[tuple[str, str], Field] = {}

    def catalog(self) -> Catalog:
        """The whole of it."""
        whole = self._catalog
        modules = MappingProxyType({key: self._module(each) for key, each in whole.modules.items()})
        layouts = {key: self._layout(each, modules[key]) for key, each in whole.layouts.items()}
        return replace(
            whole,
            modules=modules,
            layouts=MappingProxyType(layouts),
            filters=MappingProxyType(
                {key: self._filters(key, each, layouts[key]) for key, each in whole.filters.items()}
            ),
            menu=tuple(group for each in whole.menu if (group := self._group(each)) is not None),
            sources=MappingProxyType({}),
            data=(),
        )

    def _module(self, module: Module) -> Module:
        fields = {key: self._narrow(each) for key, each in module.fields.items() if self._field(each)}
        own = {key: self._narrow(each) for key, each in module.record_fields.items()}
        collections = {
            key: each
            for key, each in module.collections.items()
            if each.target in self._sight.modules
            and (
                via := self._catalog.modules[self._owner(each.kind, module.key, each.target)].field(each.via)
            )
            is not None
            and self._field(via)
        }
        return replace(
            module,
            fields=MappingProxyType(fields),
            record_fields=MappingProxyType(own),
            collections=MappingProxyType(collections),
            title=self._title(module.title),
            search=tuple(path for path in module.search if self._path(path)),
        )

    def _owner(self, kind: str, module: str, target: str) -> str:
        return module if kind == "links" else target

    def _field(self, field: Field) -> bool:
        if not self._sight.sees(field):
            return False
        return not field.targets or any(target in self._sight.modules for target in field.targets)

    def _narrow(self, field: Field) -> Field:
        # A field as these people have it; the same object wherever it stands.
        found = self._fields.get((field.module, field.key))
        if found is None:
            found = field
            if not field.readonly and not self._writes(field.module, field.whole):
                found = replace(field, readonly=True)
            self._fields[field.module, field.key] = found
        return found

    def _path(self, path: Path) -> bool:
        return all(self._field(field) for field in path.fields)

    def _paths(self, paths: Iterable[Path]) -> tuple[Path, ...]:
        seen = (path for path in paths if self._path(path))
        return tuple(replace(path, fields=tuple(map(self._narrow, path.fields))) for path in seen)

    def _sort(self, keys: Iterable[SortKey]) -> tuple[SortKey, ...]:
        return tuple(key for key in keys if self._path(key.path))

    def _title(self, title: Title) -> Title:
        return replace(title, parts=tuple(part for part in title.parts if self._path(part[1])))

    def _reads_nothing_hidden(self, expression: Expression | None) -> bool:
        if expression is None:
            return True
        for module, key in references(expression.tree).fields:
            own = self._catalog.modules.get(module)
            found = None if own is None else own.field(key)
            if module not in self._sight.modules or (found is not None and not self._sight.sees(found)):
                return False
        return True

    def _layout(self, layout: Layout, module: Module) -> Layout:
        process = layout.process
        tabs = (self._tab(tab, module) for tab in layout.tabs)
        return replace(
            layout,
            process=self._narrow(process) if process is not None and self._field(process) else None,
            header=self._paths(layout.header),
            tabs=tuple(tab for tab in tabs if tab.blocks),
            side=self._blocks(layout.side, module),
            create=self._paths(layout.create),
            quick_view=self._paths(layout.quick_view),
            list=self._paths(layout.list),
        )

    def _tab(self, tab: Tab, module: Module) -> Tab:
        return replace(tab, blocks=self._blocks(tab.blocks, module))

    def _blocks(self, blocks: Iterable[Block], module: Module) -> tuple[Block, ...]:
        found = (self._block(block, module) for block in blocks)
        return tuple(block for block in found if block is not None)

    def _block(self, block: Block, module: Module) -> Block | None:
        if block.collection is not None and block.collection not in module.collections:
            return None
        if not self._reads_nothing_hidden(block.where):
            return None
        fields = self._paths(block.fields)
        if block.kind == "fields" and block.fields and not fields:
            return None
        return replace(
            block, fields=fields, columns_shown=self._paths(block.columns_shown), sort=self._sort(block.sort)
        )

    def _filters(self, module: str, filters: Mapping[str, Filter], layout: Layout) -> Mapping[str, Filter]:
        found = {
            key: replace(
                each,
                columns=self._paths(each.columns) or layout.list,
                sort=self._sort(each.sort),
                quick=self._paths(each.quick),
                remind=self._date(each.remind),
            )
            for key, each in filters.items()
            if self._reads_nothing_hidden(each.where)
        }
        if not found:
            first = next(iter(filters.values()))
            found = {"all": replace(first, key="all", where=None, columns=layout.list, sort=(), quick=())}
            found["all"] = replace(found["all"], remind=None)
        return MappingProxyType(found)

    def _date(self, field: Field | None) -> Field | None:
        return self._narrow(field) if field is not None and self._field(field) else None

    def _group(self, group: MenuGroup) -> MenuGroup | None:
        if not self._menu(group.profiles):
            return None
        items = tuple(
            item
            for item in group.items
            if item.module in self._sight.modules
            and (
                item.filter is None
                or self._reads_nothing_hidden(self._catalog.filters[item.module][item.filter].where)
            )
        )
        return replace(group, items=items) if items else None
