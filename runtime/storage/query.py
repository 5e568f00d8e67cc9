"""The one query: what lists, pickers, related lists, counts, groups and REST ask for, as a value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from runtime.model.catalog import Expression, Path, SortKey

MOST = 1000
"""The most rows of one page."""

Which = Literal["no", "only", "any"]
"""Whether deleted (or archived) records are left out, alone, or among the others."""


@dataclass(frozen=True, slots=True)
class Query:
    """Records of a module: which ones, what of them, and in what order.

    ``where`` is what the asker wants and ``rights`` what the judge allows: all must hold. Without ``sort``
    the newest record comes first. ``after`` is a cursor of an earlier page (the records behind it, or with
    ``backwards`` those before it). ``search`` is text that a person typed: each of its words must be found.
    ``ids`` are the only records that may be found. ``limit`` is cut to 1,000. ``this`` is the record one
    scope out, for conditions that read it.
    """

    module: str
    columns: tuple[Path, ...] = ()
    where: tuple[Expression, ...] = ()
    rights: tuple[Expression, ...] = ()
    sort: tuple[SortKey, ...] = ()
    limit: int = 50
    after: str | None = None
    backwards: bool = False
    deleted: Which = "no"
    archived: Which = "any"
    ids: tuple[int, ...] | None = None
    search: str | None = None
    this: Mapping[str, object] | None = None


class Row(NamedTuple):
    """One record of a page: a canonical value for each column.

    A relation comes as a :class:`Ref`, several as a tuple of them, an attribute of a picklist as the
    attribute's value. (A named tuple, because a page makes many: a frozen dataclass takes three times as long
    to make.)
    """

    id: int
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of a page, in order, and the cursors of the pages beside it; None where there is none."""

    rows: tuple[Row, ...]
    next: str | None
    previous: str | None


@dataclass(frozen=True, slots=True)
class Count:
    """How many records there are; ``capped`` when counting stopped at ``n`` and there are more."""

    n: int
    capped: bool


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A value over many records: ``count`` of them, or ``sum``, ``min``, ``max``, ``avg`` of a field."""

    function: Literal["count", "sum", "min", "max", "avg"]
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """One group: what its records have in common, and a value for each aggregate.

    Money is never added up over currencies: where an aggregate is of money, there is a group for each
    currency.
    """

    key: tuple[object, ...]
    values: tuple[object, ...]
