"""What goes into the writer, and what comes out of it: changes, and what became of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from runtime.base.messages import Message
from runtime.model.values import Ref

Errors = Mapping[str, tuple[Message, ...]]
"""Messages by field. A row's are under ``items.0.quantity``; those of the record as a whole under ''."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one record.

    ``values`` are as they were written (see :class:`runtime.fields.base.Parsing`), by field; rows are a list
    under their name. Without ``id`` a record is created. ``version`` is the version that the change was made
    on: when the record has another by now, nothing is written. ``action`` is ``save``, ``delete`` or
    ``restore``. ``read`` says that the values were read already (:class:`runtime.records.reading.Reading`).
    ``anyway``: who saves has seen the records that it may be a duplicate of. ``settled``: what becomes of the
    records of a user who is deactivated has been decided.
    """

    module: str
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    id: int | None = None
    version: int | None = None
    action: str = "save"
    read: bool = False
    anyway: bool = False
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """A change that holds.

    ``action`` is ``created``, ``updated``, ``unchanged``, ``deleted`` or ``restored``. ``change_set`` is what
    an undo takes back; None where nothing was written.
    """

    module: str
    id: int
    version: int
    action: str
    change_set: int | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A change of which nothing was written.

    ``kind`` is ``invalid`` (values), ``conflict`` (somebody else saved first), ``not_found``, ``forbidden``,
    ``restricted`` (other records stand in the way of a deletion or a restore), ``duplicate`` (it may be there
    already, and may be saved all the same), or ``batch`` (nothing is wrong with it, but another change of an
    all-or-nothing batch was refused). ``alike`` are records that it may be a duplicate of.
    """

    errors: Errors
    kind: str = "invalid"
    alike: tuple[Ref, ...] = ()
