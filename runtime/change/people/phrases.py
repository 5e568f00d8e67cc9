"""Phrases that the topics share: how things are named, and how two of a kind are told apart."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from runtime.model.catalog import Expression, Field, Module, Path, SortKey
from runtime.model.label import Label

T = TypeVar("T")


def pairs(before: Mapping[str, T], after: Mapping[str, T]) -> Iterator[tuple[str, T, T]]:
    """What is there before and after, by key."""
    return ((key, before[key], after[key]) for key in after if key in before)


def news(before: Mapping[str, T], after: Mapping[str, T]) -> Iterator[tuple[str, T]]:
    """What is there only after."""
    return ((key, each) for key, each in after.items() if key not in before)


def modules_of(
    before: Mapping[str, Module], after: Mapping[str, Module]
) -> Iterator[tuple[str, Module, Module]]:
    """The modules that are there before and after, without the program's own."""
    return (each for each in pairs(before, after) if not each[2].system)


def named(label: Label, key: str) -> str:
    """``Size (size)``."""
    return f"{label} ({key})"


def field_named(module: Module, field: Field) -> str:
    """``Size (deals.size)``."""
    return named(field.label, f"{module.key}.{field.key}")


def relabelled(before: Label, after: Label) -> str | None:
    """``is called "Size", and was "Volume"``; None where people read the same."""
    if before.texts == after.texts:
        return None
    languages = dict.fromkeys((*after.texts, *before.texts))
    for language in languages:
        old, new = before.in_language(language), after.in_language(language)
        if old != new:
            where = f" in {language}" if language else ""
            return f'is called "{new}"{where}, and was "{old}"'
    return None


def formula(expression: Expression | None) -> str:
    """An expression as it was written; "always" where there is none."""
    return f"`{expression.text.strip()}`" if expression else "always"


def text_of(expression: Expression | None) -> str | None:
    """What tells two expressions apart."""
    return None if expression is None else expression.text


def listed(items: Iterable[str]) -> str:
    """``a, b and c``; "nothing" for none."""
    found = list(items)
    return " and ".join((", ".join(found[:-1]), found[-1])) if len(found) > 1 else "".join(found) or "nothing"


def paths(found: Iterable[Path]) -> list[str]:
    """Paths as they are written."""
    return [path.text for path in found]


def sorts(found: Iterable[SortKey]) -> list[str]:
    """A sort order as it is written."""
    return [f"-{key.path.text}" if key.descending else key.path.text for key in found]


def lists_differ(what: str, before: list[str], after: list[str]) -> Iterator[str]:
    """``… shows a and b now, and c no more``; the order where only that differs. ``what`` is the subject."""
    if before == after:
        return
    new = [each for each in after if each not in before]
    gone = [each for each in before if each not in after]
    if new and gone:
        yield f"{what} shows {listed(new)} now, and {listed(gone)} no more."
    elif new:
        yield f"{what} shows {listed(new)} now."
    elif gone:
        yield f"{what} shows {listed(gone)} no more."
    else:
        yield f"{what} has another order: {listed(after)}."
