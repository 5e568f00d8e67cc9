"""Workflows: what a configuration does by itself when something has happened."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from runtime.model.label import Label

if TYPE_CHECKING:
    from runtime.model.catalog import Collection, Expression, Field, Origin

CREATED, UPDATED, CHANGED, DELETED, RESTORED = "created", "updated", "changed", "deleted", "restored"
LINKED, UNLINKED = "linked", "unlinked"
"""What may happen to a record. ``changed`` is said of a record of which only computed fields changed;
``linked`` of one that another record was joined to.
"""

DEEPEST = 8
"""How many runs one chain may have, of which each is the cause of the next."""


@dataclass(frozen=True, slots=True)
class Event:
    """What a trigger looks at in a save: what happened, and where ``fields`` are named, which of them
    changed, from one of the values ``before`` to one of the values ``after`` (None: any). With a
    ``collection`` it looks at the records of that, and the workflow runs for the one that they hang on.
    """

    on: frozenset[str]
    fields: tuple[str, ...] = ()
    before: tuple[object, ...] | None = None
    after: tuple[object, ...] | None = None
    collection: "Collection | None" = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """Why a workflow runs. ``kind`` is the trigger's name; ``events`` are what it looks at in saves."""

    kind: str
    events: tuple[Event, ...]
    origin: "Origin"
    settings: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Effect:
    """What is done to records of a ``module``: what happens to them (``on``), and to which ``fields``."""

    module: str
    on: str
    fields: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Several:
    """Several records: those of a ``collection`` of the record that ``of`` gives (None: of the workflow's
    own).
    """

    collection: "Collection"
    of: "Expression | None"
    text: str


@dataclass(frozen=True, slots=True)
class Filtered:
    """Several records: those that the filter ``key`` of a module finds, by its condition ``where``."""

    module: str
    key: str
    where: "Expression | None"

    @property
    def text(self) -> str:
        """How it is named."""
        return f"{self.module}.{self.key}"


@dataclass(frozen=True, slots=True)
class People:
    """Users: those that expressions give (groups mean their members), or those who administer the CRM."""

    of: "tuple[Expression, ...]"
    admins: bool = False

    @property
    def text(self) -> str:
        """How it was written."""
        return "admins" if self.admins else ", ".join(each.text for each in self.of)


@dataclass(frozen=True, slots=True)
class Words:
    """Texts, each of which an expression gives."""

    of: "tuple[Expression, ...]"

    @property
    def text(self) -> str:
        """How it was written."""
        return ", ".join(each.text for each in self.of)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a ``module`` that a new record is given: one for each of the records ``of``, or of each in
    ``values``.
    """

    module: str
    of: Several | None
    values: "tuple[Mapping[str, Expression], ...]"


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``place`` tells it apart in its workflow (``2.then.0``), ``named`` is what later steps call
    the record that it gives. ``settings`` are those of its kind: expressions, values by field, steps.
    """

    kind: str
    place: str
    settings: Mapping[str, Any]
    named: str
    origin: "Origin"

    def branches(self) -> "Iterator[tuple[str, tuple[Step, ...]]]":
        """The lists of steps inside it, by their names."""
        for key, value in self.settings.items():
            if isinstance(value, tuple) and all(isinstance(each, Step) for each in value):
                yield key, value

    def walk(self) -> "Iterator[Step]":
        """Itself and all steps inside it."""
        yield self
        for _, steps in self.branches():
            for step in steps:
                yield from step.walk()


@dataclass(frozen=True, slots=True)
class OnError:
    """What becomes of a step that fails: how often it is tried again, after how long at first, and what is
    done when it has failed for good.
    """

    times: int = 0
    backoff: timedelta = timedelta(seconds=60)
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow, or what a tool, a job or an approval does: steps that runs do. ``module`` is '' where it is
    about no record. ``names`` are the records that its steps have made or found, each with its module.

    ``digest`` tells two texts of it apart: a run goes on with the steps that it began with.
    """

    key: str
    label: Label
    module: str
    triggers: tuple[Trigger, ...]
    when: "Expression | None"
    once: bool
    active: bool
    steps: tuple[Step, ...]
    on_error: OnError
    names: Mapping[str, str]
    digest: str
    origin: "Origin"
    delay: timedelta | None = None
    until: "Expression | None" = None
    recheck: bool = False
    run_as: "Expression | None" = None
    """The user whose rights hold for what its steps write; None: the system's."""
    as_causer: bool = False
    """Whether that is whoever caused the run."""
    keeps: frozenset[str] = frozenset()
    """The fields of which a run keeps what they held before the save."""
    inputs: "Mapping[str, Field]" = field(default_factory=lambda: MappingProxyType({}))
    """The fields that are filled in before it begins, which its steps name as ``inputs.due``."""

    @property
    def by_hand(self) -> bool:
        """Whether somebody may set it going with a button."""
        return any(each.kind == "manual" for each in self.triggers)

    def all_steps(self) -> Iterator[Step]:
        """Its steps and those inside them."""
        for step in (*self.steps, *self.on_error.steps):
            yield from step.walk()
