"""A form made ready for its template: what stands there, or what the browser sent, beside its errors."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from runtime.base.messages import Message
from runtime.model.catalog import Collection, Field
from runtime.records.rule_states import RuleStates
from runtime.web.door import Call
from runtime.web.forms import Form
from runtime.web.pages.editing import FieldBlock, FormBlock, is_given, row_fields
from runtime.web.pages.narrowing import narrow
from runtime.web.titles import pointed, ref_of
from runtime.web.views import BLANK, FieldView, Item, Views

Errors = Mapping[str, Sequence[Message]]
Rows = Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class FormView:
    """Draws one form: of the values and rows that stand there, what was sent (None at first), and errors."""

    call: Call
    views: Views
    values: Mapping[str, Any]
    rows: Mapping[str, Rows] = field(default_factory=dict)
    sent: Form | None = None
    errors: Errors = field(default_factory=dict)
    kept: Mapping[str, Sequence[int]] = field(default_factory=dict)
    states: RuleStates = field(default_factory=RuleStates)

    def blocks(self, blocks: Sequence[FormBlock]) -> list[dict[str, Any]]:
        """Every block; the first wrong control has the focus, else the row just added, else the first one."""
        drawn = [
            self._fields(block) if isinstance(block, FieldBlock) else self._rows(block)
            for block in blocks
            if isinstance(block, FieldBlock) or block.key not in self.states.readonly
        ]
        controls = [view for view in _controls(drawn) if not (view.readonly or view.hidden)]
        focus = next((view for view in controls if view.error), None) or self._added(drawn)
        focus = focus or next(iter(controls), None)
        if focus is not None:
            focus.autofocus = True
        return drawn

    def summary(self, drawn: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Every error once, each with the id of its control; those of the record as a whole have none."""
        shown = {view.name: view.id for view in _controls(drawn)}
        return [
            {"id": shown.get(_control(key, drawn)), "message": self._say(key)}
            for key in self.errors
            if self.errors[key]
        ]

    def control(self, each: Field) -> FieldView:
        """One field's control by itself."""
        view = self._input(each, each.key, self.values.get(each.key), self.sent)
        view.hidden = each.key in self.states.hidden
        view.always_required = view.required
        view.required = (view.required or each.key in self.states.required) and not view.hidden
        if each.key in self.states.readonly and not view.readonly:
            view = self._locked(each, view)
        limits = self.states.limits
        narrow(self.call, (each,), (view,), self.values, self.sent, self.values.get("id"), limits)
        return view

    def row_control(self, each: Field, place: str) -> FieldView:
        """One field's control in a row whose controls' names begin with ``place``."""
        view = self._input(each, place + each.key, self.values.get(each.key), self.sent, module=each.module)
        view = self._ruled(each, view, self.states, self.values)
        narrow(self.call, (each,), (view,), self.values, self.sent, None, self.states.limits)
        return view

    def _ruled(
        self, each: Field, view: FieldView, states: RuleStates, values: Mapping[str, Any]
    ) -> FieldView:
        """A row's control as its rules have it."""
        view.follows, view.hidden, view.always_required = True, each.key in states.hidden, view.required
        view.required = (view.required or each.key in states.required) and not view.hidden
        if each.key in states.readonly and not view.readonly:
            view = self._locked(each, view, values)
        return view

    def _fields(self, block: FieldBlock) -> dict[str, Any]:
        shown = [self.control(each) for each in block.fields if not self._is_to_come(each)]
        hidden = all(view.hidden for view in shown)
        drawn = {"kind": "fields", "label": block.label, "columns": block.columns, "fields": shown}
        closed = block.part in self.states.closed
        return {**drawn, "part": block.part, "closed": closed, "hidden": hidden or closed}

    def _is_to_come(self, each: Field) -> bool:
        """Whether nothing stands in a new record's field before it is saved: it is computed."""
        return each.computed is not None and not self.values.get("id") and self.values.get(each.key) is None

    def _locked(self, each: Field, view: FieldView, values: Mapping[str, Any] | None = None) -> FieldView:
        """The value alone, of a field that rules make read-only."""
        held = self.values if values is None else values
        locked = self.views.of(each, held.get(each.key), view.label, held)
        locked.readonly, locked.hidden, locked.name, locked.id = True, view.hidden, view.name, view.id
        locked.error, locked.help, locked.follows = view.error, view.help, view.follows
        return locked

    def _input(
        self, each: Field, name: str, value: Any, sent: Form | None, place: str = "", module: str = ""
    ) -> FieldView:
        view = self.views.input(each, value, name, module or None)
        view.readonly = is_given(self.call, each)
        if view.readonly and not view.text:
            view.text = self.call.translate("Given when saved") if self._is_number(each) else ""
        if sent is not None and not view.readonly:
            self._show_again(view, each, sent, place or each.key)
        view.error = self._say(place or each.key)
        return view

    def _is_number(self, each: Field) -> bool:
        return self.call.live.types[each.type].given and not self.values.get("id")

    def _show_again(self, view: FieldView, each: Field, sent: Form, place: str) -> None:
        """Put what the browser sent in place of the value."""
        if each.key not in sent:
            return
        raw = sent.text(each.key)
        if each.type == "boolean":
            view.value = raw == "true"
        elif "picklist" in each.settings:
            chosen = sent.texts(each.key)
            view.options = [replace(option, selected=option.key in chosen) for option in view.options]
            view.value = raw or None
        elif each.type == "relations":
            view.items = self._links_again(view, each, sent)
            view.raw = sent.text(f"{each.key}:text")
        elif self.call.live.types[each.type].attaches:
            kept = [*map(str, self.kept.get(place, ()))]
            ids = [text for text in sent.texts(each.key) if text] + kept
            view.items = self._named(view, each, ids if each.settings["many"] else ids[-1:])
        elif "among" in each.settings:
            ref = pointed(self.call, each, raw)
            view.raw, view.text = (raw, ref.title) if ref is not None else ("", "")
            view.text = sent.text(f"{each.key}:text", view.text)
        elif each.targets:
            typed = sent.text(f"{each.key}:text", "-").strip()
            ref = ref_of(self.call, each.targets, raw) if typed else None
            view.value, view.text = (ref.id, ref.title) if ref is not None else (None, "")
            view.raw = sent.text(f"{each.key}:text", view.text)
        else:
            view.raw = self.call.live.types[each.type].sent(sent, each.key)
            listed = view.raw.get("country") if isinstance(view.raw, Mapping) else view.raw
            view.options = [replace(option, selected=option.key == listed) for option in view.options]

    def _named(self, view: FieldView, each: Field, ids: Sequence[str]) -> list[Item]:
        known = {str(item.id): item for item in view.items}
        found: list[Item] = []
        for text in dict.fromkeys(ids):
            ref = None if text in known else ref_of(self.call, each.targets, text)
            if text in known:
                found.append(known[text])
            elif ref is not None:
                found.append(Item(ref.id, ref.title))
        return found

    def _links_again(self, view: FieldView, each: Field, sent: Form) -> list[Item]:
        attributes: Mapping[str, Field] = each.settings["link"]
        if not attributes:
            return self._named(view, each, [text for text in sent.texts(each.key) if text])
        forms = {form.text("id"): form for form in sent.rows(each.key).values()}
        items = self._named(view, each, list(forms))
        for item in items:
            item.fields = [
                self._input(
                    attribute,
                    f"{each.key}.{item.id}.{key}",
                    item.values.get(key),
                    forms[str(item.id)],
                    f"{each.key}.{key}",
                )
                for key, attribute in attributes.items()
            ]
        return items

    def _rows(self, rows: Collection) -> dict[str, Any]:
        fields = row_fields(self.call, rows)
        standing = self.rows.get(rows.key, {})
        language = self.call.actor.language
        blank = dict(self.call.live.records.defaults(rows.target, self.call.actor, self.call.moment))
        if self.sent is not None and rows.key in self.sent:
            shown = self._rows_again(rows, fields, standing, blank, self.sent)
        else:
            shown = [
                self._row(rows, fields, str(key), key, row, number=number)
                for number, (key, row) in enumerate(standing.items())
            ]
        return {
            "kind": "rows",
            "key": rows.key,
            "hidden": rows.key in self.states.hidden,
            "label": rows.label.in_language(language),
            "error": self._say(rows.key),
            "columns": [
                {
                    "label": each.label.in_language(language),
                    "widget": self.views.widget(each),
                    "end": self.call.live.types[each.type].measured,
                    "required": each.required,
                }
                for each in fields
            ],
            "rows": shown,
            "blank": self._row(rows, fields, BLANK, None, blank),
        }

    def _rows_again(
        self,
        rows: Collection,
        fields: Sequence[Field],
        standing: Rows,
        blank: Mapping[str, Any],
        sent: Form,
    ) -> list[dict[str, Any]]:
        """The rows as the browser sent them, after the button that was pressed: add, up, down or delete."""
        forms = sent.rows(rows.key)
        keys = list(forms)
        collection, _, act = sent.text("_rows").partition(":")
        act, _, key = act.partition(":")
        if collection == rows.key:
            keys = moved(keys, act, key)
        places = {name: place for place, name in enumerate(forms)}
        found = []
        for name in keys:
            form = forms.get(name)
            row_id = form.text("id") if form is not None else ""
            known = standing.get(int(row_id), {}) if row_id.isascii() and row_id.isdigit() else {}
            place = f"{rows.key}.{places.get(name, '')}."
            number = places.get(name)
            found.append(self._row(rows, fields, name, row_id or None, known or blank, form, place, number))
        return found

    def _row(
        self,
        rows: Collection,
        fields: Sequence[Field],
        key: str,
        row_id: int | str | None,
        values: Mapping[str, Any],
        sent: Form | None = None,
        place: str = "",
        number: int | None = None,
    ) -> dict[str, Any]:
        states = self.states.row(rows.key, number)
        cells = [
            self._input(
                each,
                f"{rows.key}.{key}.{each.key}",
                values.get(each.key),
                sent,
                f"{place}{each.key}" if place else f"{rows.key}.{key}.{each.key}",
                rows.target,
            )
            for each in fields
        ]
        for each, cell in zip(fields, cells, strict=True):
            if each.type == "money" and sent is None and values.get(each.key) is None:
                cell.raw = {**cell.raw, "currency": ""}  # that of the record, unless one is chosen
        if rows.key in self.states.rows:
            cells = [
                self._ruled(each, cell, states, values) for each, cell in zip(fields, cells, strict=True)
            ]
        narrow(self.call, fields, cells, values, sent, row_id, states.limits)
        return {"key": key, "id": row_id, "place": place, "fields": cells}

    def _added(self, drawn: Sequence[Mapping[str, Any]]) -> FieldView | None:
        """The first control of the row that the button "add" has just made."""
        key, _, act = (self.sent.text("_rows") if self.sent is not None else "").partition(":")
        block = next((block for block in drawn if block["kind"] == "rows" and block["key"] == key), None)
        if act != "add" or block is None or not block["rows"]:
            return None
        return next((view for view in block["rows"][-1]["fields"] if not view.readonly), None)

    def _say(self, key: str) -> str:
        reasons = self.errors.get(key, ())
        return " ".join(reason.render(self.call.translate, self.call.actor.language) for reason in reasons)


def moved(keys: Sequence[str], act: str, key: str) -> list[str]:
    """The keys of rows after a button; one that is not there changes nothing."""
    if act == "add":
        free = next(name for number in range(len(keys) + 1) if (name := f"n{number}") not in keys)
        return [*keys, free]
    if key not in keys:
        return list(keys)
    at = keys.index(key)
    rest = [name for name in keys if name != key]
    if act == "delete":
        return rest
    to = max(0, at - 1) if act == "up" else at + 1
    return [*rest[:to], key, *rest[to:]]


def _control(key: str, drawn: Sequence[Mapping[str, Any]]) -> str:
    """The control's name for the writer's key: ``items.0.price`` is the first sent row's price."""
    for block in drawn:
        for row in block["rows"] if block["kind"] == "rows" else ():
            if row["place"] and key.startswith(row["place"]):
                return f"{block['key']}.{row['key']}.{key.removeprefix(row['place'])}"
    return key


def _controls(drawn: Sequence[Mapping[str, Any]]) -> Iterator[FieldView]:
    for block in drawn:
        if block["kind"] == "fields":
            yield from block["fields"]
        else:
            for row in block["rows"]:
                yield from row["fields"]
