"""What changes of the cards, dialogs and lists."""

from collections.abc import Iterator

from runtime.change.people.phrases import lists_differ, modules_of, paths, relabelled, sorts, text_of
from runtime.model.catalog import Block, Catalog, Layout, Module, Tab


def tell_layouts(before: Catalog, after: Catalog) -> Iterator[str]:
    """What is shown elsewhere, newly, or no more."""
    for key, _, module in modules_of(before.modules, after.modules):
        old, new = before.layouts[key], after.layouts[key]
        if not any("schemas/layouts/" in each.origin.span.file for each in (old, new)):
            continue  # nobody has written one, and the usual ones follow from the fields
        yield from _places(module, old, new)
        yield from _tabs(module, old, new)
        yield from _blocks(f"The side of {module.label}'s card", old.side, new.side)


def _places(module: Module, old: Layout, new: Layout) -> Iterator[str]:
    process = (old.process and old.process.key, new.process and new.process.key)
    if process[0] != process[1]:
        yield f"The card of {module.label} has {process[1] or 'no field'} as its steps."
    for what, was, now in (
        (f"The head of {module.label}'s card", old.header, new.header),
        (f"The dialog for a new {module.label}", old.create, new.create),
        (f"The quick view of {module.label}", old.quick_view, new.quick_view),
        (f"The list of {module.plural}", old.list, new.list),
    ):
        yield from lists_differ(what, paths(was), paths(now))


def _tabs(module: Module, old: Layout, new: Layout) -> Iterator[str]:
    before, after = _by_key(old.tabs), _by_key(new.tabs)
    for key in dict.fromkeys((*after, *before)):
        if key not in before:
            yield f"The card of {module.label} has a new tab: {after[key].label}."
        elif key not in after:
            yield f"The card of {module.label} has the tab {before[key].label} no more."
        else:
            yield from _tab(module, before[key], after[key])
    both = [key for key in before if key in after]
    if both != [key for key in after if key in before]:
        yield f"The tabs of {module.label}'s card have another order."


def _tab(module: Module, was: Tab, now: Tab) -> Iterator[str]:
    what = f"The tab {now.label} of {module.label}'s card"
    if said := relabelled(was.label, now.label):
        yield f"{what} {said}."
    if text_of(was.when) != text_of(now.when):
        yield f"{what} is shown on another condition."
    yield from _blocks(what, was.blocks, now.blocks)


def _blocks(what: str, old: tuple[Block, ...], new: tuple[Block, ...]) -> Iterator[str]:
    before = {block.key: block for block in old}
    after = {block.key: block for block in new}
    for key in dict.fromkeys((*after, *before)):
        if key not in before:
            yield f"{what} has a new block: {after[key].label}."
        elif key not in after:
            yield f"{what} has the block {before[key].label} no more."
        else:
            yield from _block(f"{what}: {after[key].label}", before[key], after[key])


def _block(what: str, was: Block, now: Block) -> Iterator[str]:
    if said := relabelled(was.label, now.label):
        yield f"{what} {said}."
    yield from lists_differ(what, paths(was.fields), paths(now.fields))
    yield from lists_differ(what, paths(was.columns_shown), paths(now.columns_shown))
    if _behaviour(was) != _behaviour(now):
        yield f"{what} is drawn otherwise, or on another condition."


def _behaviour(block: Block) -> tuple[object, ...]:
    what = (block.kind, block.columns, block.collection, block.component, dict(block.settings))
    return (
        *what,
        text_of(block.where),
        text_of(block.when),
        sorts(block.sort),
        block.actions,
        block.collapsed,
    )


def _by_key(tabs: tuple[Tab, ...]) -> dict[str, Tab]:
    return {tab.key: tab for tab in tabs}
