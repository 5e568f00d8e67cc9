"""Resolves the templates of mail: each path in their texts is one of the module, in every language."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from runtime.base.diagnostic import Span
from runtime.expressions.scope import Scope
from runtime.language.draft import Draft, diagnostic
from runtime.language.earlier.following import Use
from runtime.language.letter_text import LetterText, LetterTextError, places, take_apart
from runtime.language.nodes import MapNode, Node, Scalar
from runtime.language.resolve.expressions import HELP
from runtime.language.resolve.fields import Fields
from runtime.language.resolve.labels import Labels
from runtime.language.resolve.values import Values
from runtime.language.shape import Path
from runtime.model.catalog import Expression, Module
from runtime.model.label import ANY
from runtime.model.letters import LetterLoop, LetterPart, LetterTemplate
from runtime.model.types import RecordType
from runtime.model.uses import Thing

Parts = Mapping[str, LetterPart]


def resolve_letters(draft: Draft, labels: Labels) -> None:
    """Fill the draft's letters."""
    values = Values(draft, Fields(draft, labels))
    for key, tree in draft.trees.get("letters", {}).items():
        path = ("letters", key)
        module = values.module(tree.get("module"), (*path, "module"))
        if module is None:
            continue
        subject, text, html = (texts_of(draft, module, tree, path, part) for part in PARTS)
        opt_out = _opt_out(values, module, tree, path)
        draft.letters[key] = LetterTemplate(key, module.key, subject, text, html, draft.origin(tree), opt_out)


PARTS = ("subject", "text", "html")


def texts_of(draft: Draft, module: Module, tree: MapNode, path: Path, part: str) -> Parts:
    """One part of a template, in each language that it is written in."""
    return _Texts(draft, module, tree, path, part).all()


def _opt_out(values: Values, module: Module, tree: MapNode, path: Path) -> str:
    """The field that says who wants no such letters."""
    node, place = tree.get("opt_out"), (*path, "opt_out")
    if node is None:
        return ""
    field = values.field(module, str(node.plain), node, place)
    if field is None:
        return ""
    values.draft.mention(place, node, Thing("field", f"{module.key}.{field.key}"), "writes")
    if field.type != "boolean" or field.computed is not None or field.system:
        about = f"{field.key} is no field that is true or false and that people fill in"
        values.draft.note("letter", about, node, place)
        return ""
    return field.key


class _Texts:
    """One part of a letter, in each language."""

    def __init__(self, draft: Draft, module: Module, tree: MapNode, path: Path, part: str) -> None:
        self.draft = draft
        self.module = module
        self.node = tree.get(part)
        self.path = (*path, part)

    def all(self) -> Parts:
        found = {}
        for language, node, path in self._written():
            one = self._one(node, path)
            if one is not None:
                found[language] = one
        return MappingProxyType(found)

    def _written(self) -> Iterator[tuple[str, Scalar, Path]]:
        node: Node | None = self.node
        if isinstance(node, Scalar):
            yield ANY, node, self.path
        for language, child in node.items.items() if isinstance(node, MapNode) else ():
            if isinstance(child, Scalar):
                yield language, child, (*self.path, language)

    def _one(self, node: Scalar, path: Path) -> LetterPart | None:
        text = str(node.value)
        try:
            taken = take_apart(text)
        except LetterTextError as error:
            self._note(str(error), _line(node, text, error.line), path)
            return None
        reads = [self._read(node, text, read, "", self.module, path) for read in taken.reads]
        loops = list(self._loops(node, text, taken, path))
        if None in reads or None in loops:
            return None
        return LetterPart(text, tuple(each for each in reads if each), tuple(each for each in loops if each))

    def _loops(self, node: Scalar, text: str, taken: LetterText, path: Path) -> Iterator[LetterLoop | None]:
        for loop in taken.loops:
            collection = self.module.collections.get(self._now(node, text, loop.path, path))
            if collection is None:
                known = ", ".join(self.module.collections) or "none"
                about = f'{self.module.key} has no several records "{loop.path}"; it has {known}'
                start = next(iter(places(text, loop.path)), 0)
                self._note(about, node.locate(start, start + len(loop.path)), path)
                yield None
                continue
            target = self.draft.modules[collection.target]
            reads = [self._read(node, text, read, loop.named, target, path) for read in loop.reads]
            yield None if None in reads else LetterLoop(collection, tuple(each for each in reads if each))

    def _now(self, node: Scalar, text: str, name: str, path: Path) -> str:
        """A collection's name of now."""
        now = self.draft.earlier.fields.get((self.module.key, name))
        if now is None or name in self.module.collections:
            return name
        for start in places(text, name):
            self.draft.uses.append(Use(node, start, start + len(name), name, now, path))
        return now

    def _read(
        self, node: Scalar, text: str, read: str, named: str, module: Module, path: Path
    ) -> Expression | None:
        """A path that a text names, as an expression about a record of a module."""
        named_at = places(text, read, named) or [0]
        start = named_at[0]
        scope: Scope = self.draft.scope(module.key, personal=False)

        def locate(begin: int, end: int) -> Span:
            return node.locate(start + begin, start + end)

        expression, found = self.draft.language.parse(read, node.span, scope, None, locate)
        self.draft.found += [
            diagnostic(each.code, each.message, each.span, path, each.help or HELP)
            for each in found
            if each.is_error and not self.draft.is_excused(read)
        ]
        if expression is None:
            return None
        if isinstance(expression.type, RecordType):
            about = f"{read} is a record; name a field of it, as in {read}.name"
            self._note(about, locate(0, len(read)), path)
            return None
        self.draft.mention(path, node, expression, skipped=start)
        for place in named_at:
            for begin, end, now in expression.earlier:
                old = expression.text[begin:end]
                self.draft.uses.append(Use(node, begin + place, end + place, old, now, path))
        return expression

    def _note(self, about: str, at: Span, path: Path) -> None:
        self.draft.note("letter", about, at, path)


def _line(node: Scalar, text: str, line: int) -> Span:
    """A line of a text, counted from 1."""
    lines = text.splitlines(keepends=True) or [""]
    begin = sum(map(len, lines[: line - 1]))
    return node.locate(begin, begin + max(1, len(lines[min(line, len(lines)) - 1].rstrip())))
