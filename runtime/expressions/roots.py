"""What the first name of a path is: a field, or one of the words of the language."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType

from runtime.base.suggest import did_you_mean
from runtime.expressions import codes
from runtime.expressions.fitting import Report
from runtime.expressions.paths import PathFinder
from runtime.expressions.scope import Scope
from runtime.expressions.tree import IsNew, Literal, Node, User
from runtime.model.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DECIMAL,
    INTEGER,
    NONE,
    TEXT,
    ValueType,
    list_of,
    record_of,
)

LITERALS: Mapping[str, tuple[ValueType, object]] = MappingProxyType(
    {"true": (BOOLEAN, True), "false": (BOOLEAN, False), "none": (NONE, None)}
)
_USER: Mapping[str, ValueType] = MappingProxyType(
    {"id": INTEGER, "role": TEXT, "groups": list_of(record_of("groups"))}
)
_WORDS = ("this", "user", "const", "old", "is_new", *LITERALS)


class Roots:
    """Finds what names mean in one scope."""

    def __init__(self, scope: Scope, finder: PathFinder, functions: Collection[str], report: Report) -> None:
        self.scope = scope
        self._finder = finder
        self._functions = functions
        self._report = report

    def name(self, name: str, start: int, end: int) -> Node | None:
        """What a name that stands alone means."""
        if name in LITERALS:
            return Literal(LITERALS[name][0], start, end, LITERALS[name][1])
        match name:
            case "user":
                return self._user((), start, (end,))
            case "is_new":
                return IsNew(BOOLEAN, start, end) if self._saving("is_new", start, end) else None
            case "this":
                return self._finder.this(start, end)
            case "const" | "old":
                example = "const.vat" if name == "const" else "old.stage"
                message = f'"{name}" is no value of its own.'
                self._report(codes.NO_PATH, start, end, message, f"write what of it: {example}")
                return None
        found = self._finder.find((name,), start, (end,))
        if found is None and not self._finder.explained:
            self._unknown(name, start, end, f"a text stands in quotes: '{name}'")
        return found

    def path(self, names: tuple[str, ...], start: int, ends: tuple[int, ...]) -> Node | None:
        """What names with dots between mean; ``ends`` tells where each ends."""
        root, rest = names[0], names[1:]
        if root in LITERALS or root == "is_new":
            self._report(codes.NO_PATH, start, ends[-1], f'"{root}" has nothing behind its dot.')
            return None
        match root:
            case "user":
                return self._user(rest, start, ends)
            case "const":
                return self._constant(rest, start, ends)
            case "old":
                return self._old(rest, start, ends)
            case "this":
                return self._finder.find(rest, ends[1] - len(rest[0]), ends[1:], outer=True)
        if root == "link" and self.scope.link:
            return self._finder.link(rest, start, ends)
        found = self._finder.find(names, start, ends)
        if found is None and not self._finder.explained:
            self._unknown(root, start, ends[0])
        return found

    def _unknown(self, name: str, start: int, end: int, otherwise: str = "") -> None:
        module = self.scope.modules[self.scope.module]
        if name in module.collections:
            target = module.collections[name].target
            message = f'"{name}" is several records of "{target}".'
            self._report(codes.SEVERAL, start, end, message, f"write count({name}), or exists({name}, …)")
            return
        if name in self._functions:
            help_text = f"a function is called with parentheses: {name}()"
        elif name.lower() in ("null", "nil", "none", "empty"):
            help_text = "empty is written none"
        else:
            known = [field.key for field in module.all_fields()]
            help_text = did_you_mean(name, [*known, *_WORDS]) or otherwise
        self._report(codes.UNKNOWN_NAME, start, end, f'"{module.key}" has no field "{name}".', help_text)

    def _saving(self, name: str, start: int, end: int) -> bool:
        if self.scope.saving:
            return True
        message = f'"{name}" is known only while a record is saved.'
        self._report(codes.NOT_SAVING, start, end, message, "leave it to a rule or to a field formula")
        return False

    def _old(self, names: tuple[str, ...], start: int, ends: tuple[int, ...]) -> Node | None:
        if not self._saving("old", start, ends[-1]):
            return None
        return self._finder.find(names, ends[1] - len(names[0]), ends[1:], old=True)

    def _constant(self, names: tuple[str, ...], start: int, ends: tuple[int, ...]) -> Node | None:
        name, constants = names[0], self.scope.constants
        if name not in constants:
            at = (ends[1] - len(name), ends[1])
            help_text = did_you_mean(name, constants) or "write it in pack.yaml under constants"
            self._report(codes.UNKNOWN_FIELD, *at, f'The pack has no constant "{name}".', help_text)
            return None
        if len(names) > 1:
            message = f'"const.{name}" has nothing behind its dot.'
            self._report(codes.NO_PATH, start, ends[-1], message)
            return None
        value = constants[name]
        return Literal(_type_of(value), start, ends[-1], None if value == "" else value, name)

    def _user(self, names: tuple[str, ...], start: int, ends: tuple[int, ...]) -> Node | None:
        if not self.scope.personal:
            message = "A computed field has one value, whoever looks at it."
            self._report(codes.NO_USER, start, ends[-1], message, "use owner, or created_by")
            return None
        if not names:
            return User(record_of("users"), start, ends[-1])
        if len(names) == 1 and names[0] in _USER:
            return User(_USER[names[0]], start, ends[-1], names[0])
        message = f'"user.{".".join(names)}" is not there yet.'
        help_text = f"there are {', '.join(f'user.{key}' for key in _USER)}"
        self._report(codes.NOT_YET, start, ends[-1], message, help_text)
        return None


def _type_of(value: object) -> ValueType:
    match value:
        case bool():
            return BOOLEAN
        case int():
            return INTEGER
        case Decimal():
            return DECIMAL
        case datetime():
            return DATETIME
        case date():
            return DATE
        case None:
            return NONE
    return TEXT
