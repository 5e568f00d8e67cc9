"""Letters: what the CRM writes to people, and the templates that a pack has for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runtime.model.catalog import Collection, Expression, Origin


@dataclass(frozen=True, slots=True)
class OptOut:
    """Where a record says that its person wants no such letters: its table, its id, and the column of a
    boolean field, by the names that stay.
    """

    table: str
    record_id: int
    column: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be sent. Two of one ``key`` are the same; after ``until`` it is of no use any more.

    There is always a ``text``; ``html`` says the same for programs that draw it. ``sender`` is who it comes
    from, where that is not the CRM itself; one with an ``opt_out`` tells how to be rid of such letters, in
    ``language``. ``files`` are the ids of the records of the files that go with it.
    """

    key: str
    kind: str
    recipient: str
    subject: str
    text: str
    until: datetime | None = None
    html: str = ""
    reply_to: str = ""
    sender: str = ""
    opt_out: OptOut | None = None
    language: str = ""
    files: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LetterLoop:
    """What a text reads of each record of a collection; the expressions stand in the order of its paths."""

    collection: "Collection"
    reads: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class LetterPart:
    """One text of a template in one language; the expressions stand in the order of its paths."""

    text: str
    reads: "tuple[Expression, ...]"
    loops: tuple[LetterLoop, ...]


@dataclass(frozen=True, slots=True)
class DocumentTemplate:
    """A file about a record of a module. ``name`` (without an ending) and ``body`` are by language."""

    key: str
    module: str
    name: Mapping[str, LetterPart]
    body: Mapping[str, LetterPart]
    is_html: bool
    origin: "Origin"


@dataclass(frozen=True, slots=True)
class LetterTemplate:
    """A letter about a record of a module. ``subject``, ``text`` and ``html`` are by language; the last may
    be empty. ``opt_out`` is the boolean field that says who wants no such letters, or ''.
    """

    key: str
    module: str
    subject: Mapping[str, LetterPart]
    text: Mapping[str, LetterPart]
    html: Mapping[str, LetterPart]
    origin: "Origin"
    opt_out: str = ""
