"""Two configurations side by side: the textual difference of every file of every layer."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import unified_diff

from runtime.language.packs import LayerFiles

LONGEST = 20_000
"""The most lines of a file that are compared line by line; a longer one is only said to differ."""


def unified(before: Sequence[LayerFiles], after: Sequence[LayerFiles]) -> Iterator[str]:
    """The lines of a unified diff; files are called ``layer/path``."""
    old, new = _files(before), _files(after)
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            yield from _file(name, old.get(name), new.get(name))


def _file(name: str, old: str | None, new: str | None) -> Iterator[str]:
    before, after = (text.splitlines() if text is not None else [] for text in (old, new))
    names = ("/dev/null" if old is None else f"a/{name}", "/dev/null" if new is None else f"b/{name}")
    if max(len(before), len(after)) > LONGEST:
        yield f"{names[0]} and {names[1]} differ, and are too long to be shown."
        return
    yield from unified_diff(before, after, *names, lineterm="")


def _files(layers: Sequence[LayerFiles]) -> Mapping[str, str]:
    return {f"{each.layer.name}/{path}": text for each in layers for path, text in each.files.items()}
