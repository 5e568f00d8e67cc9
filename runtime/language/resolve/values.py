"""Resolves what fields get: fields by their names of now, literals, and expressions behind an =."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType

from runtime.base.diagnostic import Span
from runtime.expressions.scope import Scope
from runtime.expressions.tree import Literal
from runtime.fields.base import InvalidValueError
from runtime.language.draft import Draft
from runtime.language.earlier.following import Use
from runtime.language.nodes import MapNode, Node, Scalar
from runtime.language.resolve.expressions import is_expression, resolve_expression
from runtime.language.resolve.fields import Fields
from runtime.language.shape import Path
from runtime.model.catalog import Expression, Field, Module, Origin, Title
from runtime.model.duration import read_duration
from runtime.model.label import Label
from runtime.model.types import PicklistType, ValueType, record_of
from runtime.model.uses import Thing

INPUTS = "inputs"
"""What steps call the form that was filled in."""


def nothing(key: str) -> Module:
    """A module without any field, for what is no record."""
    origin = Origin("", Span.point("pack.yaml"))
    return Module(key, Label.of(key), Label.of(key), "", Title(()), {}, {}, origin)


@dataclass(frozen=True, slots=True)
class Given:
    """A literal, as it was written and as its field keeps it."""

    plain: object
    value: object


class Values:
    """Reads values in one draft; what is wrong is noted as a fact of a kind: ``workflow``, ``tool``.

    ``inputs`` are what is filled in before steps begin: ``inputs.due``.
    """

    def __init__(
        self,
        draft: Draft,
        fields: Fields,
        kind: str = "workflow",
        inputs: Mapping[str, Field] = MappingProxyType({}),
    ) -> None:
        self.draft = draft
        self.fields = fields
        self.kind = kind
        self.inputs = inputs

    def module(self, node: Node | None, place: Path) -> Module | None:
        """The module that a text names."""
        if not isinstance(node, Scalar):
            return None
        name = self._now(str(node.value), node, self.draft.earlier.modules.get(str(node.value)), place)
        found = self.draft.modules.get(name)
        if found is not None:
            self.draft.mention(place, node, Thing("module", name), "names")
        elif not self.draft.is_written("modules", name):
            self.draft.note("module", name, node, place, list(self.draft.modules))
        return found

    def field(self, module: Module, name: str, at: Node, place: Path) -> Field | None:
        """A field of a module, by its name of now."""
        now = None if module.field(name) else self.draft.earlier.fields.get((module.key, name))
        field = module.field(self._now(name, at, now, place))
        if field is None and not self.draft.is_broken("modules", module.key, "fields", name):
            known = [each.key for each in module.all_fields()]
            self.draft.note("field", name, at, place, known, f"{module.key} has")
        return field

    def duration(self, node: Node | None, place: Path) -> timedelta | None:
        """The duration of a text."""
        if not isinstance(node, Scalar):
            return None
        found = read_duration(str(node.value))
        if found is None or found < timedelta():
            self.note(
                f'"{node.value}" is no duration; write it as 2 days, or as 1 hour 30 minutes', node, place
            )
            return None
        return found

    def by_field(
        self, module: Module, node: Node | None, place: Path, scope: Scope
    ) -> Mapping[str, Expression]:
        """What fields of a module get."""
        found: dict[str, Expression] = {}
        for name, child in node.items.items() if isinstance(node, MapNode) else ():
            at = (*place, name)
            field = self.field(module, name, node.keys[name], at) if isinstance(node, MapNode) else None
            if field is None or not self.takes_one(field, child, at):
                continue
            self.draft.mention(at, child, Thing("field", f"{module.key}.{field.key}"), "writes")
            value = self.value(field, child, at, scope)
            if value is not None:
                found[field.key] = value
        return MappingProxyType(found)

    def value(self, field: Field, node: Node, place: Path, scope: Scope) -> Expression | None:
        """What a field gets: an expression behind an =, or a literal."""
        if is_expression(node):
            return self.expression(node, place, scope, field.value_type)
        literal = self.literal(field, node, place)
        if literal is None:
            return None
        text = node.text if isinstance(node, Scalar) else field.key
        tree = Literal(field.value_type, 0, len(text), literal.plain)
        made = Expression(text, node.span, field.value_type, tree, tree)
        self.draft.mention(place, node, made)
        return made

    def literal(self, field: Field, node: Node, place: Path) -> Given | None:
        """A literal that fits a field."""
        plain = node.plain
        if isinstance(node, Scalar) and isinstance(field.value_type, PicklistType) and isinstance(plain, str):
            plain = self._now(
                plain, node, self.draft.earlier.values.get((field.value_type.picklist, plain)), place
            )
        if field.targets:
            self.note(f"{field.key} points at records: name one behind an =, as in =account", node, place)
            return None
        try:
            value = self.draft.types[field.type].parse(plain, field, self.fields.parsing)
        except InvalidValueError as error:
            self.note(f"the value of {field.key} does not fit: {error}", node, place)
            return None
        return Given(plain, value)

    def expression(
        self, node: Node | None, place: Path, scope: Scope, expect: ValueType | None
    ) -> Expression | None:
        """An expression, with or without an = before it, that gives a value of a type (None: of any)."""
        skipped = 0
        if is_expression(node):
            assert isinstance(node, Scalar)
            skipped = len(node.text) - len(node.text[1:].lstrip())
        return resolve_expression(self.draft, node, scope.module, place, expect, scope=scope, skipped=skipped)

    def either(
        self,
        node: Node | None,
        module: Module,
        place: Path,
        types: Sequence[ValueType],
        scope: Scope | None = None,
    ) -> Expression | None:
        """An expression that gives a value of one of several types: the first that it fits."""
        scope = scope or self.scope(module)
        draft = self.draft
        for type_ in types[:-1]:
            before = (len(draft.found), len(draft.mentions), len(draft.uses))
            found = self.expression(node, place, scope, type_)
            if found is not None:
                return found
            del draft.found[before[0] :], draft.mentions[before[1] :], draft.uses[before[2] :]
        return self.expression(node, place, scope, types[-1])

    def scope(
        self, module: Module, named: Mapping[str, str] = MappingProxyType({}), this: str | None = None
    ) -> Scope:
        """What an expression about a module's record may name; ``named`` are records that steps have given,
        by what they are called, each with its module.
        """
        scope = self.draft.scope(module.key, this, saving=this is None)
        if not (named or self.inputs) and module.key in scope.modules:
            return scope
        at = this or module.key
        origin = Origin("", module.origin.span)
        here = scope.modules.get(at, module)
        records: dict[str, Field] = {
            name: Field(name, at, "relation", Label.of(name), record_of(target), origin,
                        settings=MappingProxyType({"modules": (target,)}))
            for name, target in named.items()
        }  # fmt: skip
        modules = dict(scope.modules)
        if self.inputs:
            records[INPUTS] = Field(INPUTS, at, "relation", Label.of(INPUTS), record_of(INPUTS), origin,
                                    settings=MappingProxyType({"modules": (INPUTS,)}))  # fmt: skip
            modules[INPUTS] = replace(nothing(INPUTS), fields=self.inputs)
        modules[at] = replace(here, fields=MappingProxyType({**here.fields, **records}))
        return replace(scope, modules=MappingProxyType(modules))

    def note(self, about: str, at: Node, place: Path) -> None:
        """Note what is wrong."""
        self.draft.note(self.kind, about, at, place)

    def takes_one(self, field: Field, node: Node, place: Path) -> bool:
        """Whether a step may fill a field; where not, it is noted."""
        kind = self.draft.types[field.type]
        if field.computed is not None:
            self.note(f"{field.key} is computed, and its own formula alone fills it", node, place)
        elif kind.given or kind.hidden or (field.system and field.key not in ("owner", "parent")):
            self.note(f"no step fills {field.key}", node, place)
        else:
            return True
        return False

    def _now(self, name: str, node: Node, now: str | None, place: Path) -> str:
        if now is None:
            return name
        self.draft.uses.append(Use(node, 0, len(name), name, now, place))
        return now
