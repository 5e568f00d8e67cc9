"""Resolves fields: their type's settings completed, their value type, their default."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from runtime.fields.base import FieldType, InvalidValueError, Match, Parsing, Surroundings
from runtime.fields.formats import Formats
from runtime.language import later
from runtime.language.draft import Draft, diagnostic
from runtime.language.nodes import MapNode, Node
from runtime.language.resolve.conversions import conversion_of
from runtime.language.resolve.expressions import is_expression
from runtime.language.resolve.labels import Labels
from runtime.language.shape import Path
from runtime.model.catalog import Field
from runtime.model.label import Label
from runtime.model.types import PicklistType
from runtime.model.uses import Thing


class Fields:
    """Makes fields out of their nodes, in one draft."""

    def __init__(self, draft: Draft, labels: Labels) -> None:
        self.draft = draft
        self.labels = labels
        pack = draft.pack
        currencies = (pack.currency, *(code for code in pack.rates if code != pack.currency))
        self.surroundings = Surroundings(
            pack.currency,
            currencies,
            pack.timezone,
            str(pack.settings.get("country", "")),
            own_modules(draft),
        )
        self.parsing = Parsing(
            "rest",
            Formats("en", pack.timezone),
            ZoneInfo(pack.timezone),
            pack.currency,
            draft.picklists,
            types=draft.types,
        )

    def of_module(self, module: str, nodes: Iterable[tuple[str, MapNode]]) -> dict[str, Field]:
        """The fields of a module that make sense; the others are noted as broken."""
        fields: dict[str, Field] = {}
        for key, node in nodes:
            path = ("modules", module, "fields", key)
            field = self.field(module, key, node, path)
            if field is None:
                self._lose(path, node)
            else:
                fields[key] = field
        return fields

    def _lose(self, path: Path, node: MapNode) -> None:
        self.draft.broken.add(path)
        self.draft.broken_words.add(path[-1])
        inverse = node.text("inverse")
        if inverse:
            self.draft.broken_words.add(inverse)

    def field(self, module: str, key: str, node: MapNode, path: Path) -> Field | None:
        """One field; None when something it needs is not there."""
        field_type = self.draft.types[str(node.text("type"))]
        settings = self._settings(field_type, module, node, path)
        if settings is None:
            return None
        flag = node.flag
        field = Field(
            key=key,
            module=module,
            type=field_type.name,
            label=self.labels.named(path, node),
            value_type=field_type.value_type(settings),
            origin=self.draft.origin(node),
            help=self.labels.optional((*path, "help"), node.get("help")),
            settings=MappingProxyType(settings),
            required=flag("required", False),
            unique=flag("unique", False),
            index=flag("index", False),
            readonly=flag("readonly", False),
            search=flag("search", False),
            log=flag("log", True),
            pii=flag("pii", False),
            mass_edit=flag("mass_edit", True),
            system=node.source.layer == "system",
        )
        conversion = conversion_of(self.draft, field, node, path)
        if conversion is not None:
            field = replace(field, conversion=conversion)
        if field_type.parts:
            field = replace(field, parts=MappingProxyType(self._parts(field, field_type)))
        default = node.get("default")
        if default is None or is_expression(default):
            return field
        return self._with_default(field, field_type, default, path)

    def _parts(self, field: Field, field_type: FieldType) -> dict[str, Field]:
        """What a composite field is made of, as fields that paths may name."""
        parts: dict[str, Field] = {}
        for name, type_name in field_type.parts.items():
            kind = self.draft.types[type_name]
            settings = kind.complete({}, self.surroundings)
            parts[name] = Field(
                key=f"{field.key}.{name}",
                module=field.module,
                type=type_name,
                label=_behind(field.label, self.labels.named(("record", name), None)),
                value_type=kind.value_type(settings),
                origin=field.origin,
                settings=MappingProxyType(dict(settings)),
                readonly=True,
            )
        return parts

    def record_field(
        self, module: str, key: str, type_name: str, settings: Mapping[str, Any], **flags: Any
    ) -> Field:
        """One of the fields that every record has by itself."""
        field_type = self.draft.types[type_name]
        completed = dict(field_type.complete(dict(settings), self.surroundings))
        tree = self.draft.tree("modules", module)
        origin = self.draft.origin(tree)
        label = self.labels.named(("record", key), None)
        return Field(
            key=key,
            module=module,
            type=type_name,
            label=label,
            value_type=field_type.value_type(completed),
            origin=origin,
            settings=MappingProxyType(completed),
            system=True,
            **{"log": False, "mass_edit": False, "readonly": True, **flags},
        )

    def _settings(
        self, field_type: FieldType, module: str, node: MapNode, path: Path
    ) -> dict[str, Any] | None:
        draft = self.draft
        written: dict[str, Any] = {
            key: node.items[key].plain for key in field_type.settings_schema if key in node.items
        }
        if not self._are_known(node, path):
            return None
        link = node.map("link")
        if link is not None and "link" in written:
            written["link"] = MappingProxyType(self._link(module, link, (*path, "link")))
        try:
            return dict(field_type.complete(written, self.surroundings))
        except InvalidValueError as error:
            at = _node_of(node, field_type, written)
            draft.note("settings", field_type.name, at, path, (), str(error))
            return None

    def _are_known(self, node: MapNode, path: Path) -> bool:
        """Whether the modules and the picklist that a field names are there; what is not is noted."""
        draft = self.draft
        known = True
        modules = node.list("modules")
        named: list[tuple[str, Node]] = [("module", item) for item in modules.items] if modules else []
        named += [(key, node.items[key]) for key in ("module", "picklist") if key in node.items]
        for noun, at in named:
            kind = f"{noun}s"
            name = str(at.plain)
            if draft.tree(kind, name) is not None:
                draft.mention((*path, noun), at, Thing(noun, name), "names")
            else:
                known = False
                if not draft.is_written(kind, name):
                    draft.note(noun, name, at, (*path, noun), list(draft.files.get(kind, ())))
        return known

    def _link(self, module: str, link: MapNode, path: Path) -> dict[str, Field]:
        attributes: dict[str, Field] = {}
        for key, node in link.maps():
            field = self.field(module, key, node, (*path, key))
            if field is None:
                continue
            if self.draft.types[field.type].linked or field.targets:
                self.draft.note("link_attribute", field.type, node.items["type"], (*path, key, "type"))
                continue
            for setting in ("default", "required", "readonly"):
                if is_expression(node.get(setting)):
                    self._refuse_expression(setting, node.items[setting], (*path, key, setting))
            attributes[key] = field
        return attributes

    def _refuse_expression(self, setting: str, node: Node, path: Path) -> None:
        message = f'an = expression in "{setting}" is not there yet: {later.FEATURES["N107"]}'
        self.draft.found.append(diagnostic("N107", message, node.span, path, later.HELP))

    def _with_default(self, field: Field, field_type: FieldType, node: Node, path: Path) -> Field:
        where = (*path, "default")
        if field.targets or field_type.given:
            self.draft.note(
                "default", field.key, node, where, (), f"A field of the type {field.type} takes no default."
            )
            return field
        try:
            value = field_type.parse(node.plain, field, self.parsing)
        except InvalidValueError as error:
            self.draft.note("default", field.key, node, where, (), str(error))
            return field
        if isinstance(value, Match):
            return field
        self.draft.mention(where, node, Thing("field", f"{field.module}.{field.key}"), "writes")
        if isinstance(field.value_type, PicklistType):
            self.draft.mention(where, node, Thing("value", f"{field.value_type.picklist}.{value}"), "reads")
        return replace(field, default=value)


def _behind(whole: Label, part: Label) -> Label:
    """What a part is called beside other columns: ``Address · City``."""
    languages = dict.fromkeys((*whole.texts, *part.texts))
    texts = {each: f"{whole.in_language(each)} \u00b7 {part.in_language(each)}" for each in languages}
    return Label(MappingProxyType(texts))


def _node_of(node: MapNode, field_type: FieldType, written: Mapping[str, object]) -> Node:
    """Where a contradiction of settings is shown: at the last of them, or at the type."""
    own = [key for key in node.items if key in written]
    return node.items[own[-1]] if own else node.items["type"]


def own_modules(draft: Draft) -> tuple[str, ...]:
    """The modules of the pack that are no rows of another."""
    trees = draft.trees.get("modules", {})
    rows = {
        node.text("module")
        for tree in trees.values()
        if (written := tree.map("rows")) is not None
        for _, node in written.maps()
    }
    return tuple(key for key in trees if key not in rows and key not in draft.system)
