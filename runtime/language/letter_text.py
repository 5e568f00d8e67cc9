"""The text of a letter: a template with a small, closed part of Jinja's language.

It may print fields and paths (``{{ account.name }}``), ask for them (``{% if %}``), and go through the
records of a collection (``{% for item in items %}``). There is no call, no attribute and no arithmetic:
before it is compiled, every path becomes the name of a value that was looked up beforehand, so nothing of the
program can be reached, and a text ends after as many rounds as there are records.
"""

import re
from dataclasses import dataclass, field

from jinja2 import Environment, TemplateSyntaxError, nodes

FILTERS = ("upper", "lower", "capitalize", "title", "trim", "default", "escape")
"""Jinja's filters that a text may use."""
TESTS = ("none", "defined")
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const, nodes.Filter,
    nodes.If, nodes.For, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr,
    nodes.Concat, nodes.Test,
)  # fmt: skip
DEEPEST = 30
"""How deep conditions, loops and expressions may lie in one another."""
_TAGS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_WORDS = ("true", "false", "none", "True", "False", "None")


class LetterTextError(Exception):
    """A text that cannot be; ``line`` is counted from 1."""

    def __init__(self, sentence: str, line: int) -> None:
        super().__init__(sentence)
        self.line = line


@dataclass(slots=True)
class Loop:
    """One ``for``: its collection, what it calls a record, and the paths that it reads of each."""

    path: str
    named: str
    line: int
    reads: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class LetterText:
    """A text, taken apart. ``reads`` are paths with the line that names each first.

    ``tree`` is what is compiled: a path that is printed is called ``shown_N``, one that is asked for
    ``value_N``, by its place among the reads; a loop's records are ``rows_N``, each a map of such names.
    """

    tree: nodes.Template
    reads: dict[str, int] = field(default_factory=dict)
    loops: list[Loop] = field(default_factory=list)


def take_apart(text: str) -> LetterText:
    """What a text reads; raises :class:`LetterTextError`."""
    try:
        tree = Environment(autoescape=True).parse(text)
    except TemplateSyntaxError as error:
        raise LetterTextError(str(error.message), error.lineno) from None
    except (RecursionError, ValueError, OverflowError):
        raise LetterTextError("it is too deep to be read", 1) from None
    found = LetterText(tree)
    _Taking(found).children(tree, {}, shown=False)
    return found


def places(text: str, path: str, named: str = "") -> list[int]:
    """Where a text names a path, of a record that a loop calls ``named``; strings are no names."""
    whole = f"{named}.{path}" if named else path
    word = re.compile(rf"(?<![\w.'\"]){re.escape(whole)}(?![\w.'\"])")
    return [
        tag.start() + found.start() + len(whole) - len(path)
        for tag in _TAGS.finditer(text)
        for found in word.finditer(tag[0])
    ]


class _Taking:
    """Replaces every path of a tree by a name."""

    def __init__(self, found: LetterText) -> None:
        self.found = found
        self.depth = 0

    def children(self, node: nodes.Node, loops: dict[str, Loop], *, shown: bool) -> None:
        for name in node.fields:
            value = getattr(node, name, None)
            if isinstance(value, nodes.Node):
                setattr(node, name, self.one(value, loops, shown=shown))
            elif isinstance(value, list):
                value[:] = [
                    self.one(each, loops, shown=shown) if isinstance(each, nodes.Node) else each
                    for each in value
                ]

    def one(self, node: nodes.Node, loops: dict[str, Loop], *, shown: bool) -> nodes.Node:
        if not isinstance(node, _ALLOWED):
            raise LetterTextError(f"a text has no {_called(node)}", node.lineno)
        if self.depth >= DEEPEST:
            raise LetterTextError(f"parts of a text lie at most {DEEPEST} deep", node.lineno)
        self.depth += 1
        try:
            return self.taken(node, loops, shown=shown)
        finally:
            self.depth -= 1

    def taken(self, node: nodes.Node, loops: dict[str, Loop], *, shown: bool) -> nodes.Node:
        match node:
            case nodes.Name() | nodes.Getattr():
                return self.path(node, loops, shown=shown)
            case nodes.For():
                return self.loop(node, loops)
            case nodes.Output():
                self.children(node, loops, shown=True)
                return node
            case nodes.CondExpr():
                node.test = self.asked(node.test, loops)
                node.expr1 = self.expression(node.expr1, loops, shown=shown)
                other = node.expr2 or nodes.Const("", lineno=node.lineno)
                node.expr2 = self.expression(other, loops, shown=shown)
                return node
            case nodes.Filter() if node.name not in FILTERS:
                known = ", ".join(FILTERS)
                raise LetterTextError(f'a text has no filter "{node.name}"; it has {known}', node.lineno)
            case nodes.Test() if node.name not in TESTS:
                raise LetterTextError(f'a text has no test "{node.name}"', node.lineno)
            case nodes.If() | nodes.Compare() | nodes.And() | nodes.Or() | nodes.Not() | nodes.Test():
                self.children(node, loops, shown=False)
                return node
        self.children(node, loops, shown=shown)
        return node

    def asked(self, node: nodes.Expr, loops: dict[str, Loop]) -> nodes.Expr:
        return self.expression(node, loops, shown=False)

    def expression(self, node: nodes.Expr, loops: dict[str, Loop], *, shown: bool) -> nodes.Expr:
        found = self.one(node, loops, shown=shown)
        assert isinstance(found, nodes.Expr)
        return found

    def path(self, node: nodes.Expr, loops: dict[str, Loop], *, shown: bool) -> nodes.Expr:
        first, *rest = _parts(node)
        line, kind = node.lineno, "shown" if shown else "value"
        loop = loops.get(first)
        if loop is None:
            reads = self.found.reads
            reads.setdefault(".".join((first, *rest)), line)
            return nodes.Name(f"{kind}_{_place(reads, '.'.join((first, *rest)))}", "load", lineno=line)
        if not rest:
            raise LetterTextError(f"{first} is a record; name a field of it, as in {first}.name", line)
        loop.reads.setdefault(".".join(rest), line)
        key = f"{kind}_{_place(loop.reads, '.'.join(rest))}"
        name = nodes.Name(first, "load", lineno=line)
        return nodes.Getitem(name, nodes.Const(key, lineno=line), "load", lineno=line)

    def loop(self, node: nodes.For, loops: dict[str, Loop]) -> nodes.For:
        if loops:
            raise LetterTextError("a text has no loop inside a loop", node.lineno)
        if node.recursive or node.test is not None or not isinstance(node.target, nodes.Name):
            raise LetterTextError("a loop is written: {% for item in items %}", node.lineno)
        named = node.target.name
        path = ".".join(_parts(node.iter))
        made = Loop(path, named, node.lineno)
        self.found.loops.append(made)
        target = nodes.Name(named, "store", lineno=node.lineno)
        rows = nodes.Name(f"rows_{len(self.found.loops) - 1}", "load", lineno=node.lineno)
        node.target, node.iter = target, rows
        inside = {**loops, named: made}
        node.body = [self.one(each, inside, shown=False) for each in node.body]
        node.else_ = [self.one(each, loops, shown=False) for each in node.else_]
        return node


def _parts(node: nodes.Node) -> list[str]:
    parts: list[str] = []
    while isinstance(node, nodes.Getattr):
        parts.append(node.attr)
        node = node.node
    if not isinstance(node, nodes.Name) or node.name in _WORDS:
        raise LetterTextError("a field or a path of fields is named here", node.lineno)
    return [node.name, *reversed(parts)]


def _place(reads: dict[str, int], path: str) -> int:
    return list(reads).index(path)


def _called(node: nodes.Node) -> str:
    names = {"Call": "call", "Getitem": "[…]", "Assign": "set", "Include": "include", "Macro": "macro"}
    kind = type(node).__name__
    return names.get(kind, kind.lower())
