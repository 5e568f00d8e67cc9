"""Conditions as rows: what a filter builder shows of a condition, and the condition that its rows say.

A condition is a :class:`Group` of rows, of groups, and of parts that no row can say, which stay as they are
written. What is read and written again is the same typed tree.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from runtime.base.diagnostic import Diagnostic, Span
from runtime.base.registry import Registry, discover
from runtime.expressions import filters as filter_files
from runtime.expressions.filters.base import FilterOperator, Row, kinds_of
from runtime.expressions.language import Language
from runtime.expressions.reading import junction, stands_alone
from runtime.expressions.scope import Scope
from runtime.expressions.shapes import path_of, root_of
from runtime.expressions.tree import Node, Operation
from runtime.model.types import BOOLEAN

WORDS: Mapping[str, tuple[str, bool]] = MappingProxyType(
    {"all": ("and", False), "any": ("or", False), "none": ("or", True), "not_all": ("and", True)}
)
"""What may be asked of a group's parts: the word between them, and whether the whole is turned round."""
DEEPEST = 5
"""How deep groups stand in groups."""
MOST_PARTS = 100
"""More rows and groups than a person can look over: such a condition stays a text."""


@dataclass(frozen=True, slots=True)
class Written:
    """A part that stays as it is written: no operator has its shape."""

    text: str


@dataclass(frozen=True, slots=True)
class Group:
    """Parts of which all, any, none, or not all must hold."""

    word: str
    parts: "Sequence[Part]"


Part = Row | Written | Group
NOTHING = Group("all", ())


class Conditions:
    """Reads and writes conditions of one language with the operators that it is given."""

    def __init__(self, language: Language, operators: Registry[FilterOperator]) -> None:
        self.language = language
        self.operators = operators
        self._by_root: dict[str, list[FilterOperator]] = {}
        for operator in operators.values():
            self._by_root.setdefault(operator.shape.root, []).append(operator)
        self._by_place = sorted(operators.values(), key=lambda operator: (operator.place, operator.name))

    @classmethod
    def standard(cls, language: Language) -> "Conditions":
        """With every operator that this package brings."""
        return cls(language, Registry("filter operator", discover(filter_files, FilterOperator)))

    def read(self, text: str, scope: Scope) -> Group:
        """A condition as rows; of one that is wrong, the parts that are right are."""
        if not text.strip():
            return NOTHING
        part = self._parsed(text, scope, DEEPEST)
        if sum(1 for _ in parts_of(part)) > MOST_PARTS:
            return Group("all", (Written(text),))
        return part if isinstance(part, Group) else Group("all", (part,))

    def write(self, part: Part) -> str:
        """The condition that a part is; '' for a group without parts."""
        if isinstance(part, Row):
            return self.operators[part.operator].write(part)
        if isinstance(part, Written):
            return part.text.strip()
        parts = [(each, text) for each in part.parts if (text := self.write(each))]
        word, turned = WORDS[part.word]
        alone = len(parts) == 1
        texts = [text if alone else self._beside(each, text) for each, text in parts]
        joined = f" {word} ".join(texts)
        return f"not ({joined})" if turned and joined else joined

    def field(self, path: str, scope: Scope) -> Node | None:
        """The field, or the attribute of a picklist's value, that a path names; None when there is none."""
        if not path or not all(map(str.isidentifier, path.split("."))):
            return None
        expression, _ = self.language.parse(path, Span.point("where"), scope)
        return expression.tree if expression is not None and path_of(expression.tree) == path else None

    def asked_of(self, field: Node) -> list[FilterOperator]:
        """The operators for a field, in their order."""
        kinds = kinds_of(field)
        return [operator for operator in self._by_place if operator.suits(kinds)]

    def wrong(self, text: str, scope: Scope) -> tuple[Diagnostic, ...]:
        """What is wrong with a condition; () when it is right. Places are in its own text."""
        span = Span("where", 1, 1, 1, len(text) + 1)
        expression, found = self.language.parse(text, span, scope, BOOLEAN)
        return () if expression is not None else tuple(each for each in found if each.is_error)

    def _parsed(self, text: str, scope: Scope, depth: int) -> Part:
        expression, _ = self.language.parse(text, Span.point("where"), scope, BOOLEAN)
        if expression is not None:
            return self._read(expression.tree, text, depth)
        joined = junction(text) if depth else None
        if joined is None:
            return Written(text)
        word = "all" if joined[0] == "and" else "any"
        return Group(word, tuple(self._parsed(part, scope, depth - 1) for part in joined[1]))

    def _read(self, node: Node, text: str, depth: int) -> Part:
        for operator in self._by_root.get(root_of(node), ()):
            row = operator.read(node)
            if row is not None:
                return row
        if isinstance(node, Operation) and depth:
            if node.operator in ("and", "or"):
                word = "all" if node.operator == "and" else "any"
                return Group(word, tuple(self._read(part, text, depth - 1) for part in node.parts))
            if node.operator == "not":
                turned = node.parts[0]
                joins = isinstance(turned, Operation) and turned.operator in ("and", "or")
                return self._turned(self._read(turned, text, depth if joins else depth - 1))
        return Written(_as_written(node, text))

    @staticmethod
    def _turned(part: Part) -> Group:
        if isinstance(part, Group) and part.word in ("all", "any"):
            return Group("not_all" if part.word == "all" else "none", part.parts)
        return Group("none", (part,))

    def _beside(self, part: Part, text: str) -> str:
        """The part as it stands beside others: in brackets where the word between would tear it apart."""
        if isinstance(part, Row):
            loose = self.operators[part.operator].shape.is_loose
        elif isinstance(part, Written):
            loose = not stands_alone(text)
        else:
            loose = not WORDS[part.word][1] and not stands_alone(text)
        return f"({text})" if loose else text


def parts_of(part: Part) -> Iterator[Part]:
    """The part, and every part in it."""
    yield part
    if isinstance(part, Group):
        for each in part.parts:
            yield from parts_of(each)


def _as_written(node: Node, text: str) -> str:
    """The text of a node; brackets that its outermost parts stand in are not among its own offsets."""
    start, end = node.start, node.end
    while (missing := _unbalanced(text[start:end])) != (0, 0):
        before = text[:start].rstrip()
        after = text[end:].lstrip()
        if missing[0] and before.endswith("("):
            start = len(before) - 1
        elif missing[1] and after.startswith(")"):
            end = len(text) - len(after) + 1
        else:
            break
    return text[start:end]


def _unbalanced(text: str) -> tuple[int, int]:
    """How many brackets are closed that were not opened, and how many are not closed."""
    opened = closed = 0
    quote = ""
    skipped = False
    for character in text:
        if skipped:
            skipped = False
        elif quote:
            skipped = character == "\\"
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == "(":
            opened += 1
        elif character == ")":
            closed += 1 if not opened else 0
            opened = max(opened - 1, 0)
    return closed, opened
