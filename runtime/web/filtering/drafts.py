"""Drafts: a condition as a form holds it, half-typed values and all, and what a form's buttons do to it.

The form names its parts in their order under ``part``: ``open:1 row:2 text:3 close:1``. The controls of each
part begin with its key: ``c2.field`` (a step of the path each), ``c2.operator``, ``c2.value`` and the other
holes; ``c1.word``; ``c3.text``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from runtime.base.messages import message
from runtime.expressions.conditions import DEEPEST, MOST_PARTS, WORDS
from runtime.web.errors import bad_request
from runtime.web.forms import Form

NOTHING: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A row: ``held`` is what its value's controls hold, by hole."""

    key: str
    path: str = ""
    operator: str = ""
    held: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class DraftText:
    """A part that is written as an expression."""

    key: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class DraftGroup:
    """A group of parts."""

    key: str
    word: str = "all"
    parts: "tuple[Draft, ...]" = ()


Draft = DraftRow | DraftText | DraftGroup
LONGEST = 8000
"""Characters of all written parts together: twice what a condition may have."""
HOLES = ("value", "low", "high", "values", "n")


def read_draft(form: Form) -> DraftGroup:
    """What a form holds; raises RefusedError for one that no browser of ours has sent."""
    marks = form.texts("part")
    count = sum(not mark.startswith("close:") for mark in marks)
    if count > MOST_PARTS or len(marks) > 2 * count:
        raise bad_request(message("A filter has {most} parts at most.", most=MOST_PARTS), "part")
    written = (mark.removeprefix("text:") for mark in marks if mark.startswith("text:"))
    if sum(len(form.text(f"c{key}.text")) for key in written) > LONGEST:
        raise bad_request(
            message("The expressions of a filter have {most} characters at most.", most=LONGEST)
        )
    stack: list[tuple[str, str, list[Draft]]] = [("", "all", [])]
    for mark in marks:
        kind, _, key = mark.partition(":")
        if not key.isalnum() or len(key) > 8:
            raise _unreadable()
        if kind == "open" and len(stack) <= DEEPEST + 1:
            word = form.text(f"c{key}.word", "all")
            stack.append((key, word if word in WORDS else "all", []))
        elif kind == "close" and len(stack) > 1:
            closed, word, parts = stack.pop()
            stack[-1][2].append(DraftGroup(closed, word, tuple(parts)))
        elif kind == "row":
            stack[-1][2].append(_row(form, key))
        elif kind == "text":
            stack[-1][2].append(DraftText(key, form.text(f"c{key}.text").replace("\r\n", "\n")))
        else:
            raise _unreadable()
    whole = stack[0][2]
    if len(stack) != 1 or len(whole) != 1 or not isinstance(whole[0], DraftGroup):
        raise _unreadable()
    return whole[0]


def _unreadable() -> Exception:
    return bad_request(message("This form cannot be read. Load the page anew, and try again."), "part")


def _row(form: Form, key: str) -> DraftRow:
    path = ".".join(step for step in form.texts(f"c{key}.field") if step)
    if path != form.text(f"c{key}.was"):
        return DraftRow(key, path)  # the operator and the values were those of another field
    held = {
        hole: tuple(text for text in form.texts(f"c{key}.{hole}") if text)
        or _typed(form, f"c{key}.{hole}:text")
        for hole in HOLES
        if f"c{key}.{hole}" in form or f"c{key}.{hole}:text" in form
    }
    return DraftRow(key, path, form.text(f"c{key}.operator"), held)


def _typed(form: Form, name: str) -> tuple[str, ...]:
    """A record's title, where a browser without JavaScript has no ids to choose from."""
    typed = form.text(name).strip()
    return (typed,) if typed else ()


def changed(whole: DraftGroup, act: str, key: str) -> tuple[DraftGroup, str]:
    """A draft after a button: ``row``, ``group`` or ``text`` add a part to the group of a key, ``remove``
    takes one away. The second is the key of the part that is to be looked at next.
    """
    if act == "remove":
        left = _without(whole, key)
        return (left if isinstance(left, DraftGroup) else replace(whole, parts=())), _before(whole, key)
    fresh = _free_key(whole)
    made: Mapping[str, Draft] = {
        "row": DraftRow(fresh),
        "text": DraftText(fresh),
        "group": DraftGroup(fresh, "any", (DraftRow(f"{fresh}a"),)),
    }
    if act not in made:
        return whole, ""
    return _with(whole, key, made[act]), f"{fresh}a" if act == "group" else fresh


def each_of(draft: Draft) -> Iterator[Draft]:
    """The draft, and every part in it, in order."""
    yield draft
    if isinstance(draft, DraftGroup):
        for part in draft.parts:
            yield from each_of(part)


def depth_of(whole: DraftGroup, key: str, depth: int = 1) -> int:
    """How deep a group stands: 1 is the whole; 0 when there is no such group."""
    if whole.key == key:
        return depth
    inner = (part for part in whole.parts if isinstance(part, DraftGroup))
    return max((depth_of(part, key, depth + 1) for part in inner), default=0)


def _with(group: DraftGroup, key: str, part: Draft) -> DraftGroup:
    parts = tuple(_with(each, key, part) if isinstance(each, DraftGroup) else each for each in group.parts)
    return replace(group, parts=(*parts, part) if group.key == key else parts)


def _without(draft: Draft, key: str) -> Draft | None:
    """The draft without a part; a group that was left with none goes too."""
    if draft.key == key:
        return None
    if not isinstance(draft, DraftGroup):
        return draft
    kept = tuple(part for each in draft.parts if (part := _without(each, key)) is not None)
    return replace(draft, parts=kept) if kept or not draft.parts else None


def _before(whole: DraftGroup, key: str) -> str:
    """The part that stands before another, and after it where there is none before."""
    keys = [each.key for each in each_of(whole) if not isinstance(each, DraftGroup)]
    gone = {each.key for part in each_of(whole) if part.key == key for each in each_of(part)}
    left = [each for each in keys if each not in gone]
    earlier = [each for each in keys[: keys.index(key) if key in keys else 0] if each not in gone]
    return earlier[-1] if earlier else left[0] if left else ""


def _free_key(whole: DraftGroup) -> str:
    keys: Sequence[str] = [each.key for each in each_of(whole)]
    return next(text for number in range(1, len(keys) + 2) if (text := str(number)) not in keys)
