"""What a form edits: which fields and rows, in which blocks."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from runtime.model.catalog import Block, Collection, Expression, Field, Layout, Module, Path
from runtime.records.parts import followed_parts
from runtime.web.components.files import fields_of
from runtime.web.door import Call
from runtime.web.forms import Form
from runtime.web.pages.card import condition_paths, holds

OWNER = "owner"
ROW_HIDDEN = ("auto_number", "relations", "files", "file", "image")
"""Types that a row's line in a table has no room for."""


@dataclass(frozen=True, slots=True)
class FieldBlock:
    """A titled group of fields in a form. ``part`` names the block of the card whose condition shows it while
    somebody types; '' where it is shown anyhow.
    """

    label: str
    columns: int
    fields: tuple[Field, ...]
    part: str = ""


FormBlock = FieldBlock | Collection


def blocks_of(call: Call, module: Module, plain: Mapping[str, Any], sent: Form) -> list[FormBlock]:
    """The blocks of a form: the card's, in order, then what must be filled in and stands nowhere.

    A block with a condition comes and goes with what is typed, unless it has a field that must be filled in,
    or one that a rule shows or requires. Where the condition asks of other records, and does not hold for the
    record (``plain``), the block stays away, unless a field of it was sent. The header's own fields (the
    owner, say) join the first block, so that everything the card shows can be changed; the fields of files
    that stand in no block of fields have one of their own where the card shows files.
    """
    layout = call.live.catalog.layouts[module.key]
    language = call.actor.language
    ruled = module.dynamics.demanded | module.dynamics.shown
    found: list[FormBlock] = []
    seen: set[str] = set()
    followed = followed_parts(layout)
    for part, block, shown in _blocks(call, layout, plain):
        if block.kind == "fields":
            own = [path.field for path in block.fields if _is_own(path, module) and path.text not in seen]
            seen.update(field.key for field in own)
            needed = any(field.required or field.key in ruled for field in own)
            follows = part if part in followed and not needed else ""
            if own and (shown or needed or follows or any(field.key in sent for field in own)):
                label = block.label.in_language(language)
                found.append(FieldBlock(label, block.columns, tuple(own), follows))
        elif block.kind == "rows" and block.collection is not None and block.collection not in seen:
            seen.add(block.collection)
            if shown or block.collection in sent:
                found.append(module.collections[block.collection])
    for files in _files(call, module, plain, seen):
        found.append(files)
        seen.update(field.key for field in files.fields)
    process = [layout.process] if layout.process is not None else []
    header = [path.field for path in layout.header if _is_own(path, module)]
    required = [field for field in module.fields.values() if field.required or field.key in ruled]
    owner = [module.record_fields[OWNER]] if OWNER in sent and OWNER in module.record_fields else []
    more = {field.key: field for field in (*process, *header, *required, *owner) if field.key not in seen}
    return _with_more(found, tuple(more.values()))


def with_owner(module: Module, blocks: Sequence[FormBlock]) -> list[FormBlock]:
    """The blocks with the owner among them, whether the card shows it or not: another one is asked for."""
    known = {field.key for field in fields_in(blocks)}
    field = module.record_fields.get(OWNER)
    return _with_more(list(blocks), (field,) if field is not None and OWNER not in known else ())


def fields_in(blocks: Sequence[FormBlock]) -> Iterator[Field]:
    """Every field of the blocks of fields."""
    for block in blocks:
        if isinstance(block, FieldBlock):
            yield from block.fields


def form_paths(call: Call, module: Module) -> list[Path]:
    """What a form needs of its record: every field of its own, and what the conditions of its blocks read."""
    layout = call.live.catalog.layouts[module.key]
    blocks = [block for tab in layout.tabs for block in tab.blocks] + list(layout.side)
    conditions: list[Expression | None] = [tab.when for tab in layout.tabs]
    conditions += [block.when for block in blocks]
    own = [Path(field.key, (field,)) for field in module.fields.values()]
    return [*own, Path("owner", (module.record_fields["owner"],)), *condition_paths(call, conditions)]


def row_fields(call: Call, rows: Collection) -> list[Field]:
    """The fields of a row that are edited in the table of its parent's form: the columns that the layout
    shows, then what must be filled in besides.
    """
    catalog = call.live.catalog
    fields = catalog.modules[rows.target].fields
    layout = catalog.layouts[rows.module]
    blocks = [block for tab in layout.tabs for block in tab.blocks] + list(layout.side)
    shown = [
        path.text
        for block in blocks
        if block.kind == "rows" and block.collection == rows.key
        for path in block.columns_shown
    ]
    demanded = catalog.modules[rows.target].dynamics.demanded
    required = [key for key, field in fields.items() if field.required or key in demanded]
    keys = dict.fromkeys([*shown, *required]) if shown else fields
    return [fields[key] for key in keys if key in fields and fields[key].type not in ROW_HIDDEN]


def is_editable(call: Call, module: Module, field: Field) -> bool:
    """Whether a field of a record may be edited in its place, on the card and in lists."""
    is_own = module.fields.get(field.key) is field or field is module.record_fields["owner"]
    return is_own and not is_given(call, field)


def is_given(call: Call, field: Field) -> bool:
    """Whether nobody types the field's value."""
    return field.readonly or call.live.types[field.type].given


def _files(call: Call, module: Module, plain: Mapping[str, Any], seen: Container[str]) -> list[FieldBlock]:
    """The fields whose files the card shows in a block of all files, and in no block of fields."""
    fields = tuple(field for field in fields_of(module) if field.key not in seen)
    blocks = _blocks(call, call.live.catalog.layouts[module.key], plain)
    shown = next((block for _, block, holds_ in blocks if block.component == "files" and holds_), None)
    if shown is None or not fields:
        return []
    return [FieldBlock(shown.label.in_language(call.actor.language) or call.translate("Files"), 1, fields)]


def _blocks(call: Call, layout: Layout, plain: Mapping[str, Any]) -> Iterator[tuple[str, Block, bool]]:
    """Every block of the card by its full name, with whether its own condition and that of its tab hold."""
    for tab in layout.tabs:
        tab_shown = _holds(call, tab.when, plain)
        for block in tab.blocks:
            yield f"{tab.key}.{block.key}", block, tab_shown and _holds(call, block.when, plain)
    for block in layout.side:
        yield f"side.{block.key}", block, _holds(call, block.when, plain)


def _holds(call: Call, condition: Expression | None, plain: Mapping[str, Any]) -> bool:
    """A new record's condition may read a record that it points at and that was not loaded: it then holds."""
    try:
        return holds(call, condition, plain)
    except LookupError:
        return True


def _is_own(path: Path, module: Module) -> bool:
    return not path.hops and path.attribute is None and (path.text in module.fields or path.text == "owner")


def _with_more(found: list[FormBlock], more: tuple[Field, ...]) -> list[FormBlock]:
    if not more:
        return found
    for index, block in enumerate(found):
        if isinstance(block, FieldBlock):
            return [*found[:index], replace(block, fields=(*block.fields, *more)), *found[index + 1 :]]
    return [FieldBlock("", 2, more), *found]
