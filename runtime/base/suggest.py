"""Did you mean: the known name nearest to a misspelt one."""

import difflib
from collections.abc import Iterable


def suggest(written: str, known: Iterable[str]) -> str | None:
    """The best match among ``known``, or None when nothing is near enough to be helpful."""
    by_folded: dict[str, str] = {}
    for name in known:
        by_folded.setdefault(name.casefold(), name)
    near = difflib.get_close_matches(written.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[near[0]] if near else None


def did_you_mean(written: str, known: Iterable[str]) -> str:
    """``did you mean "stage"?``, or an empty text when nothing is near."""
    nearest = suggest(written, known)
    return f'did you mean "{nearest}"?' if nearest else ""
