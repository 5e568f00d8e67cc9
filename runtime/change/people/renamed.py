"""The configuration before, in the names of the one after, so that a thing that was renamed is one thing."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from runtime.model.catalog import (
    Block,
    Catalog,
    Field,
    Filter,
    Layout,
    MenuGroup,
    Module,
    Path,
    Picklist,
    SortKey,
    Tab,
)
from runtime.model.renames import Renames


def tell_renames(renames: Renames) -> Iterator[str]:
    """What is called otherwise in the configuration's own language, and values that became others."""
    for old, new in renames.modules.items():
        yield f"The module {old} is renamed {new}."
    for (module, old), new in renames.fields.items():
        yield f"The field {module}.{old} is renamed {new}."
    for (module, field, old), new in renames.attributes.items():
        yield f"The attribute {old} of the links {module}.{field} is renamed {new}."
    for (picklist, old), new in renames.values.items():
        yield f"The value {old} of {picklist} is renamed {new}."
    for (picklist, old), new in renames.merged.items():
        yield f"The value {old} of {picklist} becomes {new}, in every record that has it."


def renamed(before: Catalog, renames: Renames) -> Catalog:
    """The catalog with its modules, fields and values under their new keys, and its paths in new names."""
    if not renames.any:
        return before
    names = _Names(renames)
    return replace(
        before,
        modules={renames.module(key): names.module(each) for key, each in before.modules.items()},
        picklists={key: names.picklist(each) for key, each in before.picklists.items()},
        layouts={renames.module(key): names.layout(each) for key, each in before.layouts.items()},
        menu=tuple(map(names.group, before.menu)),
        filters={renames.module(key): names.filters(each) for key, each in before.filters.items()},
    )


class _Names:
    def __init__(self, renames: Renames) -> None:
        self.renames = renames

    def module(self, module: Module) -> Module:
        fields = (self.field(field) for field in module.fields.values())
        search = self.paths(module.search)
        parts = tuple((text, self.path(path)) for text, path in module.title.parts)
        title = replace(module.title, parts=parts)
        key = self.renames.module(module.key)
        return replace(
            module, key=key, fields={each.key: each for each in fields}, search=search, title=title
        )

    def field(self, field: Field) -> Field:
        module, key = self.renames.field(field.module, field.key)
        settings = dict(field.settings)
        if field.targets:
            settings["modules"] = tuple(map(self.renames.module, field.targets))
        if link := settings.get("link"):
            place = (field.module, field.key)
            settings["link"] = {self.renames.attribute(*place, name): each for name, each in link.items()}
        return replace(field, module=module, key=key, settings=settings)

    def group(self, group: MenuGroup) -> MenuGroup:
        items = (replace(item, module=self.renames.module(item.module)) for item in group.items)
        return replace(group, items=tuple(items))

    def picklist(self, picklist: Picklist) -> Picklist:
        kept = {
            k: each for k, each in picklist.values.items() if (picklist.key, k) not in self.renames.merged
        }
        values = {self.renames.value(picklist.key, key): each for key, each in kept.items()}
        return replace(picklist, values=values)

    def path(self, path: Path) -> Path:
        fields = tuple(self.field(field) for field in path.fields)
        end = (path.attribute,) if path.attribute else ()
        old, new = (".".join((*(field.key for field in each), *end)) for each in (path.fields, fields))
        return replace(path, fields=fields, text=new if path.text == old else path.text)

    def paths(self, paths: tuple[Path, ...]) -> tuple[Path, ...]:
        return tuple(map(self.path, paths))

    def sort(self, keys: tuple[SortKey, ...]) -> tuple[SortKey, ...]:
        return tuple(replace(key, path=self.path(key.path)) for key in keys)

    def layout(self, layout: Layout) -> Layout:
        return replace(
            layout,
            process=layout.process and self.field(layout.process),
            header=self.paths(layout.header),
            create=self.paths(layout.create),
            quick_view=self.paths(layout.quick_view),
            list=self.paths(layout.list),
            tabs=tuple(map(self.tab, layout.tabs)),
            side=tuple(map(self.block, layout.side)),
        )

    def tab(self, tab: Tab) -> Tab:
        return replace(tab, blocks=tuple(map(self.block, tab.blocks)))

    def block(self, block: Block) -> Block:
        fields, columns = self.paths(block.fields), self.paths(block.columns_shown)
        return replace(block, fields=fields, columns_shown=columns, sort=self.sort(block.sort))

    def filters(self, filters: Mapping[str, Filter]) -> Mapping[str, Filter]:
        return {key: self.filter(each) for key, each in filters.items()}

    def filter(self, each: Filter) -> Filter:
        columns, quick = self.paths(each.columns), self.paths(each.quick)
        return replace(each, columns=columns, quick=quick, sort=self.sort(each.sort))
