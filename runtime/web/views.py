"""Views: a field and its value made ready for a widget, in the reader's language and formats."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from runtime.fields.bars import Drawing
from runtime.fields.formats import Formats
from runtime.fields.many import kind_name
from runtime.fields.phone import dialled
from runtime.model.catalog import Catalog, Field, Path
from runtime.model.values import Address, Entry, Ref
from runtime.records.read import Linked
from runtime.sites.live import Live

NOTHING: Mapping[str, Any] = MappingProxyType({})
SHOWN_TYPES = ("picklist", "multi_picklist")
BLANK = "__key__"
"""The key of what JavaScript copies for one more: a row, a link."""


@dataclass(slots=True)
class Option:
    """A choice of a select or of a filter."""

    key: str
    label: str
    color: str | None = None
    selected: bool = False


@dataclass(slots=True)
class Item:
    """One of several values: a related record, a file, a picklist's value.

    ``fields`` are the attributes of a link, ``values`` the same as they stand.
    """

    id: int | str
    title: str
    href: str | None = None
    color: str | None = None
    note: str = ""
    fields: "Sequence[FieldView]" = ()
    values: Mapping[str, Any] = field(default_factory=lambda: NOTHING)


@dataclass(slots=True)
class FieldView:
    """What a widget draws. ``value`` is canonical, ``text`` is for people, ``raw`` is what an input holds.

    ``reads`` are the form's fields that decide what a picker offers. ``blank`` is one more item, for
    JavaScript to copy, where an item has controls of its own; ``grouped`` are several controls together.
    """

    widget: str
    name: str = ""
    id: str = ""
    label: str = ""
    value: Any = None
    text: str = ""
    raw: Any = ""
    error: str = ""
    help: str = ""
    required: bool = False
    readonly: bool = False
    hidden: bool = False
    always_required: bool = False
    follows: bool = False
    autofocus: bool = False
    settings: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    options: Sequence[Option] = ()
    href: str | None = None
    items: Sequence[Item] = ()
    picker: str = ""
    reads: Sequence[str] = ()
    color: str | None = None
    alt: str = ""
    html: Markup | None = None
    blank: Item | None = None
    grouped: bool = False
    drawing: Drawing | None = None
    depends: "Dependence | None" = None
    edit: str | None = None
    explain: str | None = None


@dataclass(frozen=True, slots=True)
class Dependence:
    """Which choices a control offers: by another one's value (``on`` is that one's name, '' for none, and
    ``held`` what it holds), with the keys for each value; and where rules may limit them (``limited``), by
    the keys that those leave (``limit``, None for all).

    ``choices`` are all that there are, for JavaScript to choose from.
    """

    on: str
    held: str
    fits: Mapping[str, Sequence[str]]
    choices: Sequence[Option]
    limited: bool = False
    limit: Sequence[str] | None = None


def names_role(field: Field) -> bool:
    """Whether a field holds the key of a role: people read and choose it by its label."""
    return field.module == "users" and field.key == "role"


def record_address(module: str, record_id: int) -> str:
    """The address of a record's card."""
    return f"/app/{module}/{record_id}"


def content_address(file_id: int) -> str:
    """The address of a file's content."""
    return f"/app/files/{file_id}/content"


def map_address(catalog: Catalog, value: Address) -> str | None:
    """Where an address opens on a map; None where the pack names no map."""
    template = catalog.settings.get("map")
    return str(template).replace("{address}", quote(value.line, safe="")) if template else None


def cards_address(catalog: Catalog, key: str) -> str | None:
    """What the addresses of a module's cards begin with.

    None where there are none: people and groups are only named, and rows are part of a card.
    """
    module = catalog.modules.get(key)
    return f"/app/{key}" if module is not None and module.parent is None and not module.system else None


def path_label(path: Path, language: str) -> str:
    """What a column is called; one through relations names them first."""
    names = [field.label.in_language(language) for field in path.fields]
    if path.attribute:
        names.append(path.attribute.replace("_", " "))
    return " · ".join(names)


PAGE_IDS = frozenset(("main", "menu", "form", "errors", "dialog", "confirm", "rows", "toasts"))
"""The ids that a page itself has; a field of that name has another one."""


def _control_id(name: str) -> str:
    """The id of a control, which the page, a label and an error may point at."""
    text = BLANK.join(part.replace(".", "-").replace("_", "-") for part in name.split(BLANK))
    return f"field-{text}" if text in PAGE_IDS else text


class Views:
    """Makes views for one reader of one snapshot.

    The ids of controls begin with ``prefix``, where they stand in a dialog over a page that has its own.
    """

    def __init__(self, live: Live, language: str, formats: Formats, prefix: str = "") -> None:
        self.live = live
        self.language = language
        self.formats = formats
        self.prefix = prefix

    @property
    def catalog(self) -> Catalog:
        """The snapshot's catalog."""
        return self.live.catalog

    def widget(self, field: Field) -> str:
        """The widget of a field."""
        return self.live.types[field.type].widget

    def text(self, field: Field, value: Any) -> str:
        """A value for a person."""
        if value is None or value == ():
            return ""
        if isinstance(value, Ref):
            return value.title
        if isinstance(value, tuple) and isinstance(value[0], Ref):
            return ", ".join(ref.title for ref in value)
        if names_role(field):
            return self._roles().get(str(value), str(value))
        return self.live.types[field.type].text(value, field, self.formats, self.catalog.picklists)

    def fill(self, view: FieldView, field: Field, value: Any) -> FieldView:
        """Put a canonical value into a view."""
        view.value = value
        if value is None or value == ():
            return view
        if isinstance(value, Ref):
            view.value, view.text, view.href = value.id, value.title, _href(self.catalog, value)
            if self.live.types[field.type].attaches:
                view.href = content_address(value.id)
                view.items = (Item(value.id, value.title, view.href),)
        elif isinstance(value, tuple):
            view.items = self._items(field, value, view.name)
            view.text = ", ".join(item.title for item in view.items)
            if isinstance(value[0], Entry):
                view.text = self.text(field, value)
        else:
            view.text = self.text(field, value)
            html = self.live.types[field.type].html(value, field)
            view.html = Markup(html) if html is not None else None
            if field.type == "picklist":
                view.color = _color(self.catalog, field, value)
            elif field.type == "url":
                view.href = value
            elif field.type == "phone":
                view.href = dialled(value)
            elif field.type == "address":
                view.href = map_address(self.catalog, value)
        return view

    def of(
        self, field: Field, value: Any, label: str | None = None, record: Mapping[str, Any] = NOTHING
    ) -> FieldView:
        """A view of a value that is only read; ``record`` has what else of the record was loaded."""
        view = FieldView(self.widget(field), label=label or field.label.in_language(self.language))
        view.alt = record.get(field.settings.get("alt", "")) or view.label
        view.settings = field.settings
        view.drawing = self.live.types[field.type].drawing(value, field)
        return self.fill(view, field, value)

    def options(self, field: Field, selected: Sequence[str] = ()) -> list[Option]:
        """The values of a field's picklist as choices."""
        picklist = self.catalog.picklists[field.settings["picklist"]]
        return [
            Option(value.key, value.label.in_language(self.language), value.color, value.key in selected)
            for value in picklist.values.values()
        ] + [Option(key, key, None, True) for key in selected if key and key not in picklist.values]

    @staticmethod
    def listed(choices: Mapping[str, str], chosen: object) -> list[Option]:
        """The choices of a list that is no picklist."""
        return [Option(key, label, None, key == chosen) for key, label in choices.items()]

    def input(
        self, field: Field, value: Any, name: str | None = None, picker_module: str | None = None
    ) -> FieldView:
        """A view of a value that may be edited; ``name`` is the control's own when it stands in a row."""
        name = name or field.key
        view = FieldView(
            self.widget(field),
            name=name,
            id=self.prefix + _control_id(name),
            label=field.label.in_language(self.language),
            help=field.help.in_language(self.language) if field.help else "",
            required=field.required,
            readonly=field.readonly,
            settings=field.settings,
            grouped=self.live.types[field.type].grouped or bool(field.settings.get("many")),
        )
        self.fill(view, field, value)
        if names_role(field) and (roles := self._roles()):  # before there are any, a key is typed
            view.widget = "select"
            known = roles if value is None else {**roles, value: roles.get(value, value)}
            view.options = self.listed(known, value)
        if field.type in SHOWN_TYPES:
            view.options = self.options(field, value if isinstance(value, tuple) else (value,))
        held: Any = ""
        if not field.targets:
            own = value if "among" in field.settings else view.value
            held = self.live.types[field.type].input(own, field, self.formats)
        if "kinds" in field.settings:
            view.options = [Option(kind, kind_name(kind)) for kind in field.settings["kinds"]]
        if choices := self.live.types[field.type].choices(self.formats):
            view.options = self.listed(choices, value.country if isinstance(value, Address) else value)
        if field.type == "relations" and field.settings["link"]:
            view.blank = Item(BLANK, "", fields=self._attributes(field, BLANK, NOTHING, name))
        if (field.targets or field.type in ("tags", "any_relation")) and not self.live.types[
            field.type
        ].attaches:
            view.picker = f"/app/{picker_module or field.module}/pick/{field.key}"
        if not field.targets:
            view.raw = held
        return view

    def _roles(self) -> dict[str, str]:
        """The roles that there are, by their keys."""
        roles = self.catalog.access.roles
        return {key: role.label.in_language(self.language) for key, role in roles.items()}

    def _attributes(
        self, field: Field, key: int | str, values: Mapping[str, Any], name: str
    ) -> list[FieldView]:
        """The attributes of one link: controls where the field has a ``name``, else values."""
        return [
            self.input(attribute, values.get(own), f"{name}.{key}.{own}")
            if name
            else self.of(attribute, values.get(own))
            for own, attribute in field.settings["link"].items()
        ]

    @staticmethod
    def _called(field: Field, value: str) -> str | None:
        return dialled(value) if field.type == "phone" else None

    def _items(self, field: Field, values: tuple[Any, ...], name: str) -> list[Item]:
        if isinstance(values[0], Linked):
            return [
                Item(
                    linked.ref.id,
                    linked.ref.title,
                    _href(self.catalog, linked.ref),
                    fields=self._attributes(field, linked.ref.id, linked.attributes, name),
                    values=linked.attributes,
                )
                for linked in values
            ]
        if isinstance(values[0], Ref):
            if self.live.types[field.type].attaches:
                return [Item(ref.id, ref.title, content_address(ref.id)) for ref in values]
            return [Item(ref.id, ref.title, _href(self.catalog, ref)) for ref in values]
        if isinstance(values[0], Entry):
            return [
                Item(
                    each.value,
                    self.text(field, (each,)),
                    self._called(field, each.value),
                    note=kind_name(each.kind),
                )
                for each in values
            ]
        picklist = self.catalog.picklists.get(field.settings.get("picklist", ""))
        if picklist is None:
            return [Item(str(value), str(value)) for value in values]
        known = picklist.values
        return [
            Item(key, known[key].label.in_language(self.language), None, known[key].color)
            if key in known
            else Item(key, key)
            for key in values
        ]


def _color(catalog: Catalog, field: Field, value: str) -> str | None:
    found = catalog.picklists[field.settings["picklist"]].values.get(value)
    return found.color if found is not None else None


def _href(catalog: Catalog, ref: Ref) -> str | None:
    address = cards_address(catalog, ref.module)
    return f"{address}/{ref.id}" if address is not None else None
