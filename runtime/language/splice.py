"""The splice editor: changes one thing in a YAML text and keeps every other character as it is: comments,
order, quotes, blanks, and the ends of lines.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from runtime.language.nodes import ListNode, MapNode, Node, Plain, Scalar, follow, walk
from runtime.language.read import read
from runtime.language.scalars import TooLongError, resolve
from runtime.language.source import Source

Path = Sequence[str | int]
PLAIN = re.compile(r"[A-Za-z0-9_./=+(-][^\x00-\x1f\x7f#:,\[\]{}\"'&*!|>%@`\\]*(?<! )")
"""Texts that mean themselves unquoted, inside brackets too."""
INDENT = 2


class SpliceError(ValueError):
    """The text is no YAML, or has nothing at the path."""


@dataclass(frozen=True, slots=True)
class Change:
    """From the character ``start`` to ``end`` of a text, something else."""

    start: int
    end: int
    now: str


def spliced(text: str, changes: Iterable[Change]) -> str:
    """The text with all changes made; of two at one place the first."""
    made, last = text, len(text) + 1
    for change in sorted(set(changes), key=lambda each: each.start, reverse=True):
        if change.end <= last:
            made = made[: change.start] + change.now + made[change.end :]
            last = change.start
    return made


def set_value(text: str, path: Path, value: Plain) -> str:
    """The text with a value at a path, in the place of what stands there, or as a new last entry of the map
    that is to have it. Maps on the way that are not there are made.

    Raises :class:`SpliceError` when the way leads through something that is no map.
    """
    whole = _tree(text)
    if whole is None:
        return text + _entry(path, value, 0, _newline(text))
    steps = list(path)
    at, depth = follow(whole, steps)
    if depth == len(steps):
        return _replaced(text, whole, steps, at, value)
    if not isinstance(at, MapNode):
        raise SpliceError(f"{'.'.join(map(str, steps[:depth]))} is no map.")
    return _added(text, at, steps[depth:], value)


def rename_key(text: str, path: Path, name: str) -> str:
    """The text with another name for the key at the end of a path. Raises :class:`SpliceError`."""
    holder, key = _holder(text, path)
    node = holder.keys[key]
    places = node.offsets()
    return spliced(text, [Change(places[0], places[-1] + 1, name)])


def remove(text: str, path: Path) -> str:
    """The text without the entry at a path: its lines go with it, and comments on them. Raises
    :class:`SpliceError`.
    """
    holder, key = _holder(text, path)
    if len(holder.items) == 1:
        if len(path) == 1:
            return spliced(text, [Change(holder.keys[key].start, _end(holder), "{}")])
        return set_value(text, list(path)[:-1], {})
    place = list(holder.items).index(key)
    start, end = holder.keys[key].start, _end(holder.items[key])
    if _is_flow(text, holder):
        keys = list(holder.keys.values())
        if place + 1 < len(keys):
            return spliced(text, [Change(start, keys[place + 1].start, "")])
        return spliced(text, [Change(_end(holder.items[list(holder.items)[place - 1]]), end, "")])
    begin = text.rfind("\n", 0, start) + 1
    if text[begin:start].strip():  # the first entry of an item of a list: it stands behind a dash
        following = list(holder.keys.values())[1].start
        return spliced(text, [Change(start, following, "")])
    line = text.find("\n", end)
    return spliced(text, [Change(begin, len(text) if line < 0 else line + 1, "")])


def _tree(text: str) -> Node | None:
    node, found = read(Source("text.yaml", text))
    if found and node is None and not text.strip("\n\r -") == "" and _says_something(text):
        raise SpliceError(found[0].message)
    return node


def _says_something(text: str) -> bool:
    return any(line.strip() and not line.strip().startswith("#") for line in text.splitlines())


def _holder(text: str, path: Path) -> tuple[MapNode, str]:
    whole = _tree(text)
    key = str(path[-1])
    holder, depth = follow(whole, path[:-1]) if whole is not None else (None, 0)
    if not isinstance(holder, MapNode) or key not in holder.items or depth != len(path) - 1:
        raise SpliceError(f"There is no {'.'.join(map(str, path))}.")
    return holder, key


def _replaced(text: str, whole: Node, steps: list[str | int], at: Node, value: Plain) -> str:
    flow = _in_flow(text, whole, steps)
    style = at.style if isinstance(at, Scalar) else ""
    return spliced(text, [Change(at.start, _end(at), _flow(value, style if flow or style != "|" else ""))])


def _added(text: str, holder: MapNode, steps: list[str | int], value: Plain) -> str:
    if _is_flow(text, holder) or not holder.items:
        inner: Plain = value
        for step in reversed(steps[1:]):
            inner = {str(step): inner}
        entry = f"{_flow(str(steps[0]))}: {_flow(inner)}"
        if not holder.items:
            return spliced(text, [Change(holder.start, _end(holder), f"{{{entry}}}")])
        last = _end(list(holder.items.values())[-1])
        return spliced(text, [Change(last, last, f", {entry}")])
    first = next(iter(holder.keys.values()))
    column = first.start - (text.rfind("\n", 0, first.start) + 1)
    last = _end(list(holder.items.values())[-1])
    line = text.find("\n", last)
    newline = _newline(text)
    entry = _entry(steps, value, column, newline)
    if line < 0:
        return text + newline + entry
    return text[: line + 1] + entry + text[line + 1 :]


def _entry(path: Path, value: Plain, column: int, newline: str) -> str:
    """A new entry in lines of its own, with the maps on the way to it."""
    lines = [" " * (column + INDENT * depth) + f"{_flow(str(step))}:" for depth, step in enumerate(path)]
    return newline.join(lines) + f" {_flow(value)}{newline}"


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _is_flow(text: str, node: Node) -> bool:
    return text[node.start : node.start + 1] in ("{", "[")


def _in_flow(text: str, whole: Node, steps: list[str | int]) -> bool:
    return any(_is_flow(text, walk(whole, steps[:count])) for count in range(len(steps)))


def _end(node: Node) -> int:
    """Where a node's own text ends: a block's mark stands further down, past comments."""
    if isinstance(node, MapNode | ListNode) and not _is_flow(node.source.text, node):
        children = list(node.items.values()) if isinstance(node, MapNode) else node.items
        return _end(children[-1]) if children else node.end
    return node.end


def _flow(value: Plain, style: str = "") -> str:
    """A value on one line."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return f"{value:f}"
        case str():
            return _text(value, style)
        case list():
            return f"[{', '.join(map(_flow, value))}]"
    return "{" + ", ".join(f"{_flow(key)}: {_flow(each)}" for key, each in value.items()) + "}"


def _text(value: str, style: str) -> str:
    if style == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    if style != '"' and PLAIN.fullmatch(value) and _means_itself(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    shown = "".join(each if each.isprintable() else _escape(each) for each in escaped)
    return f'"{shown}"'


def _escape(character: str) -> str:
    code = ord(character)
    return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(character) or (
        f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
    )


def _means_itself(value: str) -> bool:
    try:
        return resolve(value) == value and not value.startswith(("- ", "---"))
    except TooLongError:
        return False
