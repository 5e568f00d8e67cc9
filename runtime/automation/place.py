"""The place where operations work: the parts of a site that they are handed.

:class:`runtime.sites.site.Site` and :class:`runtime.sites.live.Live`, from a floor above, are such a place.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from runtime.automation.press import Press
from runtime.base.clock import Clock
from runtime.base.messages import Translate
from runtime.base.registry import Registry
from runtime.base.sealing import Sealer
from runtime.expressions.moment import Moment
from runtime.fields.base import FieldType, Parsing
from runtime.fields.formats import Formats
from runtime.identity.actor import Actor
from runtime.identity.people import People
from runtime.model.catalog import Catalog, Collection, Expression, Module, Path, SortKey
from runtime.model.letters import Letter
from runtime.model.outbound import Answer, Request
from runtime.model.workflow import Workflow
from runtime.records.access import Judge
from runtime.records.attachments import Attachments
from runtime.records.read import Records
from runtime.records.refs import Refs
from runtime.records.save import Writer
from runtime.storage.database import Database
from runtime.storage.files import FileStore
from runtime.storage.reader import Reader
from runtime.storage.tables import Tables
from runtime.storage.transaction import Transaction


class Snapshot(Protocol):
    """One revision's parts, which an operation keeps until it ends."""

    @property
    def revision(self) -> int:
        """The revision's number."""
        ...

    @property
    def catalog(self) -> Catalog:
        """What the configuration says."""
        ...

    @property
    def tables(self) -> Tables:
        """The tables."""
        ...

    @property
    def types(self) -> Registry[FieldType]:
        """The field types."""
        ...

    @property
    def reader(self) -> Reader:
        """The one query."""
        ...

    @property
    def writer(self) -> Writer:
        """The one writer."""
        ...

    @property
    def records(self) -> Records:
        """One record at a time."""
        ...

    @property
    def refs(self) -> Refs:
        """The titles of records."""
        ...

    @property
    def judge(self) -> Judge:
        """The one judge."""
        ...

    @property
    def attachments(self) -> Attachments:
        """Keeps and finds files."""
        ...

    @property
    def press(self) -> Press:
        """What writes texts from templates."""
        ...

    @property
    def formats(self) -> Callable[[str, str], Formats]:
        """How a language and a time zone write numbers and dates."""
        ...

    @property
    def hanging(self) -> Callable[[Collection], Expression]:
        """The condition under which records hang on another."""
        ...

    @property
    def condition(self) -> Callable[[Module, str], Expression]:
        """Reads a condition that a user gave."""
        ...

    def seen_by(self, actor: Actor) -> "Snapshot":
        """The snapshot as the actor may see it."""
        ...

    def moment(self, actor: Actor) -> Moment:
        """The present moment and the actor, as conditions see them."""
        ...

    def parsing(self, actor: Actor, door: str) -> Parsing:
        """How to read what the actor wrote through a door."""
        ...

    def path(self, module: Module, text: str) -> Path:
        """A path of a module."""
        ...

    def sort_keys(self, module: Module, text: str) -> tuple[SortKey, ...]:
        """The sort order that a text names."""
        ...


class Post(Protocol):
    """Takes letters, in the transaction that gives the cause for them."""

    def put(self, tx: Transaction, letters: Sequence[Letter]) -> list[int]:
        """Send letters once the transaction has landed; gives the ids of their mails."""
        ...

    @property
    def url(self) -> str:
        """What links in letters begin with."""
        ...

    def has(self, connection: Any, key: str) -> bool:
        """Whether there is a letter of a key already."""
        ...


class Outbound(Protocol):
    """Calls other systems."""

    def send(self, request: Request) -> Answer:
        """Call, and give the answer; raises :class:`runtime.model.outbound.UnreachableError`."""
        ...


class Place(Protocol):
    """A site, as far as its workers need it."""

    @property
    def database(self) -> Database:
        """The site's database."""
        ...

    @property
    def files(self) -> FileStore:
        """Where the content of files is kept."""
        ...

    @property
    def clock(self) -> Clock:
        """The present moment."""
        ...

    @property
    def translate(self) -> Callable[[str], Translate]:
        """From English to a language of the interface."""
        ...

    @property
    def post(self) -> Post:
        """What sends mail."""
        ...

    @property
    def outbound(self) -> Outbound:
        """What calls other systems."""
        ...

    @property
    def url(self) -> str:
        """The address of the site, as people open it."""
        ...

    @property
    def sealer(self) -> Sealer:
        """What opens secrets."""
        ...

    @property
    def live(self) -> Snapshot:
        """The newest snapshot: whoever works takes it once and keeps it."""
        ...

    def former_workflow(self, key: str, digest: str, revision: int | None) -> Workflow | None:
        """A workflow as it was when a run of it began, over what there is now; None where it does not fit."""
        ...

    def expire(self) -> object:
        """Drop what an earlier configuration has left behind, and what was kept long enough."""
        ...

    def refresh(self) -> bool:
        """Take the newest applied revision, when another process has applied one."""
        ...


def people_of(live: Snapshot) -> People:
    """The people of a snapshot, as the CRM writes to them."""
    return People(live.tables, live.catalog.languages, live.catalog.timezone)
