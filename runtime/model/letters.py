"""Letters: what the CRM writes to people, and the templates that a pack has for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runtime.model.catalog import Collection, Expression, Origin


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be sent. Two of one ``key`` are the same; after ``until`` it is of no use any more.

    There is always a ``text``; ``html`` says the same for programs that draw it.
    """

    key: str
    kind: str
    recipient: str
    subject: str
    text: str
    until: datetime | None = None
    html: str = ""
    reply_to: str = ""


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
class LetterTemplate:
    """A letter about a record of a module. ``subject``, ``text`` and ``html`` are by language; the last may
    be empty.
    """

    key: str
    module: str
    subject: Mapping[str, LetterPart]
    text: Mapping[str, LetterPart]
    html: Mapping[str, LetterPart]
    origin: "Origin"
