"""Tests of the tests: every place that asks for a right, found in the source, and each switched off in turn.

A place is a call of the judge, of a sight or its guard, or of one of the functions that stand between those
and the doors. Switched off, it answers as if everything were allowed. A place that is new is found by itself;
one whose name is new has no such answer yet, and a test says so.
"""

import ast
import importlib
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import runtime
from runtime.records import access, owner_choice, seen_catalog, writing_rights
from runtime.storage import sight
from runtime.web import record_rights

ROOT = Path(runtime.__file__).parent
YES = access.Verdict(True)

JUDGE: Mapping[str, Callable[..., Any]] = {
    "enters": lambda _, *given: YES,
    "may": lambda _, *given, **named: YES,
    "conditions": lambda _, *given: (),
    "field_condition": lambda _, *given: None,
    "may_write_field": lambda _, *given: True,
    "limits_fields": lambda _, *given: False,
    "sight": lambda _, *given: None,
    "owners": lambda _, *given: owner_choice.ANYONE,
    "menu": lambda _, *given: True,
    "tool": lambda _, *given: True,
}
SIGHT: Mapping[str, Callable[..., Any]] = {
    "sees": lambda _, *given: True,
    "is_plain": lambda _, *given: True,
    "reach": lambda _, *given: None,
}
GUARD: Mapping[str, Callable[..., Any]] = {
    "of_path": lambda _, *given: None,
    "of_record": lambda _, *given: None,
    "of_link": lambda _, *given: None,
    "of_own": lambda _, *given: None,
    "of_step": lambda _, *given: [],
}
BETWEEN: Mapping[str, Mapping[str, Callable[..., Any]]] = {
    writing_rights.__name__: {
        "unseen": lambda _, *given: set(),
        "fixed": lambda _, *given: set(),
        "readable": lambda _, batch, module, ids: set(ids),
        "hidden": lambda _, *given: set(),
        "is_title_seen": lambda _, *given: True,
        "having_seen": lambda _, batch, module, names, ids: set(ids),
        "meeting": lambda _, batch, module, ids, conditions: set(ids),
        "keep_to_fields": lambda _, *given: None,
        "has_conditions": lambda _, *given: False,
        "locked": lambda _, *given: frozenset(),
        "hold": lambda _, *given: None,
    },
    record_rights.__name__: {
        "require_on": lambda _, *given: None,
        "may_on": lambda _, *given: True,
    },
    seen_catalog.__name__: {"narrowed": lambda _, catalog, *given: catalog},
}
"""What answers when it is switched off, by the name that is called; first comes whatever it is called of."""

OWN: Mapping[str, Mapping[str, Callable[..., Any]]] = {
    "runtime/records/relations.py": {"_is_seen": lambda _, *given: True},
    "runtime/records/seen_catalog.py": {
        "_reads_nothing_hidden": lambda _, *given: True,
        "_path": lambda _, *given: True,
    },
    "runtime/records/read.py": {"sees": lambda _, *given: True},
    "runtime/storage/finding.py": {"_is_seen": lambda _, *given: True},
    "runtime/storage/seen_texts.py": {"is_partial": lambda _, *given: False},
    "runtime/storage/sight.py": {"_some_target": lambda _, *given: None},
    "runtime/storage/statement.py": {
        "_rights": lambda _, query: query.rights,
        "_standing": lambda _, query: query,
    },
    "runtime/web/attachment.py": {"_may_read": lambda _, *given: True},
}
"""The same for the checks that a file has of its own."""

ASKED: Mapping[Any, Mapping[str, Callable[..., Any]]] = {
    access.Judge: JUDGE,
    sight.Sight: SIGHT,
    sight.Guard: GUARD,
    writing_rights: BETWEEN[writing_rights.__name__],
    record_rights: BETWEEN[record_rights.__name__],
}
"""Whose every public function is a permission call."""


@dataclass(frozen=True)
class Place:
    """A call that asks for a right: its file, the function around it, what it says, and which of its like."""

    file: str
    around: str
    text: str
    nth: int
    line: int
    answer: str

    def __str__(self) -> str:
        again = f" #{self.nth + 1}" if self.nth else ""
        return f"{self.file} {self.around}: {self.text}{again}"


def unanswered() -> list[str]:
    """The names of permission calls that nothing here can switch off."""
    missing = []
    for owner, answers in ASKED.items():
        members = inspect.getmembers(owner, inspect.isfunction)
        own = [
            name for name, each in members if not name.startswith("_") and each.__module__ == _module(owner)
        ]
        missing += [f"{owner.__name__}.{name}" for name in own if name not in answers]
    return missing


def _module(owner: Any) -> str:
    return str(owner.__name__ if inspect.ismodule(owner) else owner.__module__)


def places() -> list[Place]:
    """Every permission call of the runtime, in order."""
    found: list[Place] = []
    for file in sorted(ROOT.rglob("*.py")):
        name = str(file.relative_to(ROOT.parent))
        seen: dict[tuple[str, str], int] = {}
        for around, call, answer in _Finding(name, ast.parse(file.read_text(encoding="utf-8"))).calls():
            text = ast.unparse(call)
            nth = seen[around, text] = seen.get((around, text), -1) + 1
            found.append(Place(name, around, text, nth, call.lineno, answer))
    return found


class _Finding:
    """Finds the calls of one file."""

    def __init__(self, file: str, tree: ast.Module) -> None:
        self._file = file
        self._tree = tree
        self._named: dict[str, str] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                for each in node.names:
                    self._named[each.asname or each.name] = f"{node.module}.{each.name}"
        for own in tree.body:
            if isinstance(own, ast.FunctionDef):
                self._named.setdefault(own.name, f"{self._module()}.{own.name}")

    def _module(self) -> str:
        return self._file.removesuffix(".py").replace("/", ".")

    def calls(self) -> Iterator[tuple[str, ast.Call, str]]:
        """The function around each, the call, and the key of what answers instead of it."""
        for top in self._tree.body:
            if isinstance(top, ast.FunctionDef):
                yield from self._inside(top.name, top)
            elif isinstance(top, ast.ClassDef):
                for each in top.body:
                    if isinstance(each, ast.FunctionDef):
                        yield from self._inside(f"{top.name}.{each.name}", each)

    def _inside(self, around: str, function: ast.FunctionDef) -> Iterator[tuple[str, ast.Call, str]]:
        for statement in function.body:
            for node in ast.walk(statement):
                if isinstance(node, ast.Call) and (answer := self._answer(node)) is not None:
                    yield around, node, answer

    def _answer(self, call: ast.Call) -> str | None:
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if name in OWN.get(self._file, ()):
            return f"{self._file} {name}"
        if isinstance(call.func, ast.Name):
            module, _, name = self._named.get(call.func.id, "").rpartition(".")
            return f"{module} {name}" if name in BETWEEN.get(module, ()) else None
        if not isinstance(call.func, ast.Attribute):
            return None
        whose, name = ast.unparse(call.func.value), call.func.attr
        last = whose.rpartition(".")[2].lstrip("_")
        if last == "judge" and name in JUDGE:
            return f"judge {name}"
        if last == "sight" and name in SIGHT:
            return f"sight {name}"
        if last == "guard" and name in GUARD:
            return f"guard {name}"
        module = self._named.get(last, "")
        return f"{module} {name}" if name in BETWEEN.get(module, ()) else None


def answer_of(key: str) -> Callable[..., Any]:
    """What is called instead."""
    whose, _, name = key.partition(" ")
    return {"judge": JUDGE, "sight": SIGHT, "guard": GUARD, **BETWEEN, **OWN}[whose][name]


class _Switching(ast.NodeTransformer):
    """Has another function answer each of these calls; all that they read, they go on reading."""

    def __init__(self, switched: Iterable[Place]) -> None:
        self._switched = {(place.line, place.text): place for place in switched}
        self.done: set[Place] = set()

    def visit_Call(self, call: ast.Call) -> ast.AST:
        place = self._switched.get((call.lineno, ast.unparse(call)))
        if place is None:
            return self.generic_visit(call)
        self.done.add(place)
        whose = call.func.value if isinstance(call.func, ast.Attribute) else ast.Constant(None)
        answer = ast.Name(_name(place), ast.Load())
        return ast.copy_location(ast.Call(answer, [whose, *call.args], call.keywords), call)


def _name(place: Place) -> str:
    return "allowed_instead_of_" + re.sub(r"\W", "_", place.answer)


@contextmanager
def switched_off(*switched: Place) -> Iterator[None]:
    """Without these checks, for as long as it lasts."""
    before: list[tuple[FunctionType, CodeType]] = []
    try:
        for (_, around), places in _grouped(switched).items():
            function = _function(places[0])
            before.append((function, function.__code__))
            for place in places:
                function.__globals__[_name(place)] = answer_of(place.answer)
            function.__code__ = _without(around, places)
        yield
    finally:
        for function, code in before:
            function.__code__ = code


def _grouped(switched: Iterable[Place]) -> dict[tuple[str, str], list[Place]]:
    found: dict[tuple[str, str], list[Place]] = {}
    for place in switched:
        found.setdefault((place.file, place.around), []).append(place)
    return found


def _function(place: Place) -> FunctionType:
    found: Any = importlib.import_module(place.file.removesuffix(".py").replace("/", "."))
    for name in place.around.split("."):
        found = inspect.getattr_static(found, name)
        if isinstance(found, property):
            found = found.fget
        if isinstance(found, staticmethod | classmethod):
            found = found.__func__
    found = inspect.unwrap(found)
    assert isinstance(found, FunctionType), place
    return found


def _without(around: str, switched: list[Place]) -> CodeType:
    file = ROOT.parent / switched[0].file
    switching = _Switching(switched)
    tree = ast.fix_missing_locations(switching.visit(ast.parse(file.read_text(encoding="utf-8"))))
    assert switching.done == set(switched), switched
    return _code(compile(tree, str(file), "exec", dont_inherit=True), around)


def _code(whole: CodeType, around: str) -> CodeType:
    for each in whole.co_consts:
        if isinstance(each, CodeType):
            if each.co_qualname == around:
                return each
            if around.startswith(f"{each.co_qualname}."):
                return _code(each, around)
    raise LookupError(around)
