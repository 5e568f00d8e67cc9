"""What a step declares, and what it is handed when it runs."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Any, ClassVar, Protocol

from runtime.base.messages import Message
from runtime.model.catalog import Collection, Expression
from runtime.model.letters import OptOut
from runtime.model.outbound import Answer, Request
from runtime.model.types import RecordType
from runtime.model.workflow import UPDATED, Effect

RECORD, RECORDS, MODULE, VALUES, ROWS = "record", "records", "module", "values", "rows"
STEPS, CONDITION, VALUE, DURATION, NAME, FLAG = "steps", "condition", "value", "duration", "name", "flag"
WORKFLOW, MOMENT, PEOPLE, LETTER = "workflow", "moment", "people", "letter"
METHOD, DATA, SECRET, ANSWER = "method", "data", "secret", "answer"
DOCUMENT, FILES = "document", "files"
TOOL, INPUTS, FIELDS = "tool", "inputs", "fields"
ROLE, THEN = "role", "then"
LINKS, SAID = "links", "said"
OWNER, TAGS, TAGS_IN = "owner", "tags", "tags_in"
"""What a setting may be: a record (``=account``), several (``=contacts``, ``{filter: deals.open}``), a
module's key, values by field, rows of a new record, a list of steps, a condition, a text or what an
expression gives, a duration, a name for what steps inside call a record, true or false, another workflow's
key, a moment behind an =, people (``admins``, or users behind an =), a letter of ``templates/mail/``, a
method of HTTP, values by any name, the name of a secret, what of an answer goes into which field, a document
of ``templates/documents/``, files (records behind an =, or a list of them), a tool as ``module.tool``, what
its inputs get, fields of a module, a role, what follows when a time is over, the list of
linked records that one is put into, what the link itself says, a user or a group behind an =, tags, and the
field that holds them.
"""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a step. ``of`` is the setting that says of which module the values are; ``optional`` is
    a record that may be none, where steps are about no record.
    """

    what: str
    about: str
    required: bool = False
    of: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """A record that a step is given."""

    module: str
    id: int


@dataclass(frozen=True, slots=True)
class Enter:
    """Steps inside this one are next: those of ``branch``, once, or for each of ``items``, which they call
    ``named``. With ``ends`` the run ends behind them. With ``more`` the step itself is next behind them, for
    other records: it is what the step keeps until then (JSON). ``before`` so many records there were already.
    """

    branch: str
    items: tuple[Target, ...] | None = None
    named: str = ""
    ends: bool = False
    before: int = 0
    more: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some of many records, ``before`` which there were so many others; ``more`` is what finds those behind
    them, None where there are none.
    """

    records: tuple[Target, ...]
    before: int
    more: Mapping[str, Any] | None


class Paged(Protocol):
    """Records that are found page by page, for there may be many."""

    def page(self, kept: Mapping[str, Any]) -> Page:
        """The page that ``more`` of the one before it finds; of nothing the first."""
        ...


@dataclass(frozen=True, slots=True)
class Did:
    """What a step did. ``effects`` are JSON, for people to read; ``record`` is what later steps may name.

    ``enter``: steps inside it are next. ``stop``: the run ends here. ``until``: the next step waits.
    """

    effects: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    record: Target | None = None
    enter: Enter | None = None
    stop: bool = False
    until: datetime | None = None
    again: Mapping[str, Any] | None = None
    """Where the step itself is to be looked at again at that moment: what it keeps until then (JSON)."""


class StepError(Exception):
    """A step that cannot be done; the message tells the reader why.

    ``lasting``: to try again is of no use before somebody mends something.
    """

    def __init__(self, reason: Message, *, lasting: bool = True) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.lasting = lasting


class WrittenLetter(Protocol):
    """A letter as it is sent."""

    @property
    def subject(self) -> str:
        """What it is about."""
        ...

    @property
    def text(self) -> str:
        """What it says."""
        ...

    @property
    def html(self) -> str:
        """The same for programs that draw it, or nothing."""
        ...

    @property
    def opt_out(self) -> OptOut | None:
        """Where its record says that such letters are not wanted."""
        ...

    @property
    def language(self) -> str:
        """The language that was asked for."""
        ...


class WrittenDocument(Protocol):
    """A document as its file holds it."""

    @property
    def name(self) -> str:
        """What the file is called."""
        ...

    @property
    def text(self) -> str:
        """What it holds."""
        ...


class Reaching(Protocol):
    """What a step is handed that calls another system, while no transaction is open."""

    @property
    def key(self) -> str:
        """The same for every attempt at this step of this run, and for no other."""
        ...

    def secret(self, name: str) -> str:
        """A secret that is kept in the setup. Raises :class:`StepError`."""
        ...

    def send(self, request: Request) -> Answer:
        """Call another system. Raises :class:`StepError`."""
        ...


class Doing(Protocol):
    """What a step is handed. All that it writes lands together with the note that it was done."""

    @property
    def reached(self) -> object:
        """What :meth:`StepKind.reach` gave."""
        ...

    @property
    def record(self) -> Target:
        """The run's own record."""
        ...

    @property
    def key(self) -> str:
        """The same for every attempt at this step of this run, and for no other: who gets it twice knows."""
        ...

    @property
    def now(self) -> datetime:
        """The present moment."""
        ...

    def save(
        self, module: str, values: Mapping[str, object], id: int | None = None
    ) -> tuple[Target, str, tuple[str, ...]]:
        """Save a record as the one writer does: the record, what became of it (``created``, ``updated``,
        ``unchanged``), and its fields that changed. Raises :class:`StepError`.
        """
        ...

    def find(self, module: str, values: Mapping[str, object]) -> Target | None:
        """The record made first that has these values, of those that the run may see; None where none is."""
        ...

    @property
    def timezone(self) -> tzinfo:
        """The site's time zone."""
        ...

    def tags(self, target: Target, field: str) -> tuple[str, ...]:
        """The tags that a field of a record holds."""
        ...

    def delete(self, target: Target) -> None:
        """Put a record into the bin. Raises :class:`StepError`."""
        ...

    def link(
        self, collection: Collection, owner: Target, other: Target, says: Mapping[str, object] | None
    ) -> None:
        """Put a record into another one's list, the link saying so; take it out (None). Raises
        :class:`StepError`.
        """
        ...

    def hand_over(self, source: Target, to: Target) -> int:
        """Hang the files that hang on a record on another: so many. Raises :class:`StepError`."""
        ...

    def remembered(self) -> Mapping[str, Any]:
        """What this step has kept since it was begun, where it is looked at again."""
        ...

    def run_formulas(self, target: Target) -> str:
        """Save a record as it stands, so that its formulas run: what became of it. Raises
        :class:`StepError`.
        """
        ...

    def run_workflow(self, workflow: str, target: Target) -> int | None:
        """Have another workflow run for a record: its run, or None where the workflow does not run for it."""
        ...

    def run_tool(self, module: str, tool: str, target: Target, inputs: Mapping[str, object]) -> int | None:
        """Have a tool used for a record: its run, or None where the tool is not for it."""
        ...

    def as_json(self, module: str, values: Mapping[str, object]) -> dict[str, Any]:
        """Values of a module's fields as JSON."""
        ...

    def mail(
        self, people: Sequence[str], letter: WrittenLetter, reply_to: str, sender: str, files: Sequence[int]
    ) -> None:
        """Send a letter to each of these addresses once the step has landed, with the files of these ids;
        from the CRM itself, or from an address that mail may come from. Raises :class:`StepError`.
        """
        ...

    def keep_file(self, document: WrittenDocument, about: Target) -> Target:
        """Keep a document as a file that hangs on a record: the file's record. Raises :class:`StepError`."""
        ...

    def approvers(self, people: Sequence[int] | None, role: str) -> list[int]:
        """The users who are asked: these, groups meaning their members, or those of a role."""
        ...

    def ask_approval(self, people: Sequence[int], until: datetime | None) -> int:
        """Ask users to decide, in their inbox and their mail; gives the number of the request."""
        ...

    def decision(self, request: int) -> tuple[str, Mapping[str, Any]]:
        """What has become of a request: its state, and who decided and why (JSON). Nobody decides it before
        the step has landed.
        """
        ...

    def close_request(self, request: int, state: str) -> None:
        """Nobody has decided in time."""
        ...

    def is_escalated(self) -> bool:
        """Whether the request before this one, of the same run, was not decided in time."""
        ...

    def notify(self, people: Sequence[int] | None, text: str, about: Target | None) -> int:
        """Tell people in the CRM (None: those who administer it), once for each key; says how many."""
        ...


class StepKind(ABC):
    """A kind of step. The class's docstring is its page of the reference."""

    name: ClassVar[str]
    """How it is written."""
    title: ClassVar[Message]
    """What it is called on the admin pages."""
    icon: ClassVar[str] = "player-play"
    """What it is drawn with there, one of ``runtime/web/static/icons.txt``."""
    settings: ClassVar[Mapping[str, Setting]]
    """Its settings. One that is called like the step itself is what stands behind its name."""
    beside: ClassVar[Sequence[str]] = ()
    """The settings that stand beside the step's name, and not in the map behind it (``then``, ``else``)."""
    one_of: ClassVar[tuple[str, ...]] = ()
    """The settings of which exactly one is written."""
    together: ClassVar[tuple[str, ...]] = ()
    """The settings that are written together, or not at all."""
    writes: ClassVar[bool] = False
    """Whether it writes the records that its settings name: others keep off them meanwhile."""
    gives: ClassVar[str] = ""
    """The setting that says of which module the record is that it gives; '' where it gives none."""
    gives_module: ClassVar[str] = ""
    """The module of what it gives, where that is always the same."""

    only_in: ClassVar[tuple[str, ...]] = ()
    """What may have it among its steps (``tool``); () where anything may."""
    right: ClassVar[str] = ""
    """The right that it takes on the record, or on the module of the record, that its settings name."""
    groups: ClassVar[bool] = False
    """Whether its steps are done in one transaction, all of them or none."""
    waits: ClassVar[bool] = False
    """Whether the next step may be put off: no transaction stays open for so long."""
    reaches_out: ClassVar[bool] = False
    """Whether :meth:`reach` is called first."""

    def sets(self, stated: Mapping[str, Any]) -> Mapping[str, Expression]:
        """Which fields of the record that its settings name it writes, and what each of them gets."""
        return {}

    def effects(self, stated: Mapping[str, Any], own: str) -> Iterator[Effect]:
        """What it does to records, as far as its settings say. ``own`` is the module of the run's record."""
        fields = frozenset(self.sets(stated))
        if fields:
            for module in modules_of(stated, own):
                yield Effect(module, UPDATED, fields)

    def uses(self, stated: Mapping[str, Any]) -> str:
        """The key of what it has run: a workflow's, or ``tool:deals.postpone``; '' of nothing."""
        return ""

    def reach(self, reaching: Reaching, given: Mapping[str, Any]) -> object:
        """Call another system, at least once: a worker that dies leaves it to the next one, under the same
        key. Gives what ``run`` finds in ``doing.reached``. Raises :class:`StepError`.
        """
        return None

    @abstractmethod
    def run(self, doing: Doing, given: Mapping[str, Any]) -> Did:
        """Do it. ``given`` has the settings with what their expressions give: a record as a
        :class:`Target` or None, values by field; steps are not among them. Raises :class:`StepError`.
        """


def modules_of(stated: Mapping[str, Any], own: str) -> tuple[str, ...]:
    """The modules of which the record may be that the settings of a step name; without it the ``own`` one."""
    record = stated.get("record")
    if isinstance(record, Expression) and isinstance(record.type, RecordType):
        return record.type.modules
    return (own,)


def linked(collection: Collection) -> Effect:
    """What becomes of the record that holds the links of a list, when one of them comes or goes."""
    holder = collection.module if collection.kind == "links" else collection.target
    return Effect(holder, UPDATED, frozenset((collection.via,)))


def changed(doing: Doing, record: Target, values: Mapping[str, object]) -> Did:
    """Save other values of a record, and tell what became of it."""
    saved, what, fields = doing.save(record.module, values, record.id)
    return Did({"what": what, "module": saved.module, "id": saved.id, "fields": list(fields)}, saved)
