"""What a browser sent of a record: values for the writer, without those that stand there already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from runtime.base.messages import Message
from runtime.model.catalog import Collection, Field
from runtime.model.values import Ref
from runtime.records.read import Linked
from runtime.web.door import Call
from runtime.web.forms import Form
from runtime.web.pages.editing import FieldBlock, FormBlock, is_given, row_fields
from runtime.web.pages.saving import keep_uploads
from runtime.web.titles import called, pointed, ref_of

NOTHING: Mapping[str, Any] = {}


@dataclass(slots=True)
class Written:
    """A form that was read: what to write, what could not be read, and which uploads were kept by the way.

    ``errors`` and ``kept`` are by the field's key, a row's by ``items.0.product``. Kept files are shown again
    with a form that is refused, so nobody sends them twice.
    """

    values: dict[str, object] = field(default_factory=dict)
    errors: dict[str, list[Message]] = field(default_factory=dict)
    kept: dict[str, list[int]] = field(default_factory=dict)


def read(
    call: Call,
    blocks: Sequence[FormBlock],
    old: Mapping[str, Any] | None,
    old_rows: Mapping[str, Mapping[int, Mapping[str, Any]]],
    *,
    asking: bool = False,
) -> Written:
    """Read the call's form. ``old`` is the record as it stands (None for a new one), with its rows.

    ``asking``: it is not saved yet, so that no file of it is kept.
    """
    written = Written()
    for block in blocks:
        if isinstance(block, FieldBlock):
            fields = _read(call, block.fields, asking)
            _fields(call, call.form, fields, old, written, written.values, "")
        elif block.key in call.form:
            fields = _read(call, row_fields(call, block), asking)
            written.values[block.key] = _rows(call, block, fields, old_rows.get(block.key, {}), written)
    return written


def _read(call: Call, fields: Sequence[Field], asking: bool) -> Sequence[Field]:
    return [each for each in fields if not (asking and call.live.types[each.type].attaches)]


def _rows(
    call: Call,
    rows: Collection,
    fields: Sequence[Field],
    old: Mapping[int, Mapping[str, Any]],
    written: Written,
) -> list[dict[str, object]]:
    """The rows of one collection, in the order they were sent."""
    found: list[dict[str, object]] = []
    for index, row in enumerate(call.form.rows(rows.key).values()):
        row_id = row.text("id")
        standing = old.get(int(row_id)) if row_id.isascii() and row_id.isdigit() else None
        values: dict[str, object] = {"id": row_id} if row_id else {}
        _fields(call, row, fields, standing, written, values, f"{rows.key}.{index}.")
        found.append(values)
    return found


def _fields(
    call: Call,
    form: Form,
    fields: Sequence[Field],
    old: Mapping[str, Any] | None,
    written: Written,
    values: dict[str, object],
    prefix: str,
) -> None:
    for each in fields:
        if each.key not in form or is_given(call, each):
            continue
        place = prefix + each.key
        if call.live.types[each.type].attaches:
            values[each.key] = _files(call, form, each, written, place)
        elif each.type == "relations":
            values[each.key] = _links(call, form, each, old, written, place)
        elif "among" in each.settings:
            values[each.key] = _anything(call, form, each, written, place)
        elif each.targets:
            values[each.key] = _one(call, form, each, written, place)
        elif old is None or not says_the_same(call, form, each, old.get(each.key)):
            values[each.key] = call.live.types[each.type].sent(form, each.key)


def says_the_same(call: Call, form: Form, each: Field, old: Any) -> bool:
    """Whether the control came back as it was drawn.

    A control cannot say all of a value (a moment's microseconds; yes, no and empty of a switch), so what
    comes back as it was drawn is no change.
    """
    kind = call.live.types[each.type]
    held, sent = kind.input(old, each, call.formats), kind.sent(form, each.key)
    if each.type == "boolean":
        return (sent == "true") == (old is True) and (old is not None or sent != "true")
    return kind.is_unchanged(sent, held)


def _anything(call: Call, form: Form, each: Field, written: Written, place: str) -> str | None:
    """The record of any module that was picked, or that alone is called what was typed."""
    picked = form.text(each.key)
    if f"{each.key}:text" not in form:
        return picked or None
    typed = form.text(f"{each.key}:text").strip()
    if not typed:
        return None
    standing = pointed(call, each, picked)
    if standing is not None and standing.title.strip() == typed:
        return picked
    found = called(call, each.settings["among"], typed)
    if isinstance(found, Ref):
        return f"{found.module}:{found.id}"
    written.errors.setdefault(place, []).append(found)
    return None


def _one(call: Call, form: Form, each: Field, written: Written, place: str) -> object:
    """The id that was picked.

    A browser without JavaScript sends what was typed beside the id that the form was drawn with: what was
    typed counts, and must be a record's title.
    """
    picked = form.text(each.key)
    if f"{each.key}:text" not in form:
        return picked or None
    typed = form.text(f"{each.key}:text").strip()
    if not typed:
        return None
    standing = ref_of(call, each.targets, picked)
    if standing is not None and standing.title.strip() == typed:
        return picked
    return _typed(call, each, typed, written, place)


def _typed(call: Call, each: Field, typed: str, written: Written, place: str) -> int | None:
    found = called(call, each.targets, typed)
    if isinstance(found, Ref):
        return found.id
    written.errors.setdefault(place, []).append(found)
    return None


def _links(
    call: Call, form: Form, each: Field, old: Mapping[str, Any] | None, written: Written, place: str
) -> list[object]:
    """The linked records: ids, or objects of an id and the link's attributes where the field has some."""
    attributes: Mapping[str, Field] = each.settings["link"]
    links: list[object] = []
    if attributes:
        standing = {
            linked.ref.id: linked.attributes
            for linked in (old or NOTHING).get(each.key) or ()
            if isinstance(linked, Linked)
        }
        for row in form.rows(each.key).values():
            link: dict[str, object] = {"id": row.text("id")}
            before = standing.get(int(row.text("id"))) if row.text("id").isdecimal() else None
            _fields(call, row, tuple(attributes.values()), before, written, link, f"{place}.")
            links.append(link)
    else:
        links.extend(text for text in form.texts(each.key) if text)
    typed = form.text(f"{each.key}:text").strip()
    if typed:
        added = _typed(call, each, typed, written, place)
        named = {str(link["id"]) if isinstance(link, dict) else str(link) for link in links}
        if added is not None and str(added) not in named:
            links.append({"id": added} if attributes else added)
    return links


def _files(call: Call, form: Form, each: Field, written: Written, place: str) -> list[object]:
    """The files that stay ticked, and those that came along, kept now."""
    uploads = form.uploads(f"{each.key}:upload")
    kept, reasons = keep_uploads(call, each, uploads) if uploads else ([], [])
    if reasons:
        written.errors.setdefault(place, []).extend(reasons)
    if kept:
        written.kept[place] = kept
    stay = [text for text in form.texts(each.key) if text]
    if kept and not each.settings["many"]:
        return [kept[-1]]
    return [*stay, *kept]
