"""What a form edits: which fields in which blocks, what a browser sent of them, and what is shown again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from runtime.model.catalog import Collection, Field, Layout, Module
from runtime.web.door import Call
from runtime.web.forms import Form
from runtime.web.pages.saving import keep_uploads
from runtime.web.views import FieldView, Item, Views

BLANK = "__key__"
"""The key of the row that JavaScript copies for a new one."""
GIVEN = ("auto_number",)
"""Types whose values nobody types."""


@dataclass(frozen=True, slots=True)
class FieldBlock:
    """A titled group of fields in a form."""

    label: str
    columns: int
    fields: tuple[Field, ...]


def blocks_of(module: Module, layout: Layout, language: str) -> list[FieldBlock | Collection]:
    """The blocks of a form: the card's blocks of fields and rows in order, then what must be filled and stands nowhere.

    The header's own fields (the owner, say) join the first block, so that everything the card shows can be changed.
    """
    found: list[FieldBlock | Collection] = []
    seen: set[str] = set()
    for tab in layout.tabs:
        for block in tab.blocks:
            if block.kind == "fields":
                fields = tuple(
                    path.field
                    for path in block.fields
                    if _is_own(path.fields, module) and path.text not in seen
                )
                seen.update(field.key for field in fields)
                if fields:
                    found.append(FieldBlock(block.label.in_language(language), block.columns, fields))
            elif block.kind == "rows" and block.collection not in seen:
                found.append(module.collections[block.collection or ""])
                seen.add(block.collection or "")
    header = [path.field for path in layout.header if _is_own(path.fields, module) and path.text not in seen]
    process = [layout.process] if layout.process is not None and layout.process.key not in seen else []
    first = [field for field in [*process, *header] if field.key not in seen]
    seen.update(field.key for field in first)
    missing = [field for field in module.fields.values() if field.required and field.key not in seen]
    more = {field.key: field for field in (*first, *missing)}
    return _with_more(found, tuple(more.values()))


def fields_in(blocks: Sequence[FieldBlock | Collection]) -> Iterator[Field]:
    """Every field of the blocks of fields."""
    for block in blocks:
        if isinstance(block, FieldBlock):
            yield from block.fields


def editable_rows(module: Module) -> list[Field]:
    """The fields of a row that are edited in the table of its parent's form."""
    return [field for field in module.fields.values() if field.type not in (*GIVEN, "relations", "files")]


def written(call: Call, form: Form, fields: Sequence[Field], *, keep: bool) -> dict[str, object]:
    """What the browser sent for the fields, as the writer takes it; what it did not send is left out.

    ``keep`` stores uploaded files; a form that is only drawn anew keeps none.
    """
    values: dict[str, object] = {}
    for field in fields:
        if field.key not in form or field.readonly or field.type in GIVEN:
            continue
        if field.type == "files":
            uploads = keep_uploads(call, form.uploads(f"{field.key}:upload")) if keep else []
            values[field.key] = [text for text in form.texts(field.key) if text] + uploads
        elif field.type in ("relations", "multi_picklist"):
            values[field.key] = [text for text in form.texts(field.key) if text]
        elif field.type == "money":
            values[field.key] = {
                "amount": form.text(field.key),
                "currency": form.text(f"{field.key}:currency") or None,
            }
        elif field.targets:
            values[field.key] = _chosen(form, field)
        else:
            values[field.key] = form.text(field.key)
    return values


def written_rows(call: Call, form: Form, rows: Collection) -> list[dict[str, object]]:
    """The rows of one collection, in the order they were sent."""
    fields = editable_rows(call.live.catalog.modules[rows.target])
    found: list[dict[str, object]] = []
    for row in form.rows(rows.key).values():
        values = written(call, row, fields, keep=False)
        if row.text("id"):
            values["id"] = row.text("id")
        if values:
            found.append(values)
    return found


def shown_again(view: FieldView, field: Field, form: Form) -> FieldView:
    """The view with what the browser sent in place of the value."""
    if field.key not in form:
        return view
    raw = form.text(field.key)
    if field.type == "boolean":
        view.value = form.texts(field.key)[-1:] == ["true"]
    elif field.type in ("picklist", "multi_picklist"):
        chosen = form.texts(field.key)
        view.options = [replace(option, selected=option.key in chosen) for option in view.options]
        view.value = raw or None
    elif field.type == "relations":
        titles = {str(item.id): item for item in view.items}
        view.items = [titles.get(text) or Item(text, f"#{text}") for text in form.texts(field.key) if text]
    elif field.type != "files" and field.targets:
        view.value, view.raw = raw or None, form.text(f"{field.key}:text")
    elif field.type == "money":
        view.raw = raw
        view.settings = {
            **view.settings,
            "currency": form.text(f"{field.key}:currency") or view.settings["currency"],
        }
    else:
        view.raw = raw
    return view


def row_view(
    views: Views,
    rows: Collection,
    fields: Sequence[Field],
    key: str,
    row_id: int | str | None,
    values: Mapping[str, Any],
) -> dict[str, Any]:
    """One row of the rows editor."""
    return {
        "key": key,
        "id": row_id,
        "fields": [
            views.input(field, values.get(field.key), f"{rows.key}.{key}.{field.key}", rows.target)
            for field in fields
        ],
    }


def _chosen(form: Form, field: Field) -> object:
    """The id that was picked. Text that stands beside no id was typed and picked nothing: it is refused, not dropped."""
    typed = form.text(f"{field.key}:text").strip()
    picked = form.texts(field.key)[-1:]
    if f"{field.key}:text" in form and not typed and len(form.texts(field.key)) == 1:
        return None
    return (picked[0] if picked else "") or typed or None


def _is_own(fields: Sequence[Field], module: Module) -> bool:
    only = fields[0]
    if len(fields) > 1 or only.type in GIVEN:
        return False
    return only.key in module.fields or only.key == "owner"


def _with_more(
    found: list[FieldBlock | Collection], more: tuple[Field, ...]
) -> list[FieldBlock | Collection]:
    if not more:
        return found
    for index, block in enumerate(found):
        if isinstance(block, FieldBlock):
            return [*found[:index], replace(block, fields=(*block.fields, *more)), *found[index + 1 :]]
    return [FieldBlock("", 2, more), *found]
