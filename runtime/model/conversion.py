"""Conversion: where a field's values come from when a change makes the field, or makes it another kind."""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as fresh

from runtime.base.diagnostic import Span


@dataclass(frozen=True, slots=True)
class Written:
    """An expression as it was written, about records as the applied configuration has them: what its names
    mean is known where a database is, when a plan is made. ``locate`` tells where a stretch of it stands.
    """

    text: str
    span: Span
    locate: Callable[[int, int], Span] = fresh(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a field says of its values before.

    ``value`` gives the value from the record as it was, and ``fill`` one to records that have none when the
    field becomes required. ``split`` is the field that this one is a part of, ``merge`` those that it is put
    together from. Where the field points at records, they are found by their field ``match``, by their title
    where none is named, and ``create`` makes those that are not there.
    """

    span: Span
    value: Written | None = None
    fill: Written | None = None
    split: str | None = None
    merge: tuple[str, ...] = ()
    match: str | None = None
    create: bool = False

    @property
    def is_of_values(self) -> bool:
        """Whether it gives values to a field that is new."""
        return bool(self.value or self.merge or self.split or self.fill)
