"""Suites: a pack's ``tests/*.yaml``, read and resolved against its catalog.

They are no part of what is applied: a site that serves never reads them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from json import dumps
from pathlib import Path as FilePath
from types import MappingProxyType
from zoneinfo import ZoneInfo

from runtime.base.diagnostic import Code, Diagnostic, Span
from runtime.base.registry import Registry
from runtime.expressions.language import Language
from runtime.expressions.references import dependencies
from runtime.expressions.scope import Scope
from runtime.fields.base import FieldType, InvalidValueError, Parsing
from runtime.fields.formats import Formats
from runtime.language import reading_codes
from runtime.language import suite_codes as codes
from runtime.language.folder import FILES
from runtime.language.kinds.tests import TestsKind
from runtime.language.nodes import ListNode, MapNode, Node, Scalar
from runtime.language.read import FILE_BYTES, decode, read
from runtime.language.report import in_order
from runtime.language.resolve.values import nothing
from runtime.language.shape import ShapeCheck, Shapes
from runtime.language.source import Source
from runtime.language.words import near
from runtime.model.catalog import Catalog, Expression, Field, Module, Origin
from runtime.model.duration import read_duration
from runtime.model.label import Label
from runtime.model.outbound import Answer
from runtime.model.suite import Action, Case, Expectation, Given, Value
from runtime.model.types import BOOLEAN, ValueType, record_of

FOLDER = "tests"
COUNTERS = ("mails", "http", "runs")
"""What may be counted: letters, calls of other systems, runs of workflows."""
TAKEN = ("old", "this", "user", "const", "link", "is_new", "none", "true", "false", *COUNTERS)
"""What no record can be called, because expressions mean something else by it."""
RECORD_ACTIONS = ("update", "create", "delete", "restore")
ACTIONS = (*RECORD_ACTIONS, "tool", "run", "advance")
EXPECTATIONS = ("about", "can", "cannot", "sees", "hides", "finds", "refused", "mailed")
NOTHING: Mapping[str, Value] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Suite:
    """The tests of a pack, what is wrong with how they are written, and the text of their files."""

    cases: tuple[Case, ...]
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str]


def load_suite(pack: FilePath, catalog: Catalog, types: Registry[FieldType], language: Language) -> Suite:
    """The tests of a pack's folder, those of the packs below it left out."""
    suites = _Suites(catalog, types, language)
    for path in sorted((pack / FOLDER).glob("*.yaml"))[:FILES]:
        suites.file(f"{FOLDER}/{path.name}", path)
    found = tuple(in_order(suites.found))
    return Suite(tuple(suites.cases), found, MappingProxyType(suites.sources))


class _Suites:
    def __init__(self, catalog: Catalog, types: Registry[FieldType], language: Language) -> None:
        self.catalog = catalog
        self.types = types
        self.language = language
        self.found: list[Diagnostic] = []
        self.cases: list[Case] = []
        self.sources: dict[str, str] = {}
        self.shapes = Shapes(TestsKind().definitions(types))
        zone = ZoneInfo(catalog.timezone)
        self.parsing = Parsing(
            "rest", Formats("en", catalog.timezone), zone, catalog.currency, catalog.picklists, types=types
        )

    def file(self, name: str, path: FilePath) -> None:
        """Read one file; what is wrong with it is told."""
        try:
            with path.open("rb") as file:
                text, problems = decode(name, file.read(FILE_BYTES + 1))
        except OSError as error:
            self.tell(
                reading_codes.UNREADABLE, f"the file cannot be read: {error.strerror}", Span.point(name)
            )
            return
        self.found += problems
        if problems:
            return
        self.sources[name] = text
        node, problems = read(Source(name, text))
        self.found += problems
        if node is None or problems:
            return
        check = ShapeCheck(self.shapes)
        sound = check.check("tests", node, ("tests", path.stem), node)
        self.found += check.found
        for key, tree in sound.maps() if sound is not None else ():
            self.cases.append(_Case(self, key, sound.keys[key], tree).case())  # type: ignore[union-attr]

    def tell(self, code: Code, message: str, span: Span, help: str = "", path: str = "") -> None:
        """Note what is wrong."""
        self.found.append(Diagnostic(code.name, message, span, path, help))


class _Case:
    """One test on its way."""

    def __init__(self, suites: _Suites, name: str, key: Node, tree: MapNode) -> None:
        self.suites = suites
        self.catalog = suites.catalog
        self.name = name
        self.key = key
        self.tree = tree
        self.modules: dict[str, str] = {}
        self._scope: Scope | None = None

    def case(self) -> Case:
        """The test; what of it cannot be made sense of is told, and left out."""
        tree = self.tree
        written = list(self._written(tree.map("given")))
        for name, module, _, _ in written:
            self._name(name, module)
        actions = list(self._list(tree.get("when")))
        for node in actions:
            self._name_what_is_made(node)
        given = tuple(
            Given(name, module, self._values(module, node), span) for name, module, node, span in written
        )
        done = tuple(found for node in actions if (found := self._action(node)) is not None)
        then = [found for node in self._list(tree.get("then")) for found in self._expectations(node)]
        return Case(
            self.name,
            self.key.span,
            given,
            self._who(tree.get("as")),
            self._moment(tree.get("at")),
            tuple(self._answers(tree.list("answers"))),
            done,
            tuple(then),
            MappingProxyType(self.modules),
        )

    def _written(self, tree: MapNode | None) -> Iterator[tuple[str, str, MapNode, Span]]:
        for key, node in tree.maps() if tree is not None else ():
            at = tree.keys[key] if tree is not None else node
            module, dot, name = key.rpartition(".")
            if not dot or not name.isidentifier():
                self._tell(
                    codes.NAMES_NOTHING, f'"{key}" is no record', at, "write module.name: accounts.acme"
                )
            elif name in TAKEN:
                self._tell(codes.NAMES_NOTHING, f'no record can be called "{name}"', at, "call it otherwise")
            elif (known := self._module(module, at)) is not None:
                yield name, known.key, node, at.span

    def _name(self, name: str, module: str) -> None:
        self.modules[name] = module
        self._scope = None

    def _name_what_is_made(self, node: Node) -> None:
        written = node.text("create") if isinstance(node, MapNode) else None
        module, dot, name = (written or "").rpartition(".")
        if dot and name.isidentifier() and module in self.catalog.modules:
            self._name(name, module)

    def _list(self, node: Node | None) -> Sequence[Node]:
        return node.items if isinstance(node, ListNode) else () if node is None else (node,)

    def _tell(self, code: Code, message: str, at: Node, help: str = "") -> None:
        self.suites.tell(code, message, at.span, help, f"tests.{self.name}")

    def _unknown(self, what: str, name: str, at: Node, known: Collection[str]) -> None:
        self._tell(codes.NAMES_NOTHING, f'there is no {what} "{name}"', at, near(name, known))

    def _module(self, key: str, at: Node) -> Module | None:
        key = self.catalog.earlier.modules.get(key, key)
        found = self.catalog.modules.get(key)
        if found is None:
            self._unknown("module", key, at, list(self.catalog.modules))
        return found

    def _who(self, node: Node | None) -> str:
        if not isinstance(node, Scalar):
            return ""
        name = node.text
        if name not in self.catalog.roles and self.modules.get(name) != "users":
            users = [each for each, module in self.modules.items() if module == "users"]
            self._unknown("role or given user", name, node, [*self.catalog.roles, *users])
        return name

    def _moment(self, node: Node | None) -> datetime | None:
        if not isinstance(node, Scalar):
            return None
        try:
            found = datetime.fromisoformat(node.text)
        except ValueError:
            self._tell(codes.NO_MOMENT, f'"{node.text}" is no moment', node, "write it as 2026-03-02 09:30")
            return None
        return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(self.catalog.timezone))

    def _answers(self, node: ListNode | None) -> Iterator[Answer]:
        for each in node.items if node is not None else ():
            plain = each.plain
            if isinstance(plain, dict):
                body = plain.get("body", {})
                sent = body if isinstance(body, str) else dumps(body, default=str)
                yield Answer(int(str(plain.get("status", 200))), sent.encode(), "application/json")

    # Values

    def _values(self, module: str, node: Node | None) -> Mapping[str, Value]:
        found: dict[str, Value] = {}
        for key, item in node.items.items() if isinstance(node, MapNode) else ():
            assert isinstance(node, MapNode)
            known = self.catalog.modules[module]
            now = self.catalog.earlier.fields.get((module, key), key)
            rows = next((each for each in known.rows() if each.key == key), None)
            field = known.field(now)
            if rows is not None:
                found[key] = tuple(self._values(rows.target, each) for each in self._list(item))
            elif field is None:
                names = [*(each.key for each in known.all_fields()), *(each.key for each in known.rows())]
                self._tell(
                    codes.NAMES_NOTHING, f'{module} has no field "{key}"', node.keys[key], near(key, names)
                )
            else:
                found[now] = self._value(field, item)
        return MappingProxyType(found)

    def _value(self, field: Field, node: Node) -> Value:
        if isinstance(node, ListNode) and field.targets:
            return tuple(self._value(field, each) for each in node.items)
        if isinstance(node, MapNode) and field.targets and "id" in node.items:
            others = {key: each.plain for key, each in node.items.items()}
            return MappingProxyType({**others, "id": self._value(field, node.items["id"])})
        if isinstance(node, Scalar) and node.text.startswith("=") and node.value == node.text:
            several = self.suites.types[field.type].linked
            return self._expression(node, None if field.targets or several else field.value_type, skipped=1)
        try:
            if not field.targets:
                self.suites.types[field.type].parse(node.plain, field, self.suites.parsing)
            elif isinstance(node.plain, str):
                self._tell(
                    codes.MISFIT, f"{field.key} points at records", node, "name one behind an =: =acme"
                )
        except InvalidValueError as error:
            self._tell(codes.MISFIT, f"the value of {field.key} does not fit: {error}", node)
        return node.plain

    # Expressions

    def _expression(
        self, node: Scalar, expect: ValueType | None, *, skipped: int = 0, module: str = ""
    ) -> Expression | None:
        def locate(start: int, end: int) -> Span:
            return node.locate(start + skipped, end + skipped)

        scope = replace(self._named(), module=module)
        found, wrong = self.suites.language.parse(node.text[skipped:], node.span, scope, expect, locate)
        self.suites.found += [replace(each, path=f"tests.{self.name}") for each in wrong]
        if found is not None and not module and dependencies(found.tree).aggregates:
            help = "write it about one of the records: {about: deal, holds: count(items) == 2}"
            self._tell(codes.NO_EXPECTATION, "related records are counted of one record", node, help)
            return None
        return found

    def _named(self) -> Scope:
        """What expressions name: the test's records, and what is counted."""
        if self._scope is None:
            catalog = self.catalog
            here = nothing("")
            origin = Origin("", Span.point(self.tree.source.name))
            number = self.suites.types["integer"].value_type({})
            fields = {key: Field(key, "", "integer", Label.of(key), number, origin) for key in COUNTERS}
            for name, module in self.modules.items():
                settings = MappingProxyType({"modules": (module,)})
                fields[name] = Field(
                    name, "", "relation", Label.of(name), record_of(module), origin, settings=settings
                )
            here = replace(here, fields=MappingProxyType(fields))
            self._scope = Scope(
                MappingProxyType({**catalog.modules, "": here}),
                catalog.picklists,
                "",
                constants=catalog.constants,
                language=catalog.languages[0],
                earlier=catalog.earlier,
            )
        return self._scope

    # What is done

    def _record(self, node: Node | None) -> str:
        """What the test calls a record."""
        name = node.text if isinstance(node, Scalar) else ""
        name = name.removeprefix("=")
        if node is not None and name not in self.modules:
            self._unknown("record", name, node, list(self.modules))
            return ""
        return name

    def _action(self, node: Node, *, asked: bool = False) -> Action | None:
        kind = next((each for each in ACTIONS if isinstance(node, MapNode) and each in node.items), "")
        allowed = {"update": ("set",), "create": ("set",), "tool": ("on", "inputs"), "run": ("on",)}
        if not isinstance(node, MapNode) or not kind:
            self._tell(
                codes.NO_ACTION, "this is no action", node, "write one such as {update: deal, set: {…}}"
            )
            return None
        for key in node.items:
            if key not in (kind, "as", *allowed.get(kind, ())):
                self._tell(codes.NO_ACTION, f'"{key}" is nothing that {kind} takes', node.keys[key])
        who, at = self._who(node.get("as")), node.items[kind]
        if kind == "advance":
            time = read_duration(at.text) if isinstance(at, Scalar) else None
            if time is None or time.total_seconds() < 0:
                self._tell(codes.NO_MOMENT, "this is no duration", at, "write it as 3 days")
                return None
            return Action(kind, node.span, time=time, as_who=who)
        if kind in ("tool", "run"):
            return self._use(kind, node, at, who)
        if kind == "create":
            return self._create(node, at, who)
        name = self._record(at)
        if not name:
            return None
        module = self.modules[name]
        return Action(kind, node.span, name, module, "", self._values(module, node.get("set")), as_who=who)

    def _create(self, node: MapNode, at: Node, who: str) -> Action | None:
        written = at.text if isinstance(at, Scalar) else ""
        module, _, name = written.rpartition(".") if "." in written else (written, "", "")
        known = self._module(module, at)
        if known is None:
            return None
        values = self._values(known.key, node.get("set"))
        return Action("create", node.span, name, known.key, "", values, as_who=who)

    def _use(self, kind: str, node: MapNode, at: Node, who: str) -> Action | None:
        name = self._record(node.get("on")) if "on" in node.items else ""
        what = at.text if isinstance(at, Scalar) else ""
        module = self.modules.get(name, "")
        tools = self.catalog.tools.get(module, {})
        known = list(tools) if kind == "tool" else list(self.catalog.workflows)
        if what not in known:
            self._unknown("tool" if kind == "tool" else "workflow", what, at, known)
            return None
        inputs = node.get("inputs")
        values: dict[str, Value] = {}
        for key, item in inputs.items.items() if isinstance(inputs, MapNode) else ():
            field = tools[what].inputs.get(key) if kind == "tool" else None
            if field is None:
                self._unknown("input", key, item, list(tools[what].inputs) if kind == "tool" else [])
            else:
                values[key] = self._value(field, item)
        return Action(kind, node.span, name, module, what, MappingProxyType(values), as_who=who)

    # What must hold

    def _expectations(self, node: Node) -> Iterator[Expectation]:
        if isinstance(node, Scalar):
            condition = self._expression(node, BOOLEAN)
            if condition is not None:
                yield Expectation("holds", node.span, node.text, condition)
            return
        assert isinstance(node, MapNode)
        kind = next((each for each in EXPECTATIONS if each in node.items), "")
        for key in node.items:
            if not kind or key not in (kind, "as", "holds"):
                help = near(key, [*EXPECTATIONS, "holds", "as"])
                self._tell(codes.NO_EXPECTATION, f'"{key}" is no expectation', node.keys[key], help)
                return
        who, at = self._who(node.get("as")), node.items[kind]
        if kind == "about":
            yield from self._about(node, at)
        elif kind in ("can", "cannot"):
            action = self._action(at, asked=True)
            if action is not None:
                yield Expectation(kind, node.span, _shown(node), action=action, as_who=who)
        elif kind in ("sees", "hides"):
            yield from self._sees(kind, node, at, who)
        elif kind == "finds":
            yield from self._finds(node, at, who)
        elif kind == "refused":
            what = {"what": at.text} if isinstance(at, Scalar) else {}
            yield Expectation(kind, node.span, _shown(node), what=what)
        else:
            known = ("to", "subject", "text")
            what = {}
            for key, item in at.items.items() if isinstance(at, MapNode) else ():
                if key not in known:
                    self._unknown("part of a letter", key, item, known)
                what[key] = str(item.plain)
            yield Expectation("mailed", node.span, _shown(node), what=what)

    def _about(self, node: MapNode, at: Node) -> Iterator[Expectation]:
        name, written = self._record(at), node.get("holds")
        if not isinstance(written, Scalar):
            self._tell(
                codes.NO_EXPECTATION, "nothing is said about it", node, "write {about: deal, holds: …}"
            )
        elif name:
            module = self.modules[name]
            condition = self._expression(written, BOOLEAN, module=module)
            if condition is not None:
                yield Expectation("about", written.span, written.text, condition, name, module)

    def _sees(self, kind: str, node: MapNode, at: Node, who: str) -> Iterator[Expectation]:
        for key, item in at.items.items() if isinstance(at, MapNode) else ():
            assert isinstance(at, MapNode)
            name = self._record(at.keys[key])
            fields = [each.text for each in self._list(item) if isinstance(each, Scalar)]
            if not name:
                continue
            module = self.catalog.modules[self.modules[name]]
            for each in fields:
                if module.field(each) is None and each not in module.collections:
                    self._unknown("field", each, item, [one.key for one in module.all_fields()])
            yield Expectation(
                kind, node.span, _shown(node), record=name, module=module.key, fields=fields, as_who=who
            )

    def _finds(self, node: MapNode, at: Node, who: str) -> Iterator[Expectation]:
        for key, item in at.items.items() if isinstance(at, MapNode) else ():
            assert isinstance(at, MapNode)
            module, _, name = key.partition(".")
            filters = self.catalog.filters.get(module, {})
            if name not in filters:
                known = [f"{of}.{each}" for of, all_of in self.catalog.filters.items() for each in all_of]
                self._unknown("filter", key, at.keys[key], known)
                continue
            names = [found for each in self._list(item) if (found := self._record(each))]
            yield Expectation(
                "finds",
                node.span,
                _shown(node),
                module=module,
                names=names,
                what={"filter": name},
                as_who=who,
            )


def _shown(node: Node) -> str:
    """A piece of a file as it was written, on one line."""
    return " ".join(node.source.text[node.start : node.end].split())
