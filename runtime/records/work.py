"""Work: a change on its way through the writer's steps, and what became of it so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

from runtime.base.messages import Message, message
from runtime.fields.base import Parsing
from runtime.identity.actor import Actor
from runtime.model.values import Link, Ref
from runtime.records.access import Judge
from runtime.records.change import Change, Refused, Saved
from runtime.records.plan import ModulePlan, Plans
from runtime.records.reading import Reading
from runtime.storage.transaction import Transaction

NO_FORMATS: Mapping[str, Parsing] = MappingProxyType({})
"""All fields are read alike."""

FOUND_NOTHING = message("There is no such record.")
STALE = message("Somebody else has saved this record in the meantime.")
IN_THE_BATCH = message("Nothing was saved, because another record of the batch was refused.")


@dataclass(slots=True)
class Asked:
    """One change as it was asked for, and the messages about it and its rows."""

    index: int
    change: Change
    errors: dict[str, list[Message]] = field(default_factory=dict)
    kind: str = "invalid"
    result: Saved | None = None
    alike: list[Ref] = field(default_factory=list)

    def refuse(self, key: str, reason: Message, kind: str = "invalid") -> None:
        """Note why nothing of it will be written.

        The first reason that is not about a value gives the kind.
        """
        if kind != "invalid" and (self.kind == "invalid" or not self.errors):
            self.kind = kind
        self.errors.setdefault(key, []).append(reason)

    @property
    def refused(self) -> bool:
        """Whether something is wrong with it."""
        return bool(self.errors)

    def outcome(self) -> Saved | Refused:
        """What the caller is told."""
        if self.result is not None and not self.errors:
            return self.result
        if not self.errors:
            return Refused({"": (IN_THE_BATCH,)}, "batch")
        errors = {key: tuple(reasons) for key, reasons in self.errors.items()}
        return Refused(errors, self.kind, tuple(self.alike))


@dataclass(slots=True)
class LinkChange:
    """What becomes of one record's links of one field.

    ``before`` and ``after`` are in order, hidden ones left out.
    """

    before: tuple[Link, ...]
    after: tuple[Link, ...]
    removed: tuple[int, ...]
    written: tuple[tuple[int, Link], ...]


@dataclass(slots=True)
class Work:
    """One record being saved: the record of a change, or a row of it (``path`` is then ``items.0.``).

    ``old`` is the record as it stands, by field, without linked fields; None for a new one. ``values`` are
    the canonical values to be written. A new record has a negative ``id`` until everything is known to be
    right. ``worked_out`` are the fields that the save has filled by itself, each with what filled it,
    ``ruled`` those that rules and formulas have set while somebody types, and ``echoed`` is what was sent of
    virtual fields.
    """

    plan: ModulePlan
    asked: Asked
    raw: Mapping[str, object]
    id: int
    path: str = ""
    version: int | None = None
    parent: "Work | None" = None
    old: dict[str, object] | None = None
    values: dict[str, object] = field(default_factory=dict)
    links: dict[str, LinkChange] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    touched: bool = False
    worked_out: dict[str, str] = field(default_factory=dict)
    echoed: dict[str, object] = field(default_factory=dict)
    ruled: set[str] = field(default_factory=set)

    @property
    def is_new(self) -> bool:
        """Whether the record is being created."""
        return self.old is None

    def refuse(self, key: str, reason: Message, kind: str = "invalid") -> None:
        """Note what is wrong, at the place where a person wrote it."""
        self.asked.refuse(f"{self.path}{key}".rstrip("."), reason, kind)

    def get(self, key: str) -> object:
        """The value that a stored field will have."""
        if key in self.values:
            return self.values[key]
        return self.old.get(key) if self.old is not None else None


@dataclass(slots=True)
class Removal:
    """A row that the list under its parent no longer names."""

    plan: ModulePlan
    asked: Asked
    id: int


@dataclass(slots=True)
class Batch:
    """Everything one call of the writer works on; its transaction and its moment when it has begun one.

    ``wanted`` are the changes of records that are to be found first, by module.
    ``formulas`` run whatever their moments are; ``keeping`` is how worked-out values are read, by the
    currency of money without one. ``turning`` are the records that are to go into the bin, or to come out of
    it (True). ``asking``: nothing will be written, somebody only asks what would be.
    """

    plans: Plans
    judge: Judge
    tx: Transaction = field(init=False)
    actor: Actor
    parsing: Parsing
    formats: Mapping[str, Parsing]
    atomic: bool
    now: datetime = field(init=False)
    today: date = field(init=False)
    asked: list[Asked] = field(default_factory=list)
    wanted: dict[str, list[Asked]] = field(default_factory=dict)
    works: dict[str, list[Work]] = field(default_factory=dict)
    removals: list[Removal] = field(default_factory=list)
    new: int = 0
    readings: dict[tuple[str, bool], Reading] = field(default_factory=dict)
    formulas: frozenset[str] = frozenset()
    keeping: dict[str, Parsing] = field(default_factory=dict)
    turning: list[tuple[ModulePlan, int, bool]] = field(default_factory=list)
    asking: bool = False
    lost: int = 0

    def enter(self, tx: Transaction, now: datetime, today: date) -> None:
        """Go on in a transaction, at a moment; the day is the site's."""
        self.tx, self.now, self.today = tx, now, today

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.plans.dialect

    def add(self, work: Work) -> None:
        """Take a record into the batch."""
        self.works.setdefault(work.plan.key, []).append(work)

    def fresh_id(self) -> int:
        """An id that stands for a record which has none yet."""
        self.new += 1
        return -self.new

    def all(self) -> list[Work]:
        """Every record of the batch, parents before their rows."""
        modules = sorted(self.works.values(), key=lambda works: works[0].plan.depth)
        return [work for works in modules for work in works]

    def drop_refused(self) -> None:
        """Leave out what is refused; all of it, when the batch is all or nothing."""
        nothing = self.atomic and any(asked.refused for asked in self.asked)
        for key, works in list(self.works.items()):
            kept = [] if nothing else [work for work in works if not work.asked.errors]
            if kept:
                self.works[key] = kept
            else:
                del self.works[key]
        self.removals = [] if nothing else [each for each in self.removals if not each.asked.errors]
