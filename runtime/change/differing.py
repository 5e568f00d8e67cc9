"""Two configurations side by side: the textual difference of every file of every layer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff

from runtime.language.packs import LayerFiles

LONGEST = 20_000
"""The most lines of a file that are compared line by line; a longer one is only said to differ."""
HEAD = 2
"""The lines of a unified diff that only name the file."""


@dataclass(frozen=True, slots=True)
class FileDifference:
    """One file that differs, called ``layer/path``. ``before`` and ``after`` are its texts, None where it was
    not there yet or is not there any more.
    """

    name: str
    before: str | None
    after: str | None

    @property
    def is_too_long(self) -> bool:
        """Whether it is not compared line by line."""
        return max(len(_lines(self.before)), len(_lines(self.after))) > LONGEST

    def lines(self) -> Iterator[str]:
        """The lines of its unified diff, the two that name it first."""
        names = (
            "/dev/null" if self.before is None else f"a/{self.name}",
            "/dev/null" if self.after is None else f"b/{self.name}",
        )
        if self.is_too_long:
            yield f"{names[0]} and {names[1]} differ, and are too long to be shown."
            return
        yield from unified_diff(_lines(self.before), _lines(self.after), *names, lineterm="")

    def body(self) -> list[str]:
        """Its changed lines with some around them, without the two that name it; none where it is too long,
        or an empty one that came or went.
        """
        return [] if self.is_too_long else list(self.lines())[HEAD:]


def differing(before: Sequence[LayerFiles], after: Sequence[LayerFiles]) -> list[FileDifference]:
    """The files that differ, by their names."""
    old, new = _files(before), _files(after)
    return [
        FileDifference(name, old.get(name), new.get(name))
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    ]


def unified(before: Sequence[LayerFiles], after: Sequence[LayerFiles]) -> Iterator[str]:
    """The lines of a unified diff of all of them."""
    for each in differing(before, after):
        yield from each.lines()


def _lines(text: str | None) -> list[str]:
    return [] if text is None else text.splitlines()


def _files(layers: Sequence[LayerFiles]) -> Mapping[str, str]:
    return {f"{each.layer.name}/{path}": text for each in layers for path, text in each.files.items()}
