"""Completing: what may stand where somebody is typing an expression, and which function it is about.

The text is unfinished, so nothing is checked here: it is read just far enough to know in whose terms a name
stands, that of a record or of the related records that a function looks over.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from runtime.expressions.functions.base import Function
from runtime.expressions.naming import named
from runtime.expressions.reading import LONGEST
from runtime.expressions.scope import Scope
from runtime.model.catalog import Field
from runtime.model.types import ListType, PicklistType, RecordType, ValueType

MOST = 40
"""So many choices are given."""
LOOKED_BACK = 300
"""So many characters before the cursor are looked at for the name that is being typed."""
LITERALS = ("true", "false", "none")
OPERATORS = ("and", "or", "not", "in", "if", "else")

_TOKEN = re.compile(r"'(?:[^'\\]|\\.)*'?|\"(?:[^\"\\]|\\.)*\"?|[A-Za-z_][A-Za-z0-9_]*|[()\[\],.]|[=!<>]=?|\S")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TYPED = re.compile(r"(?:[A-Za-z_][A-Za-z0-9_]*\.)*[A-Za-z0-9_]*\Z")
_REST = re.compile(r"[A-Za-z0-9_]*")
_QUOTED = re.compile(r"(?P<path>[A-Za-z_][A-Za-z0-9_.]*)\s*(?:==|!=|in\s*\[[^\]]*|not\s+in\s*\[[^\]]*)\s*\Z")


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that may stand there.

    ``text`` is what is put in; ``kind`` is ``field``, ``records``, ``value``, ``attribute``, ``constant``,
    ``word`` or ``function``; ``about`` says its type, or how a function is called; ``label`` is what people
    call it.
    """

    text: str
    kind: str
    about: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Completion:
    """The choices for the characters from ``start`` to ``end``, and the ``function`` that the place is in."""

    start: int
    end: int
    choices: tuple[Choice, ...] = ()
    function: str | None = None


@dataclass(slots=True)
class _Call:
    """A bracket that is open at the cursor: its function, and the arguments before."""

    function: str
    first: list[str]
    arguments: int = 0


def complete(text: str, at: int, scope: Scope, functions: Mapping[str, Function]) -> Completion:
    """What may stand at a place of a text, of which the characters before it are typed already."""
    text = text[:LONGEST]
    at = max(0, min(at, len(text)))
    tokens = list(_TOKEN.finditer(text, 0, at))
    open_calls = _open_calls(tokens)
    here = _inside(scope, open_calls, functions)
    function = _function(text, at, open_calls, functions)
    if tokens and tokens[-1].group()[0] in "'\"" and not _is_closed(tokens[-1].group()):
        return _quoted(text, tokens[-1].start(), at, here, function)
    typed = _TYPED.search(text[max(0, at - LOOKED_BACK) : at])
    path = typed.group() if typed is not None else ""
    *before, fragment = path.split(".")
    rest = _REST.match(text, at)
    end = rest.end() if rest is not None else at
    start = at - len(fragment)
    if fragment[:1].isdigit():
        return Completion(start, end, (), function)
    found = _behind(here, before) if before else _bare(here, functions)
    return Completion(start, end, _fitting(fragment, found), function)


def _is_closed(token: str) -> bool:
    return len(token) > 1 and token[-1] == token[0] and not token.endswith("\\" + token[0])


def _open_calls(tokens: Iterable[re.Match[str]]) -> list[_Call]:
    """The brackets that are open behind the tokens, outermost first."""
    calls: list[_Call] = []
    before = ""
    for match in tokens:
        token = match.group()
        if token in "([":
            calls.append(_Call(before if token == "(" and _NAME.fullmatch(before) else "", []))
        elif token in ")]":
            if calls:
                calls.pop()
        elif token == ",":
            if calls:
                calls[-1].arguments += 1
        elif calls and calls[-1].arguments == 0:
            calls[-1].first.append(token)
        before = token
    return calls


def _inside(scope: Scope, calls: list[_Call], functions: Mapping[str, Function]) -> Scope:
    """The scope at the cursor: behind the first argument, a function over records speaks in their terms."""
    for call in calls:
        function = functions.get(call.function)
        if function is None or function.family != "records" or not call.arguments:
            continue
        names = [token for token in call.first if token != "."]
        outer = names[:1] == ["this"] and scope.this is not None
        own = scope.this if outer and scope.this is not None else scope.module
        module, link = _several(scope, own, names[1:] if names[:1] == ["this"] else names, call.function)
        if module is not None:
            scope = replace(scope, module=module, this=own, link=link, saving=False)
    return scope


def _several(
    scope: Scope, module: str, names: list[str], function: str
) -> tuple[str | None, Mapping[str, Field] | None]:
    """The module of the records that a path leads to, and the attributes of the links that lead there."""
    if function == "lookup":
        return (names[0], None) if len(names) == 1 and names[0] in scope.modules else (None, None)
    here, found, link = module, None, None
    for name in names:
        collection = scope.modules[here].collections.get(name)
        field = scope.modules[here].field(name)
        if collection is not None:
            here = found = collection.target
            owner = scope.modules[collection.module if collection.kind == "links" else collection.target]
            via = owner.field(collection.via)
            link = via.settings.get("link") or None if via is not None else None
        elif field is not None and isinstance(field.value_type, RecordType):
            here = field.value_type.modules[0]
        elif field is not None and isinstance(field.value_type, ListType) and field.targets:
            here = found = field.targets[0]
            link = field.settings.get("link") or None
        else:
            break
    return found, link


def _function(text: str, at: int, calls: list[_Call], functions: Mapping[str, Function]) -> str | None:
    """The function whose name the cursor is in, else the innermost whose brackets it is in."""
    for match in _NAME.finditer(text):
        is_called = match.group() in functions and text[match.end() :].lstrip().startswith("(")
        if is_called and match.start() <= at <= match.end():
            return match.group()
    return next((call.function for call in reversed(calls) if call.function in functions), None)


def _quoted(text: str, start: int, at: int, scope: Scope, function: str | None) -> Completion:
    """The values of the picklist that a text is compared with."""
    compared = _QUOTED.search(text[max(0, start - LOOKED_BACK) : start])
    rest = re.compile(r"[^'\"\s]*").match(text, at)
    end = rest.end() if rest is not None else at
    type_ = _type_of(scope, compared["path"].split(".")) if compared is not None else None
    if not isinstance(type_, PicklistType):
        return Completion(start + 1, end, (), function)
    values = scope.picklists[type_.picklist].values
    choices = (
        Choice(key, "value", "", value.label.in_language(scope.language)) for key, value in values.items()
    )
    return Completion(start + 1, end, _fitting(text[start + 1 : at], choices), function)


def _fitting(fragment: str, choices: Iterable[Choice]) -> tuple[Choice, ...]:
    """Those whose name or label begins with what is typed, then those that have it inside."""
    wanted = fragment.casefold()
    begins: list[Choice] = []
    inside: list[Choice] = []
    for choice in choices:
        name, label = choice.text.casefold(), choice.label.casefold()
        if name.startswith(wanted) or label.startswith(wanted):
            begins.append(choice)
        elif len(wanted) > 1 and (wanted in name or wanted in label):
            inside.append(choice)
    return tuple(begins + inside)[:MOST]


def _bare(scope: Scope, functions: Mapping[str, Function]) -> Iterator[Choice]:
    """What may stand alone: names of the scope, words of the language, functions."""
    yield from _of_module(scope, scope.module)
    words = ["this", *LITERALS, *OPERATORS]
    words += ["user"] if scope.personal else []
    words += ["old", "is_new"] if scope.saving else []
    words += ["const"] if scope.constants else []
    words += ["link"] if scope.link else []
    yield from (Choice(word, "word") for word in words)
    for function in functions.values():
        if function.name == "changed" and not scope.saving:
            continue
        yield Choice(f"{function.name}(", "function", function.signature)


def _behind(scope: Scope, names: list[str]) -> Iterator[Choice]:
    """What may stand behind the dot of a path."""
    match names:
        case ["const"]:
            yield from (Choice(name, "constant", str(value)) for name, value in scope.constants.items())
            return
        case ["user"]:
            yield from (Choice(name, "field") for name in ("id", "role", "groups"))
            return
        case ["link"] if scope.link:
            yield from (_of_field(field, scope) for field in scope.link.values())
            return
    found = _reached(scope, names)
    if isinstance(found, Field) and found.parts:
        yield from (_of_field(part, scope, name) for name, part in found.parts.items())
    type_ = found.value_type if isinstance(found, Field) else found
    if isinstance(type_, PicklistType):
        picklist = scope.picklists[type_.picklist]
        for name, kind in picklist.attribute_types.items():
            yield Choice(name, "attribute", named(kind))
        yield Choice("label", "attribute", "text")
    elif isinstance(type_, RecordType):
        seen: set[str] = set()
        for module in type_.modules:
            for choice in _of_module(scope, module):
                if choice.text not in seen:
                    seen.add(choice.text)
                    yield choice


def _type_of(scope: Scope, names: list[str]) -> ValueType | None:
    found = _reached(scope, names)
    return found.value_type if isinstance(found, Field) else found


def _reached(scope: Scope, names: list[str]) -> Field | ValueType | None:
    """The field, or the records, that a path leads to."""
    modules: tuple[str, ...] = (scope.module,)
    if names[0] in ("this", "old"):
        modules = (scope.this or scope.module,) if names[0] == "this" else (scope.module,)
        names = names[1:]
    here: Field | ValueType = RecordType("record", modules)
    for name in names:
        if isinstance(here, Field) and name in here.parts:
            here = here.parts[name]
            continue
        type_ = here.value_type if isinstance(here, Field) else here
        if not isinstance(type_, RecordType):
            return None
        step = next((step for key in type_.modules if (step := _step(scope, key, name)) is not None), None)
        if step is None:
            return None
        here = step
    return here


def _step(scope: Scope, module: str, name: str) -> Field | ValueType | None:
    field = scope.modules[module].field(name)
    if field is not None and not isinstance(field.value_type, ListType):
        return field
    collection = scope.modules[module].collections.get(name)
    return RecordType("record", (collection.target,)) if collection is not None else field


def _of_module(scope: Scope, module: str) -> Iterator[Choice]:
    known = scope.modules[module]
    for field in known.all_fields():
        if field.key not in known.collections:
            yield _of_field(field, scope)
    for collection in known.collections.values():
        label = collection.label.in_language(scope.language)
        yield Choice(collection.key, "records", f'records of "{collection.target}"', label)


def _of_field(field: Field, scope: Scope, name: str | None = None) -> Choice:
    return Choice(
        name or field.key, "field", named(field.value_type), field.label.in_language(scope.language)
    )
