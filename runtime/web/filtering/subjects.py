"""Subjects: what a filter may ask about, fields through relations and attributes of picklists among them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from runtime.expressions.filters.base import FilterOperator, kinds_of
from runtime.expressions.tree import Attribute, Node, Read
from runtime.model.catalog import Catalog, Field, Module, Path
from runtime.model.types import PicklistType
from runtime.web.door import Call
from runtime.web.views import path_label

OWN = ("number", "owner", "created_at", "created_by", "updated_at", "updated_by", "archived_at")
"""The record's own fields that people ask about."""
MOST_HOPS = 3


@dataclass(frozen=True, slots=True)
class Subject:
    """A field, or an attribute of a picklist's value, that a condition is about."""

    path: Path
    node: Node

    @property
    def field(self) -> Field:
        """The field at the end of its path."""
        return self.path.field

    @property
    def kinds(self) -> frozenset[str]:
        """What it is to a filter."""
        return kinds_of(self.node)

    @property
    def words(self) -> Mapping[str, object]:
        """The values of an attribute, by the picklist's values; empty for a field."""
        return self.node.values if isinstance(self.node, Attribute) else {}

    def label(self, language: str) -> str:
        """What people call it."""
        return path_label(self.path, language)


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose in a step of a path."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a path: what is chosen there, and what there is to choose from."""

    chosen: str
    choices: Sequence[Choice]


def subject_of(call: Call, module: Module, text: str) -> Subject | None:
    """What a path leads to; None when it leads nowhere, or may not be read."""
    node = call.live.conditions.field(text, call.live.scope(module))
    read = node.of if isinstance(node, Attribute) else node
    if node is None or not isinstance(read, Read):
        return None
    ways = [path.fields for path in read.paths]
    if not all(is_readable(call, each) for fields in ways for each in fields):
        return None
    attribute = node.name if isinstance(node, Attribute) else None
    return Subject(Path(text, ways[0], attribute), node)


def is_readable(call: Call, field: Field) -> bool:
    """Whether the reader may ask about a field: one may read it, and it is not kept from everybody."""
    may = call.live.judge.may(call.actor, field.module, "read", field=field.whole).allowed
    return may and not call.live.types[field.type].hidden


def operators_of(call: Call, subject: Subject) -> list[FilterOperator]:
    """What may be asked of a subject, in order: what its kind of value takes, and its field's type offers."""
    offered = call.live.types[subject.field.type].operators if subject.path.attribute is None else None
    found = call.live.conditions.asked_of(subject.node)
    return [each for each in found if offered is None or not each.needs or each.needs in offered]


def steps_of(call: Call, module: Module, text: str) -> list[Step]:
    """The steps to a subject: each a control, and behind the last one another where the path may go on."""
    names = text.split(".") if text else []
    steps = [_step(names[:1], [Choice(each.key, _label(call, each)) for each in _fields(call, module)], "")]
    here: Module | None = module
    field: Field | None = None
    for index, name in enumerate(names):
        field = _next(call, here, field, name)
        if field is None:
            break
        title, choices, here = _behind(call, field, index)
        if choices or names[index + 1 :]:
            steps.append(_step(names[index + 1 : index + 2], choices, title))
    return steps


def _step(names: Sequence[str], choices: Sequence[Choice], title: str) -> Step:
    chosen = names[0] if names else ""
    known = [Choice("", title), *choices] if title else list(choices)
    if chosen and all(choice.key != chosen for choice in known):
        known.append(Choice(chosen, chosen.replace("_", " ")))
    return Step(chosen, tuple(known))


def _next(call: Call, here: Module | None, field: Field | None, name: str) -> Field | None:
    if field is not None and name in field.parts:
        return field.parts[name]
    return here.field(name) if here is not None else None


def _behind(call: Call, field: Field, hops: int) -> tuple[str, list[Choice], Module | None]:
    """What stands behind a field: how itself is called there, what else there is, and of which module."""
    if field.parts:
        return (
            call.translate("whole"),
            [Choice(key, _label(call, each)) for key, each in field.parts.items()],
            None,
        )
    if isinstance(field.value_type, PicklistType):
        attributes = _attributes(call.live.catalog, field.value_type)
        return call.translate("value"), attributes, None
    target = _target(call, field)
    if target is None or hops >= MOST_HOPS:
        return "", [], target
    fields = [Choice(each.key, _label(call, each)) for each in _fields(call, target)]
    return call.translate("itself"), fields, target


def _attributes(catalog: Catalog, type_: PicklistType) -> list[Choice]:
    picklist = catalog.picklists[type_.picklist]
    used = {
        key
        for value in picklist.values.values()
        for key, held in value.attributes.items()
        if held is not None
    }
    known = dict.fromkeys(("kind", *picklist.attribute_types))
    return [Choice(key, key.replace("_", " ")) for key in known if key in used]


def _target(call: Call, field: Field) -> Module | None:
    """The one module that a relation to one record leads to; who may not read it has no such field."""
    if len(field.targets) != 1 or call.live.types[field.type].linked:
        return None
    return call.live.catalog.modules[field.targets[0]]


def _fields(call: Call, module: Module) -> Iterator[Field]:
    own = (module.record_fields[key] for key in OWN if key in module.record_fields)
    for each in (*module.fields.values(), *own):
        if is_readable(call, each) and (each.key != "number" or module.numbering is not None):
            yield each


def _label(call: Call, field: Field) -> str:
    return field.label.in_language(call.actor.language)
