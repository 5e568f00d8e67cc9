"""What a kind of kept thing is, and following a change through all of them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import ColumnElement, Connection, Table, or_

from runtime.base.diagnostic import Span
from runtime.base.registry import discover
from runtime.expressions.language import Language
from runtime.expressions.scope import Scope
from runtime.language.splice import Change, spliced
from runtime.model.catalog import Catalog, Expression, Module
from runtime.model.catalog import Path as FieldPath
from runtime.model.earlier import Earlier
from runtime.model.renames import Renames
from runtime.model.types import BOOLEAN
from runtime.model.uses import Thing, Use
from runtime.storage.names import Names

if TYPE_CHECKING:
    from runtime.records.plan import Plans

MOST = 500
"""Of so many things that users keep, those that name one are told."""
WRITTEN = ("field", "value", "constant", "function")
"""The kinds of things whose name stands in every text that uses them: others may be used without it."""

NAMES_NOTHING: Mapping[str, str] = MappingProxyType(
    {
        "trellis_counters": "counters are named by tables and columns, which stay",
        "trellis_revisions": "a revision is what it was; it keeps its own renames",
        "trellis_revision_files": "the text of what was applied",
        "trellis_change_sets": "each knows its revision",
        "trellis_change_log": "read by the names of now, through the revision of its change set",
        "trellis_outbox": "belongs to a change set, which knows its revision",
        "trellis_sessions": "users only",
        "trellis_credentials": "users only",
        "trellis_api_keys": "users, and modules by their tables, which stay",
        "trellis_login_failures": "addresses only",
        "trellis_site_settings": "addresses, times and numbers",
        "trellis_second_factors": "users only",
        "trellis_recovery_codes": "users only",
        "trellis_half_sign_ins": "users only",
        "trellis_mailed_links": "users only",
        "trellis_mails": "texts as they were sent, and tables and columns, which stay",
        "trellis_webhooks": "modules by their tables, which stay",
        "trellis_deliveries": "what is said to others, as it was at the time",
        "trellis_shares": "records and people by their ids, which stay",
        "trellis_security_log": "what was said at the time; its chain must not change",
        "trellis_idempotency": "answers that were given already",
        "trellis_operation_notes": "what was said to people at the time",
        "trellis_recent": "records by their tables, which stay",
        "trellis_favourites": "records by their tables, which stay",
        "trellis_filter_shares": "groups and roles, which are not renamed",
        "trellis_default_filters": "filters by table and key, which are not renamed",
        "trellis_quarantine": "tables and columns, which stay",
        "trellis_changes": "how far a change that is under way is, in physical names",
        "trellis_touched": "tables and records",
        "trellis_runs": "read by the names of now, through the revision that each began with",
        "trellis_run_steps": "what was done, by the names of that day",
        "trellis_once": "workflows, which are not renamed, and records",
        "trellis_switched_off": "workflows, which are not renamed",
        "trellis_clocks": "workflows with their text: what is written anew begins anew",
        "trellis_approvals": "runs by their numbers",
        "trellis_approvers": "users only",
        "trellis_delegations": "users only",
        "trellis_notifications": "what was said to people at the time, and records by their tables",
        "trellis_duplicate_keys": "numbers, which are made again where a rule is another one",
    }
)
"""The runtime's tables that no rename touches, each with why."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A change that is being applied: its database, the configuration and the names to come, and what was
    renamed.
    """

    connection: Connection
    catalog: Catalog
    names: Names
    renames: Renames
    language: Language

    @property
    def earlier(self) -> Earlier:
        """The names of before by the names of after of what they are in."""
        of, renames = self.renames.module, self.renames
        return Earlier(
            renames.modules,
            {(of(module), old): now for (module, old), now in renames.fields.items()},
            {(*renames.field(m, field), old): now for (m, field, old), now in renames.attributes.items()},
            {**renames.merged, **renames.values},
        )

    def module_of(self, table: str) -> Module | None:
        """The module of a table."""
        keys = (key for key, name in self.names.tables.items() if name == table)
        return next((self.catalog.modules[key] for key in keys if key in self.catalog.modules), None)

    def has_old_names(self, table: Table, *columns: str) -> ColumnElement[bool]:
        """Whether any name of before is in a row's texts: most rows need no second look."""
        earlier = self.earlier
        olds = {*earlier.modules, *(place[-1] for place in (*earlier.fields, *earlier.values))}
        olds |= {place[-1] for place in earlier.attributes}
        return or_(*(table.c[column].contains(old, autoescape=True) for column in columns for old in olds))

    def condition(self, module: Module, text: str) -> str:
        """A condition by the names of after; as it is where it says nothing sensible."""
        scope = Scope(
            self.catalog.modules,
            self.catalog.picklists,
            module.key,
            constants=self.catalog.constants,
            language=self.catalog.languages[0],
            earlier=self.earlier,
        )
        found, _ = self.language.parse(text, Span.point("where"), scope, BOOLEAN)
        changes = found.earlier if found is not None else ()
        return spliced(text, (Change(start, end, now) for start, end, now in changes))

    def path(self, module: Module, text: str) -> str:
        """A path by the names of after, with ``-`` before it or not."""
        sign = "-" if text.startswith("-") else ""
        here: tuple[str, ...] = (module.key,)
        made: list[str] = []
        for name in text.strip().removeprefix("-").split("."):
            fields = self.earlier.fields
            now = next((now for key in here if (now := fields.get((key, name)))), name)
            known = (self.catalog.modules[key].field(now) for key in here if key in self.catalog.modules)
            here = next((field.targets for field in known if field is not None), ())
            made.append(now)
        return sign + ".".join(made)


@dataclass(frozen=True, slots=True)
class Look:
    """A running site that is asked who uses a thing. ``condition`` and ``path`` give None for what means
    nothing any more.
    """

    connection: Connection
    catalog: Catalog
    names: Names
    plans: "Plans"
    condition: Callable[[Module, str], Expression | None]
    path: Callable[[Module, str], FieldPath | None]
    titles: Callable[[Iterable[int]], Mapping[int, str]]


class Kept(ABC):
    """A kind of thing that users keep and that names the configuration."""

    name: ClassVar[str]
    tables: ClassVar[tuple[str, ...]]
    """The runtime's tables that it looks after."""

    @abstractmethod
    def references(self, look: Look, thing: Thing) -> Iterator[Use]:
        """Every use of a thing."""

    @abstractmethod
    def rename(self, ground: Ground) -> int:
        """Write anew what names a thing that was renamed; says how many rows."""


def kinds() -> list[Kept]:
    """Every kind there is."""
    from runtime.change import kept

    return sorted(discover(kept, Kept), key=lambda kind: kind.name)  # type: ignore[type-abstract]


def follow(ground: Ground) -> dict[str, int]:
    """Let everything that is kept follow a change; says how many rows of each kind were written."""
    return {kind.name: kind.rename(ground) for kind in kinds()} if ground.renames.any else {}
