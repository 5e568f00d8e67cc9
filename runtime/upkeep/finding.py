"""A finding of the doctor: what is wrong, as a sentence, and how it is mended, as another."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found. ``check`` is the check's key; what is not ``is_wrong`` is to be known."""

    code: str
    check: str
    what: str
    fix: str
    is_wrong: bool = True
