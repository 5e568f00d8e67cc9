"""Shape: each piece of a file is validated against its JSON Schema, and what is wrong becomes diagnostics
with places.

The schemas of all kinds are one set of definitions. A definition is compiled once, without those it refers
to: the walk goes from piece to piece itself and chooses the form of a piece (a field by its type, a block
by what it shows), so a message speaks of one form and never of a union of twenty.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from runtime.base.diagnostic import Diagnostic, Span
from runtime.language import later
from runtime.language import shape_codes as codes
from runtime.language.complaint import WAYS, complaint
from runtime.language.kinds.base import ALONE, Definition, Misfit, Schema
from runtime.language.nodes import ListNode, MapNode, Node, Scalar, walk
from runtime.language.quick import Look, look_for
from runtime.language.words import names, near, shown

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

Path = tuple[str, ...]
"""The place of a piece in the configuration: the kind, the file's key, and the keys inside it."""

NOTHING: Mapping[str, str] = MappingProxyType({})

SINGLE = ("pack", "menu", "roles", "sharing")
"""The kinds that have one file."""
SUGGESTED = 20
"""For how many unknown keys of one map a near name is sought: a file of nonsense must not cost seconds."""


class Shapes:
    """The definitions, each compiled when it is first needed."""

    def __init__(self, definitions: Mapping[str, Definition]) -> None:
        self.definitions = definitions
        self._compiled: dict[str, _Compiled] = {}

    def compiled(self, name: str) -> "_Compiled":
        """One definition, ready to validate."""
        if name not in self._compiled:
            self._compiled[name] = _Compiled(self.definitions[name])
        return self._compiled[name]


class _Compiled:
    """A definition, taken apart: its keys, which children are pieces of their own, a validator a value."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        schema = definition.schema
        self.known: dict[str, Schema] = schema.get("properties", {})
        self.required: tuple[str, ...] = tuple(schema.get("required", ()))
        self.others: Any = schema.get("additionalProperties", True)
        self.rest = _ref(self.others)
        self.children: dict[str, str] = {}
        self.children_of: dict[str, str] = {}
        self.children_in: dict[str, str] = {}
        for key, child in self.known.items():
            if name := _ref(child):
                self.children[key] = name
            elif name := _ref(child.get("items")):
                self.children_in[key] = name
            elif name := _ref(child.get("additionalProperties")):
                self.children_of[key] = name
        self.alone = tuple(key for key in self.children_in if ALONE in self.known[key])
        self._looks: dict[str, Look] = {}
        self._validators: dict[str, Any] = {}

    def errors(self, key: str, node: Node) -> "Iterator[ValidationError]":
        """What is wrong with the value of a key; nothing for a key that the definition does not know."""
        name = key if key in self.known else ""
        if not name and (self.rest or not isinstance(self.others, dict)):
            return
        if name not in self._looks:
            self._looks[name] = look_for(_opened(self.known[name] if name else self.others))
        if not self._looks[name](node):
            yield from self._validator(name).iter_errors(node.plain)

    def _validator(self, name: str) -> Any:
        """Jsonschema's validator of one key's values; the library is loaded when something is in doubt."""
        if name not in self._validators:
            from jsonschema import Draft202012Validator, FormatChecker
            from referencing import Registry

            schema = _opened(self.known[name] if name else self.others)
            checker = FormatChecker(formats=("date", "regex"))
            self._validators[name] = Draft202012Validator(schema, registry=Registry(), format_checker=checker)
        return self._validators[name]


def _ref(schema: object) -> str | None:
    target = schema.get("$ref") if isinstance(schema, dict) else None
    return target.removeprefix("#/$defs/") if isinstance(target, str) else None


def _opened(schema: Any) -> Any:
    """The schema with anything in the place of each reference: the walk looks at that itself."""
    if isinstance(schema, dict):
        return {} if "$ref" in schema else {key: _opened(value) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_opened(value) for value in schema]
    return schema


class ShapeCheck:
    """Validates whole files; gives back what of them is sound, and remembers the pieces that are not."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self.found: list[Diagnostic] = []
        self.broken: set[Path] = set()

    def check(self, name: str, node: Node, path: Path, at: Node) -> MapNode | None:
        """The sound part of a piece, None when none of it can be used. ``at`` is the node of its key."""
        if not isinstance(node, MapNode):
            message = f"{shown(node.plain)} stands here; it must be a map"
            help = f"write {{type: {node.plain}}}" if name == "field" and isinstance(node, Scalar) else ""
            self._report(codes.WRONG_KIND, message, node.span, path, help or WAYS["object"])
            self.broken.add(path)
            return None
        compiled = self.shapes.compiled(name)
        rest = self._without_later(compiled.definition, node, path)
        if rest is None:
            self.broken.add(path)
            return None
        rest = _listed(rest, compiled.alone)
        if compiled.definition.choose is not None:
            form = compiled.definition.choose(rest)
            if isinstance(form, Misfit):
                place = rest.items[form.key] if form.key else at
                self._report(form.code, form.message, place.span, path, form.help)
                self.broken.add(path)
                return None
            return self.check(form, rest, path, at)
        dropped = set(self._validate(compiled, rest, path, at))
        for key in dropped:
            self.broken.add((*path, key))
        if not dropped.isdisjoint(compiled.required):
            self.broken.add(path)
            return None
        return self._children(compiled, rest, dropped, path)

    def _children(self, compiled: _Compiled, node: MapNode, dropped: set[str], path: Path) -> MapNode:
        """The map with its pieces checked in turn."""
        if not (compiled.children or compiled.children_of or compiled.children_in or compiled.rest):
            return node.without(*dropped) if dropped else node
        items: dict[str, Node] = {}
        for key, child in node.items.items():
            sound: Node | None = child
            if key in dropped:
                sound = None
            elif name := compiled.children.get(key):
                sound = self.check(name, child, (*path, key), node.keys[key])
            elif (name := compiled.children_of.get(key)) and isinstance(child, MapNode):
                sound = self._each(name, child, (*path, key))
            elif (name := compiled.children_in.get(key)) and isinstance(child, ListNode):
                sound = self._every(name, child, (*path, key))
            elif compiled.rest and key not in compiled.known:
                sound = self.check(compiled.rest, child, (*path, key), node.keys[key])
            if sound is not None:
                items[key] = sound
        return MapNode(node.source, node.start, node.end, {key: node.keys[key] for key in items}, items)

    def _each(self, name: str, node: MapNode, path: Path) -> MapNode:
        items: dict[str, Node] = {}
        for key, child in node.items.items():
            sound = self.check(name, child, (*path, key), node.keys[key])
            if sound is not None:
                items[key] = sound
        return MapNode(node.source, node.start, node.end, {key: node.keys[key] for key in items}, items)

    def _every(self, name: str, node: ListNode, path: Path) -> ListNode:
        items: list[Node] = []
        for place, child in enumerate(node.items):
            sound = self.check(name, child, (*path, str(place)), child)
            if sound is not None:
                items.append(sound)
        return ListNode(node.source, node.start, node.end, items)

    def _without_later(self, definition: Definition, node: MapNode, path: Path) -> MapNode | None:
        """The map without the keys that are not there yet; None when all of it is of no use without them."""
        refused: list[str] = []
        for key, code in definition.later.items():
            if key in node.items:
                refused.append(key)
                self._report_later(code, f'"{key}"', node.keys[key].span, (*path, key))
        for key, values in definition.later_values.items():
            value = node.text(key)
            if value is not None and value in values:
                self._report_later(values[value], f'{key} "{value}"', node.items[key].span, (*path, key))
                return None
        for key in refused:
            self.broken.add((*path, key))
        return node.without(*refused) if refused else node

    def _report_later(self, code: str, what: str, span: Span, path: Path) -> None:
        self.found.append(
            Diagnostic(
                code, f"{what} is not there yet: {later.FEATURES[code]}", span, dotted(path), later.HELP
            )
        )

    def _report(self, code: Any, message: str, span: Span, path: Path, help: str = "") -> None:
        name = code if isinstance(code, str) else code.name
        self.found.append(Diagnostic(name, message, span, dotted(path), help or codes.FALLBACK_HELP[name]))

    def _validate(self, compiled: _Compiled, node: MapNode, path: Path, at: Node) -> Iterator[str]:
        """Report what is wrong with one piece; gives the keys that cannot be used."""
        if compiled.others is False:
            yield from self._report_unknown(node, compiled.known, path, compiled.definition.instead)
        for key in compiled.required:
            if key not in node.items:
                help = _how_to_write(compiled, key)
                self._report(codes.MISSING, f'"{key}" is missing', at.span, path, help)
                yield key
        for key, child in node.items.items():
            for error in compiled.errors(key, child):
                self._report_error(error, child, (*path, key))
                yield key

    def _report_unknown(
        self, node: MapNode, known: Mapping[str, Schema], path: Path, instead: Mapping[str, str] = NOTHING
    ) -> Iterator[str]:
        for count, key in enumerate(key for key in node.items if key not in known):
            if count == 100:
                self._report(codes.UNKNOWN_KEY, "and more unknown keys follow", node.keys[key].span, path)
            if count < 100:
                help = instead.get(key) or (near(key, known) if count < SUGGESTED else "")
                self._report(
                    codes.UNKNOWN_KEY,
                    f"unknown key {shown(key)}",
                    node.keys[key].span,
                    (*path, key),
                    help or f"the keys here are {names(sorted(known), 24)}",
                )
            yield key

    def _report_error(self, error: "ValidationError", node: Node, path: Path) -> None:
        place = tuple(error.absolute_path)
        target = walk(node, place)
        span = target.span
        here = (*path, *map(str, place))
        if error.validator == "additionalProperties" and isinstance(target, MapNode):
            schema: Any = error.schema
            for _ in self._report_unknown(target, schema.get("properties", {}), here):
                pass
            return
        if error.validator == "required" and isinstance(target, MapNode):
            missing: Any = error.validator_value
            for key in (key for key in missing if key not in target.items):
                self._report(codes.MISSING, f'"{key}" is missing', span, here, f"write {key}: …")
            return
        said = complaint(error, target)
        self._report(said.code, said.message, span, here, said.help)


def _listed(node: MapNode, keys: tuple[str, ...]) -> MapNode:
    """The map with a list of one where one piece stands alone and a list of them may."""
    items = {
        key: ListNode(child.source, child.start, child.end, [child])
        for key in keys
        if isinstance(child := node.items.get(key), MapNode)
    }
    return MapNode(node.source, node.start, node.end, node.keys, {**node.items, **items}) if items else node


def _how_to_write(compiled: _Compiled, key: str) -> str:
    description = compiled.known.get(key, {}).get("description")
    return f"write {key}: {str(description)[0].lower()}{str(description)[1:]}" if description else ""


def rooted(path: Path) -> Path:
    """The path with the kind and the file's key: of a kind with a single file, the key is the kind's name."""
    return (path[0], *path) if path[0] in SINGLE and path[1:2] != path[:1] else path


def dotted(path: Path) -> str:
    """The path as diagnostics show it: without the kind, ``deals.fields.stage`` or ``pack.currency``."""
    return ".".join(rooted(path)[1:]) if path else ""


def plain_items(node: Node | None) -> list[str]:
    """The texts of a list of texts."""
    return [str(item.value) for item in node.scalars()] if isinstance(node, ListNode) else []
