"""Resolves why workflows run: each trigger as its kind says it is written."""

from collections.abc import Iterator, Mapping
from datetime import time, timedelta
from types import MappingProxyType
from typing import Any

from runtime.language.draft import Draft
from runtime.language.earlier.following import Use
from runtime.language.kinds.workflows import LATER_TRIGGERS, known_triggers
from runtime.language.nodes import ListNode, MapNode, Node, Scalar
from runtime.language.resolve.clock_times import cron_problem, is_zone, read_offset, read_time
from runtime.language.resolve.values import Values
from runtime.language.shape import Path
from runtime.language.words import names
from runtime.model.catalog import Collection, Module
from runtime.model.types import DATE, DATETIME
from runtime.model.uses import Thing
from runtime.model.workflow import Trigger
from runtime.triggers import base as what
from runtime.triggers.base import TriggerKind, Written, known
from runtime.triggers.related import ON


class Triggers:
    """Reads the triggers of one workflow."""

    def __init__(self, draft: Draft, values: Values, path: Path) -> None:
        self.draft = draft
        self.values = values
        self.path = path

    def all(self, node: Node | None, module: Module) -> Iterator[Trigger]:
        """Those that make sense; the others are noted."""
        items = node.items if isinstance(node, ListNode) else [node] if node is not None else []
        for position, item in enumerate(items):
            place = (*self.path, "trigger", *((str(position),) if isinstance(node, ListNode) else ()))
            found = self._trigger(module, item, place)
            if found is not None:
                yield found

    def _trigger(self, module: Module, node: Node, place: Path) -> Trigger | None:
        name, settings = str(node.plain), None
        at: Node = node
        if isinstance(node, MapNode):
            if len(node.items) != 1:
                self._note("a trigger is one word, or a map with one key", node)
                return None
            name, settings = next(iter(node.items.items()))
            at = node.keys[name]
        kind = known_triggers().get(name)
        if kind is None:
            self._unknown(name, at, place)
            return None
        if kind.with_more != (settings is not None):
            self._note(f"the trigger {name} is written: {kind.example or name}", at)
            return None
        written = self._written(kind, module, settings, (*place, name)) if settings is not None else Written()
        if written is None:
            return None
        return Trigger(name, kind.events(written), self.draft.origin(node), written.settings)

    def _unknown(self, name: str, at: Node, place: Path) -> None:
        registry = known_triggers()
        if name in LATER_TRIGGERS:
            self.draft.note("later_trigger", name, at, place)
            return
        near = registry.suggest(name)
        about = f'there is no trigger "{name}"; ' + (
            f"did you mean {near}?" if near else f"there are {names([*known(registry)])}"
        )
        self._note(about, at)

    def _written(self, kind: TriggerKind, module: Module, node: Node, place: Path) -> Written | None:
        match kind.takes:
            case what.CRON:
                return self._cron(node)
            case what.DATE:
                return self._date(kind, module, node, place)
            case what.COLLECTION:
                collection = self._collection(module, node, place)
                return None if collection is None else Written(collection=collection)
            case what.RELATED:
                return self._related(kind, module, node, place)
            case what.WEBHOOK:
                return self._webhook(kind, module, node, place)
        return self._fields(module, node, place)

    # Fields of the record

    def _fields(self, module: Module, node: Node, place: Path) -> Written | None:
        """The fields that a trigger names, and the values of the one that it looks at."""
        if isinstance(node, MapNode):
            field = node.get("field")
            unknown = next((key for key in node.items if key not in ("field", "from", "to")), None)
            if unknown is not None or field is None:
                at = node.keys[unknown] if unknown is not None else node
                self._note("what changed is written: {field: stage, from: open, to: won}", at)
                return None
            key = self._field(module, field, (*place, "field"))
            if key is None:
                return None
            before, after = (
                self._values(module, key, node.get(end), (*place, end)) for end in ("from", "to")
            )
            return Written((key,), before, after)
        items = node.items if isinstance(node, ListNode) else [node]
        keys = [self._field(module, item, (*place, str(at))) for at, item in enumerate(items)]
        known_keys = tuple(key for key in keys if key is not None)
        return Written(known_keys) if known_keys and len(known_keys) == len(keys) else None

    def _field(self, module: Module, node: Node, place: Path) -> str | None:
        if not isinstance(node, Scalar):
            self._note("a field is named here", node)
            return None
        field = self.values.field(module, str(node.value), node, place)
        if field is None:
            return None
        self.draft.mention(place, node, Thing("field", f"{module.key}.{field.key}"), "reads")
        if field.is_virtual:
            about = f"{field.key} is worked out whenever it is read, so no save changes it"
            self._note(f"{about}; name what it reads, or wait for a date", node)
            return None
        return field.key

    def _values(self, module: Module, key: str, node: Node | None, place: Path) -> tuple[object, ...] | None:
        if node is None:
            return None
        items = node.items if isinstance(node, ListNode) else [node]
        field = module.field(key)
        assert field is not None
        found = []
        for position, item in enumerate(items):
            value = self.values.literal(field, item, (*place, str(position)))
            if value is not None:
                found.append(value.value)
        return tuple(found)

    # Times

    def _cron(self, node: Node) -> Written | None:
        cron, zone = (node.get("cron"), node.get("timezone")) if isinstance(node, MapNode) else (node, None)
        if cron is None or not self._only(node, ("cron", "timezone")):
            self._note('a schedule is written: "0 7 * * mon", or {cron: …, timezone: …}', node)
            return None
        text = str(cron.plain)
        problem = cron_problem(text)
        if problem:
            self._note(f'"{text}" is no time of a clock: {problem}', cron)
            return None
        if zone is not None and not is_zone(str(zone.plain)):
            self._note(f'there is no time zone "{zone.plain}"', zone)
            return None
        settings = {"cron": text, "timezone": str(zone.plain) if zone is not None else ""}
        return Written(settings=MappingProxyType(settings))

    def _date(self, kind: TriggerKind, module: Module, node: Node, place: Path) -> Written | None:
        field_node = node.get("field") if isinstance(node, MapNode) else node
        if field_node is None or not self._only(node, ("field", "offset", "at")):
            self._note(f"the trigger {kind.name} is written: {kind.example}", node)
            return None
        key = self._field(module, field_node, (*place, "field"))
        field = module.field(key) if key is not None else None
        if field is None:
            return None
        if field.value_type not in (DATE, DATETIME):
            self._note(f"{field.key} holds no date", field_node)
            return None
        settings: dict[str, Any] = {"field": key, "days": timedelta(), "workdays": 0, "at": None}
        for name, read in (("offset", self._offset), ("at", self._at)):
            child = node.get(name) if isinstance(node, MapNode) else None
            if child is not None:
                found = read(child)
                if found is None:
                    return None
                settings |= found
        if settings["at"] is not None and field.value_type == DATETIME:
            self._note(f"{field.key} has a time of its own", node)
            return None
        if settings["workdays"] and field.value_type == DATETIME:
            self._note(f"{field.key} has a time, and workdays are counted from days", node)
            return None
        return Written(settings=MappingProxyType(settings))

    def _offset(self, node: Node) -> Mapping[str, Any] | None:
        found = read_offset(str(node.plain))
        if found is None:
            self._note(f'"{node.plain}" is no offset; write it as -7 days, 2 hours, or 3 workdays', node)
            return None
        length, workdays = found
        return {"days": length, "workdays": workdays}

    def _at(self, node: Node) -> Mapping[str, Any] | None:
        found: time | None = read_time(str(node.plain))
        if found is None:
            self._note(f'"{node.plain}" is no time of day; write it as "08:00"', node)
            return None
        return {"at": found}

    # Other records, other systems

    def _collection(self, module: Module, node: Node, place: Path) -> Collection | None:
        name = str(node.plain)
        now = self.draft.earlier.fields.get((module.key, name))
        if now is not None and name not in module.collections:
            self.draft.uses.append(Use(node, 0, len(name), name, now, place))
            name = now
        found = module.collections.get(name)
        if found is None:
            about = f'{module.key} has no several records "{name}"; it has {names([*module.collections])}'
            self._note(about, node)
        return found

    def _related(self, kind: TriggerKind, module: Module, node: Node, place: Path) -> Written | None:
        path = node.get("path") if isinstance(node, MapNode) else node
        on = node.get("on") if isinstance(node, MapNode) else None
        items = on.items if isinstance(on, ListNode) else [on] if on is not None else []
        words = tuple(str(item.plain) for item in items)
        if path is None or not self._only(node, ("path", "on")) or not set(words) <= set(ON):
            self._note(f"the trigger {kind.name} is written: {kind.example}; on takes {names([*ON])}", node)
            return None
        collection = self._collection(module, path, (*place, "path"))
        return None if collection is None else Written(collection=collection, on=words)

    def _webhook(self, kind: TriggerKind, module: Module, node: Node, place: Path) -> Written | None:
        key = node.get("key") if isinstance(node, MapNode) else node
        if key is None or not self._only(node, ("key", "secret", "find", "set")):
            self._note(f"the trigger {kind.name} is written: {kind.example}", node)
            return None
        name = str(key.plain)
        if not name.isidentifier() or not name.isascii():
            self._note(f'"{name}" cannot be a part of an address', key)
            return None
        secret = node.get("secret") if isinstance(node, MapNode) else None
        settings = {
            "key": name,
            "secret": str(secret.plain) if secret is not None else name,
            "find": self._mapping(module, node, "find", place),
            "set": self._mapping(module, node, "set", place),
        }
        return Written(settings=MappingProxyType(settings))

    def _mapping(self, module: Module, node: Node, name: str, place: Path) -> Mapping[str, str]:
        child = node.get(name) if isinstance(node, MapNode) else None
        found: dict[str, str] = {}
        for key, written in child.items.items() if isinstance(child, MapNode) else ():
            at = (*place, name, key)
            assert isinstance(child, MapNode)
            field = self.values.field(module, key, child.keys[key], at)
            if field is not None and self.values.takes_one(field, written, at):
                does = "writes" if name == "set" else "reads"
                self.draft.mention(at, written, Thing("field", f"{module.key}.{field.key}"), does)
                found[field.key] = str(written.plain)
        return MappingProxyType(found)

    def _only(self, node: Node, keys: tuple[str, ...]) -> bool:
        return not isinstance(node, MapNode) or set(node.items) <= set(keys)

    def _note(self, about: str, at: Node) -> None:
        self.draft.note("workflow", about, at, (*self.path, "trigger"))
