"""Resolves the steps of workflows, each as its kind declares its settings."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from runtime.language.earlier.following import Use
from runtime.language.kinds.workflows import known_steps
from runtime.language.nodes import ListNode, MapNode, Node, Scalar
from runtime.language.resolve.expressions import is_expression
from runtime.language.resolve.filter_names import filter_named
from runtime.language.resolve.links import link_of, list_of
from runtime.language.resolve.values import Values
from runtime.language.shape import Path
from runtime.model.approval import ESCALATE
from runtime.model.catalog import Collection, Expression, Module
from runtime.model.types import BOOLEAN, DATE, DATETIME, NUMBERS, TEXT, RecordType, record_of
from runtime.model.uses import Thing
from runtime.model.workflow import Filtered, People, Rows, Several, Step
from runtime.steps import base as what
from runtime.steps.base import StepKind

FOUND_BY = (TEXT, DATE, *NUMBERS)
"""The types of values by which records are found."""


class Steps:
    """Reads the steps of one workflow. ``names`` are the records that steps have given so far, each with its
    module, ``expressions`` all that they read.

    ``needs`` are the rights, as (right, module), that it takes in any case, and ``needs_own`` those on the
    record itself. ``within`` says whose steps they are: a workflow's, a tool's. With ``personal`` they are
    done with the rights of a user.
    """

    def __init__(
        self, values: Values, module: Module, within: str = "workflow", *, personal: bool = False
    ) -> None:
        self.values = values
        self.draft = values.draft
        self.module = module
        self.within = within
        self._nobody = "" if personal else "does these steps"
        self.needs: set[tuple[str, str]] = set()
        self.needs_own: set[str] = set()
        self._is_sure = True
        self._is_grouped = False
        self.names: dict[str, str] = {}
        self.expressions: list[Expression | Several] = []
        self.links: dict[str, Collection] = {}
        self._open: dict[str, str] = {}

    def all(
        self, node: ListNode | None, path: Path, place: str = "", *, closed: bool = True
    ) -> tuple[Step, ...]:
        """The steps of a list that make sense; the others are noted. What steps inside another one have made
        is not known behind that, unless it is not ``closed``.
        """
        found = []
        before = dict(self._open)
        for position, child in enumerate(node.items if node is not None else ()):
            if isinstance(child, MapNode):
                at = f"{place}.{position}" if place else str(position)
                step = self._step(child, (*path, str(position)), at)
                if step is not None:
                    found.append(step)
        if place and closed:
            self._open = before
        return tuple(found)

    def _inside(self, kind: StepKind, node: ListNode, at: Path, place: str) -> tuple[Step, ...]:
        """The steps inside another one."""
        sure, grouped = self._is_sure, self._is_grouped
        self._is_sure, self._is_grouped = sure and kind.groups, grouped or kind.groups
        found = self.all(node, at, place, closed=not kind.groups)
        self._is_sure, self._is_grouped = sure, grouped
        return found

    def _fits_here(self, kind: StepKind, node: MapNode, path: Path) -> bool:
        """Whether such a step may stand here; where not, it is noted."""
        if kind.only_in and self.within not in kind.only_in:
            of = " and ".join(f"a {each}" for each in kind.only_in)
            self.values.note(f"only {of} has the step {kind.name}", node, path)
        elif self._is_grouped and (kind.waits or kind.reaches_out):
            about = f"{kind.name} has no place in atomic: no transaction stays open for so long"
            self.values.note(about, node, path)
        else:
            return True
        return False

    def _demand(self, kind: StepKind, settings: Mapping[str, Any], modules: Mapping[str, str]) -> None:
        """Note the right that a step takes which is done in any case."""
        if not (kind.right and self._is_sure):
            return
        record = settings.get("record")
        if "module" in modules:
            self.needs.add((kind.right, modules["module"]))
        elif (
            kind.right != "create"
            and "record" in modules
            and (record is None or record.text.strip() == "this")
        ):
            self.needs_own.add(kind.right)

    def _step(self, node: MapNode, path: Path, place: str) -> Step | None:
        registry = known_steps()
        name = next((key for key in node.items if key in registry), None)
        if name is None:
            return None  # what stood there is unsound, and was told
        kind = registry[name]
        if not self._fits_here(kind, node, path):
            return None
        settings: dict[str, Any] = {}
        modules: dict[str, str] = {}
        behind = node.map(name) if name not in kind.settings else None
        if kind.one_of and behind is not None and sum(key in behind.items for key in kind.one_of) != 1:
            self.values.note(f"{name} has one of {' and '.join(kind.one_of)}", node, path)
            return None
        if behind is not None and sum(key in behind.items for key in kind.together) not in (
            0,
            len(kind.together),
        ):
            self.values.note(f"{name} has {' and '.join(kind.together)} together, or neither", node, path)
            return None
        holder = {key: node if key in kind.beside or behind is None else behind for key in kind.settings}
        for key in kind.settings:
            at = (*path, key) if holder[key] is node else (*path, name, key)
            child = holder[key].get(key)
            value = self._setting(kind, key, child, at, place, modules, node)
            if value is not None:
                settings[key] = value
        self._demand(kind, settings, modules)
        named = node.text("as") or "" if kind.gives else ""
        if kind.gives_module:
            modules[kind.gives] = kind.gives_module
        if named and kind.gives in modules:
            self._name(named, modules[kind.gives], node.get("as") or node, (*path, "as"))
        return Step(name, place, MappingProxyType(settings), named, self.draft.origin(node))

    def _setting(
        self,
        kind: StepKind,
        key: str,
        node: Node | None,
        at: Path,
        place: str,
        modules: dict[str, str],
        at_node: Node,
    ) -> Any:
        setting = kind.settings[key]
        if setting.what == what.RECORD:
            if node is None and not self.module.key:
                if not kind.one_of and not setting.optional:
                    self.values.note(f"{kind.name} needs a record, and here is none", at_node, at)
                return None
            return self._record(node, at, key, modules)
        if setting.what == what.LINKS:
            listed = list_of(self.values, node, at, at_node, modules)
            if listed is not None:
                self.links[place] = listed
            return listed
        if node is None:
            return None
        match setting.what:
            case what.RECORDS:
                return self._those(node, at, key, modules)
            case what.MODULE:
                module = self.values.module(node, at)
                if module is not None:
                    modules[key] = module.key
                return module.key if module is not None else None
            case what.VALUES | what.ROWS:
                target = modules.get(setting.of)
                if target is None:
                    return None
                read = self._values if setting.what == what.VALUES else self._rows
                return read(self.draft.modules[target], node, at)
            case what.STEPS:
                assert isinstance(node, ListNode)
                return self._inside(kind, node, at, f"{place}.{key}")
            case what.CONDITION:
                return self._condition(node, at, modules.get(setting.of))
            case what.VALUE:
                return self._text(node, at)
            case what.MOMENT:
                scope = self.values.scope(self.module, self._open)
                return self._kept(self.values.either(node, self.module, at, (DATETIME, DATE), scope))
            case what.PEOPLE:
                return self.people(node, at)
            case what.WORKFLOW:
                return self._workflow(node, at, modules.get(setting.of, self.module.key))
            case what.ROLE:
                return self.role(node, at)
            case what.SAID:
                return self._said(node, at, self.links.get(place))
            case what.THEN:
                return self._then(node, at)
            case what.FIELDS:
                return self._fields(node, at, modules.get(setting.of, ""))
            case what.TOOL:
                found_tool = self._tool(node, at, modules.get(setting.of, self.module.key))
                if found_tool is not None:
                    modules[key] = found_tool
                return found_tool
            case what.INPUTS:
                return self._inputs(node, at, modules.get(setting.of, ""))
            case what.LETTER | what.DOCUMENT:
                of = modules.get(setting.of, self.module.key)
                return self._template(node, at, of, is_letter=setting.what == what.LETTER)
            case what.FILES:
                return self._records(node, at, "files")
            case what.DATA:
                return self._data(node, at)
            case what.ANSWER:
                return self._answer(node, at)
            case what.DURATION:
                return self.values.duration(node, at)
            case what.NAME:
                target = modules.get(setting.of)
                if target is not None:
                    self._name(str(node.plain), target, node, at)
                return str(node.plain)
        return node.plain

    def _record(self, node: Node | None, at: Path, key: str, modules: dict[str, str]) -> Expression | None:
        """One record: what is left out is the workflow's own."""
        if node is None:
            modules[key] = self.module.key
            return None
        scope = self.values.scope(self.module, self._open)
        found = self._kept(self.values.expression(node, at, scope, record_of(*self.draft.modules)))
        if found is None:
            return None
        if not isinstance(found.type, RecordType) or len(found.type.modules) != 1:
            self.values.note("it gives no record of one module", node, at)
            return None
        modules[key] = found.type.modules[0]
        return found

    def people(self, node: Node, at: Path) -> People | None:
        """Users and groups behind an =, or those who administer the CRM."""
        if node.plain == "admins":
            return People((), admins=True)
        return self._records(node, at, "users", "groups")

    def _records(self, node: Node, at: Path, *modules: str) -> People | None:
        """Records of some modules, each behind an =: one, or a list."""
        scope = self.values.scope(self.module, self._open)
        found = []
        for position, child in enumerate(node.items if isinstance(node, ListNode) else (node,)):
            place = (*at, str(position)) if isinstance(node, ListNode) else at
            one = self._kept(self.values.expression(child, place, scope, record_of(*modules)))
            if one is None:
                return None
            found.append(one)
        return People(tuple(found))

    def _workflow(self, node: Node, at: Path, module: str) -> str | None:
        """Another workflow of a module."""
        trees = self.draft.trees.get("workflows", {})
        key = str(node.plain)
        if key not in trees:
            if not self.draft.is_written("workflows", key):
                near = ", ".join(trees)
                self.values.note(f'there is no workflow "{key}"; there are {near}', node, at)
            return None
        written = trees[key].text("module") or ""
        now = self.draft.earlier.modules.get(written, written)
        if module not in (written, now):
            self.values.note(f"{key} is a workflow of {written}, and the record is one of {module}", node, at)
            return None
        return key

    def role(self, node: Node, at: Path) -> str | None:
        """A role."""
        name = str(node.plain)
        if name in self.draft.roles:
            self.draft.mention(at, node, Thing("role", name), "names")
            return name
        if not self.draft.is_broken("roles", name):
            self.draft.note("role", name, node, at, list(self.draft.roles))
        return None

    def _then(self, node: Node, at: Path) -> str:
        """What follows when a time is over."""
        if node.plain == ESCALATE and self.within != "chain":
            self.values.note("only a link of a chain that is not its last one escalates", node, at)
        return str(node.plain)

    def _fields(self, node: Node, at: Path, module: str) -> tuple[str, ...]:
        """Fields of a module, by which records are found."""
        found = []
        known = self.draft.modules.get(module)
        for position, child in enumerate(node.items if isinstance(node, ListNode) and known else ()):
            assert known is not None
            place = (*at, str(position))
            field = self.values.field(known, str(child.plain), child, place)
            if field is not None and (field.targets or field.value_type not in FOUND_BY):
                self.values.note(f"no record is found by {field.key}: take a text or a number", child, place)
            elif field is not None:
                self.draft.mention(place, child, Thing("field", f"{module}.{field.key}"), "reads")
                found.append(field.key)
        return tuple(found)

    def _tool(self, node: Node, at: Path, module: str) -> str | None:
        """A tool of a module, as module.tool."""
        written, dot, key = str(node.plain).partition(".")
        now = self.draft.earlier.modules.get(written, written)
        if not dot:
            self.values.note("a tool is written as module.tool", node, at)
        elif now != module:
            self.values.note(f"it is a tool of {now}, and the record is one of {module}", node, at)
        elif key not in self.draft.tool_inputs.get(now, {}):
            if not self.draft.is_broken("tools", now, key):
                known = ", ".join(self.draft.tool_inputs.get(now, {})) or "none"
                self.values.note(f'{now} has no tool "{key}"; it has {known}', node, at)
        else:
            if now != written and isinstance(node, Scalar):
                self.draft.uses.append(Use(node, 0, len(written), written, now, at))
            return f"{now}.{key}"
        return None

    def _inputs(self, node: Node, at: Path, tool: str) -> Mapping[str, Expression]:
        """What the inputs of a tool get."""
        module, _, key = tool.partition(".")
        inputs = self.draft.tool_inputs.get(module, {}).get(key, {})
        found: dict[str, Expression] = {}
        scope = self.values.scope(self.module, self._open)
        for name, child in node.items.items() if isinstance(node, MapNode) and tool else ():
            field, place = inputs.get(name), (*at, name)
            if field is None:
                known = ", ".join(inputs) or "none"
                self.values.note(f'{tool} has no input "{name}"; it has {known}', child, place)
                continue
            value = self.values.value(field, child, place, scope)
            if value is not None:
                found[name] = value
        self.expressions += found.values()
        return MappingProxyType(found)

    def _template(self, node: Node, at: Path, module: str, *, is_letter: bool) -> str | None:
        """A letter, or a document, about records of a module."""
        key, there = str(node.plain), self.draft.letters if is_letter else self.draft.documents
        found = there.get(key)
        if found is None:
            if not self.draft.is_written("letters" if is_letter else "documents", key):
                known = ", ".join(there) or "none"
                what_it_is = "letter" if is_letter else "document"
                folder = "templates/mail" if is_letter else "templates/documents"
                about = f'there is no {what_it_is} "{key}" in {folder}; there are {known}'
                self.values.note(about, node, at)
            return None
        if found.module != module:
            about = f"{key} is about a record of {found.module}, and the record is one of {module}"
            self.values.note(about, node, at)
            return None
        return key

    def _data(self, node: Node, at: Path) -> Mapping[str, Any]:
        """Values by any names: literals, expressions behind an =, and maps of them."""
        found: dict[str, Any] = {}
        for key, child in node.items.items() if isinstance(node, MapNode) else ():
            place = (*at, key)
            if isinstance(child, MapNode):
                found[key] = self._data(child, place)
            elif is_expression(child):
                scope = self.values.scope(self.module, self._open)
                one = self._kept(self.values.expression(child, place, scope, None))
                if one is not None:
                    found[key] = one
            else:
                found[key] = child.plain
        return MappingProxyType(found)

    def _answer(self, node: Node, at: Path) -> Mapping[str, str]:
        """Fields of the workflow's module, by the places of an answer that fill them."""
        found: dict[str, str] = {}
        for path, child in node.items.items() if isinstance(node, MapNode) else ():
            place = (*at, path)
            first, _, rest = path.partition(".")
            if (first, bool(rest)) not in (("status", False), ("response", True)):
                about = f'"{path}" is no place of an answer; those are status, and paths such as response.id'
                self.values.note(about, child, place)
                continue
            field = self.values.field(self.module, str(child.plain), child, place)
            if field is not None and self.values.takes_one(field, child, place):
                self.draft.mention(place, child, Thing("field", f"{self.module.key}.{field.key}"), "writes")
                found[path] = field.key
        return MappingProxyType(found)

    def _those(self, node: Node, at: Path, key: str, modules: dict[str, str]) -> Several | Filtered | None:
        """The records that steps are done for: those of a collection, or those that a filter finds."""
        if isinstance(node, MapNode):
            place = (*at, "filter")
            if self._is_grouped:
                self.values.note("no filter in atomic: no transaction stays open for so long", node, at)
                return None
            whom = filter_named(self.values, node.items["filter"], place, self._nobody)
            if whom is None:
                return None
            modules[key] = whom.module
            return Filtered(whom.module, whom.key, whom.where)
        found = self._several(node, at)
        if found is not None:
            modules[key] = found.collection.target
        return found

    def _several(self, node: Node, at: Path) -> Several | None:
        """Several records: a path of to-one relations, and a collection at its end."""
        text = str(node.plain).removeprefix("=").strip()
        *hops, last = text.split(".")
        scope = self.values.scope(self.module, self._open)
        here, of = self.module, None
        if hops and hops != ["this"]:
            leading = ".".join(hops)
            assert isinstance(node, Scalar)
            made = Scalar(node.source, node.start, node.end, f"={leading}", f"={leading}", node.style)
            of = self._kept(self.values.expression(made, at, scope, record_of(*self.draft.modules)))
            if of is None or not isinstance(of.type, RecordType):
                return None
            here = self.draft.modules[of.type.modules[0]]
        collection = here.collections.get(self._now(here, last, node, at))
        if collection is None:
            known = ", ".join(here.collections) or "none"
            self.values.note(f'{here.key} has no several records "{last}"; it has {known}', node, at)
            return None
        return Several(collection, of, text)

    def _now(self, module: Module, name: str, node: Node, at: Path) -> str:
        """A collection's name of now, at the end of a path."""
        now = self.draft.earlier.fields.get((module.key, name))
        if now is None or name in module.collections or not isinstance(node, Scalar):
            return name
        end = len(node.text.rstrip())
        self.draft.uses.append(Use(node, end - len(name), end, name, now, at))
        return now

    def _values(self, module: Module, node: Node, at: Path) -> Mapping[str, Expression]:
        found = self.values.by_field(module, node, at, self.values.scope(self.module, self._open))
        self.expressions += found.values()
        return found

    def _said(self, node: Node, at: Path, collection: Collection | None) -> Mapping[str, Expression] | None:
        """What a link itself says."""
        return self._values(link_of(self.draft, collection), node, at) if collection is not None else None

    def _rows(self, module: Module, node: Node, at: Path) -> Mapping[str, Rows]:
        kinds = {each.key: each for each in module.rows()}
        found: dict[str, Rows] = {}
        for name, child in node.items.items() if isinstance(node, MapNode) else ():
            place = (*at, name)
            rows = kinds.get(name)
            if rows is None:
                known = ", ".join(kinds) or "none"
                self.values.note(f'{module.key} has no rows "{name}"; it has {known}', child, place)
                continue
            made = self._one_kind_of_rows(self.draft.modules[rows.target], child, place)
            if made is not None:
                found[name] = made
        return MappingProxyType(found)

    def _one_kind_of_rows(self, module: Module, node: Node, at: Path) -> Rows | None:
        own = self.values.scope(self.module, self._open)
        if isinstance(node, ListNode):
            given = [
                self.values.by_field(module, child, (*at, str(place)), own)
                for place, child in enumerate(node.items)
            ]
            for each in given:
                self.expressions += each.values()
            return Rows(None, tuple(given))
        assert isinstance(node, MapNode)
        written = node.get("from")
        unknown = next((key for key in node.items if key not in ("from", "set")), None)
        if written is None or unknown is not None:
            self.values.note("rows are a list, or {from: =items, set: {…}}", node, at)
            return None
        of = self._several(written, (*at, "from"))
        if of is None:
            return None
        source = self.draft.modules[of.collection.target]
        scope = self.values.scope(source, self._open, this=self.module.key)
        return Rows(of, (self.values.by_field(module, node.get("set"), (*at, "set"), scope),))

    def condition(self, node: Node | None, at: Path) -> Expression | None:
        """A condition on the steps' own record."""
        return self._condition(node, at, None) if node is not None else None

    def _condition(self, node: Node, at: Path, module: str | None) -> Expression | None:
        if module is not None:
            scope = self.values.scope(self.draft.modules[module], self._open, this=self.module.key)
            return self.values.expression(node, at, scope, BOOLEAN)
        scope = self.values.scope(self.module, self._open)
        return self._kept(self.values.expression(node, at, scope, BOOLEAN))

    def _text(self, node: Node, at: Path) -> object:
        if isinstance(node, Scalar) and isinstance(node.value, str) and node.value.startswith("="):
            scope = self.values.scope(self.module, self._open)
            return self._kept(self.values.expression(node, at, scope, TEXT))
        return node.plain

    def _kept(self, expression: Expression | None) -> Expression | None:
        if expression is not None:
            self.expressions.append(expression)
        return expression

    def _name(self, name: str, module: str, at: Node, place: Path) -> None:
        """What later steps call a record."""
        words = ("this", "user", "const", "old", "is_new", "none", "true", "false", "inputs", "link")
        if not name.isidentifier() or name in words:
            self.values.note(f'"{name}" cannot be what steps call a record', at, place)
        elif self.module.field(name) is not None or name in self.module.collections:
            self.values.note(
                f'{self.module.key} has "{name}" already; call the record something else', at, place
            )
        elif self.names.get(name, module) != module:
            self.values.note(f'"{name}" is a record of {self.names[name]} already', at, place)
        else:
            self.names[name] = self._open[name] = module
