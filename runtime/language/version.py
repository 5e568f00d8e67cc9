"""Versions of packs: three numbers, and ranges of them."""

import re

VERSION = re.compile(r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(?:-[0-9A-Za-z.-]{1,40})?")
BOUND = re.compile(r"(>=|<=|==|!=|>|<|=)?\s*(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?", re.ASCII)

Numbers = tuple[int, int, int]


def read_version(text: str) -> Numbers | None:
    """The three numbers of a version; a pre-release counts as the release it leads to. None when it is no
    version.
    """
    found = VERSION.fullmatch(text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def read_range(text: str) -> list[tuple[str, Numbers]] | None:
    """The bounds of a range such as ``>=1.0, <2``; [] for any version. None when it is no range."""
    if text.strip() == "*":
        return []
    bounds: list[tuple[str, Numbers]] = []
    for part in text.split(","):
        found = BOUND.fullmatch(part.strip())
        if not found:
            return None
        bounds.append((found[1] or "==", (int(found[2]), int(found[3] or 0), int(found[4] or 0))))
    return bounds


def fits(version: Numbers, bounds: list[tuple[str, Numbers]]) -> bool:
    """Whether a version is inside every bound."""
    return all(_holds(version, sign, bound) for sign, bound in bounds)


def _holds(version: Numbers, sign: str, bound: Numbers) -> bool:
    match sign:
        case ">=":
            return version >= bound
        case "<=":
            return version <= bound
        case ">":
            return version > bound
        case "<":
            return version < bound
        case "!=":
            return version != bound
    return version == bound
