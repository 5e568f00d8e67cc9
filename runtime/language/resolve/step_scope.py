"""What the settings of steps may read: records by the names that steps gave them, and all that is theirs."""

from collections.abc import Iterator

from runtime.expressions.scope import Scope
from runtime.language.earlier.following import Use
from runtime.language.nodes import ListNode, Node, Scalar
from runtime.language.resolve.values import Values
from runtime.language.shape import Path
from runtime.model.catalog import Collection, Expression, Module
from runtime.model.types import BOOLEAN, RecordType, ValueType, record_of
from runtime.model.uses import Thing
from runtime.model.workflow import People, Several

WORDS = ("this", "user", "const", "old", "is_new", "none", "true", "false", "inputs", "link")
"""What no record may be called, for it means something already."""


class StepScope:
    """What the steps of one workflow read. ``names`` are the records that steps have given so far, each with
    its module, ``open`` those of them that the next step may name, ``expressions`` all that was read.

    ``within`` says whose steps they are: a workflow's, a tool's. ``nobody`` says what nobody in particular
    does where they are not done with the rights of a user. ``is_grouped``: one transaction is held around.
    """

    def __init__(self, values: Values, module: Module, within: str, nobody: str) -> None:
        self.values = values
        self.draft = values.draft
        self.module = module
        self.within = within
        self.nobody = nobody
        self.is_grouped = False
        self.names: dict[str, str] = {}
        self.open: dict[str, str] = {}
        self.expressions: list[Expression | Several] = []

    def kept(self, expression: Expression | None) -> Expression | None:
        """An expression, kept among those that are read."""
        if expression is not None:
            self.expressions.append(expression)
        return expression

    def own(self) -> Scope:
        """What an expression about the steps' own record may name."""
        return self.values.scope(self.module, self.open)

    def of(self, module: Module) -> Scope:
        """The same about records of a module that a step looks for, or goes through."""
        return self.values.scope(module, self.open, this=self.module.key)

    def expression(self, node: Node, at: Path, wanted: ValueType | None) -> Expression | None:
        """An expression over the steps' own record and those that have names."""
        return self.kept(self.values.expression(node, at, self.own(), wanted))

    def condition(self, node: Node, at: Path, module: str | None = None) -> Expression | None:
        """A condition on the steps' own record, or on those of a module that they look for."""
        if module is None:
            return self.expression(node, at, BOOLEAN)
        return self.values.expression(node, at, self.of(self.draft.modules[module]), BOOLEAN)

    def records(self, node: Node, at: Path, *modules: str) -> People | None:
        """Records of some modules, each behind an =: one, or a list."""
        found = []
        for child, place in each_of(node, at):
            one = self.expression(child, place, record_of(*modules))
            if one is None:
                return None
            found.append(one)
        return People(tuple(found))

    def people(self, node: Node, at: Path) -> People | None:
        """Users and groups behind an =, or those who administer the CRM."""
        return (
            People((), admins=True) if node.plain == "admins" else self.records(node, at, "users", "groups")
        )

    def role(self, node: Node, at: Path) -> str | None:
        """A role."""
        name = str(node.plain)
        if name in self.draft.roles:
            self.draft.mention(at, node, Thing("role", name), "names")
            return name
        if not self.draft.is_broken("roles", name):
            self.draft.note("role", name, node, at, list(self.draft.roles))
        return None

    def several(self, node: Node, at: Path) -> Several | None:
        """Several records: a path of to-one relations, and a collection at its end."""
        text = str(node.plain).removeprefix("=").strip()
        *hops, last = text.split(".")
        here, of = self.module, None
        if hops and hops != ["this"]:
            leading = ".".join(hops)
            assert isinstance(node, Scalar)
            made = Scalar(node.source, node.start, node.end, f"={leading}", f"={leading}", node.style)
            of = self.expression(made, at, record_of(*self.draft.modules))
            if of is None or not isinstance(of.type, RecordType):
                return None
            here = self.draft.modules[of.type.modules[0]]
        collection = self._collection(here, last, node, at)
        return Several(collection, of, text) if collection is not None else None

    def _collection(self, module: Module, name: str, node: Node, at: Path) -> Collection | None:
        """A collection at the end of a path, by its name of now or of before."""
        now = self.draft.earlier.fields.get((module.key, name))
        if now is not None and name not in module.collections and isinstance(node, Scalar):
            end = len(node.text.rstrip())
            self.draft.uses.append(Use(node, end - len(name), end, name, now, at))
            name = now
        found = module.collections.get(name)
        if found is None:
            known = ", ".join(module.collections) or "none"
            self.values.note(f'{module.key} has no several records "{name}"; it has {known}', node, at)
        return found

    def name(self, name: str, module: str, node: Node, at: Path) -> None:
        """Give a record of a module a name, by which later steps call it."""
        own = self.module
        if not name.isidentifier() or name in WORDS:
            self.values.note(f'"{name}" cannot be what steps call a record', node, at)
        elif own.field(name) is not None or name in own.collections:
            self.values.note(f'{own.key} has "{name}" already; call the record something else', node, at)
        elif self.names.get(name, module) != module:
            self.values.note(f'"{name}" is a record of {self.names[name]} already', node, at)
        else:
            self.names[name] = self.open[name] = module


def each_of(node: Node, at: Path) -> Iterator[tuple[Node, Path]]:
    """What a list has, each with its place; of anything else, that alone."""
    if not isinstance(node, ListNode):
        yield node, at
        return
    for position, child in enumerate(node.items):
        yield child, (*at, str(position))
