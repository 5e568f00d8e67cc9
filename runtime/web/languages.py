"""The language of somebody who is not known yet: what the browser asks for, as far as the site has it."""

from collections.abc import Sequence


def asked_language(header: str, known: Sequence[str]) -> str:
    """The best of the ``known`` languages for an ``Accept-Language`` header (RFC 9110); the first by default.

    A header that is no list of languages asks for nothing.
    """
    asked: list[tuple[float, str]] = []
    for part in header[:500].split(","):
        name, _, weight = part.strip().partition(";")
        asked.append((-_weight(weight), name.strip().lower()))
    for unwanted, name in sorted(asked, key=lambda each: each[0]):
        found = name if name in known else name.partition("-")[0]
        if unwanted < 0 and found in known:
            return found
    return known[0]


def _weight(text: str) -> float:
    name, _, number = text.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(1.0, max(0.0, float(number)))
    except ValueError:
        return 0.0
