"""The configuration that is applied, as conversions see it: its fields, its tables, and how records read."""

from functools import cached_property, partial
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from runtime.base.clock import SystemClock
from runtime.base.registry import Registry
from runtime.change.known import Known
from runtime.change.revisions import Revision, open_applied
from runtime.expressions.language import Language
from runtime.expressions.moment import Moment
from runtime.expressions.scope import Scope
from runtime.expressions.terms import terms_of
from runtime.fields.base import FieldType
from runtime.fields.formats import Formats
from runtime.language.load import load_sources
from runtime.model.catalog import Catalog, Field
from runtime.storage.names import name_all
from runtime.storage.reader import Reader
from runtime.storage.tables import Tables, build_tables


class UnreadableRevisionError(Exception):
    """The text of the applied revision is no configuration to this version of the program."""


class Before:
    """What was applied; everything of it is made when it is asked for first, for few plans need it."""

    def __init__(
        self,
        revision: Revision | None,
        given: Catalog | None,
        types: Registry[FieldType],
        language: Language,
        dialect: str,
        known: Known,
    ) -> None:
        """``given`` is the catalog of the revision, where the caller has it; else it is made of its text,
        once for all that ``known`` is given to.
        """
        self.known = known
        self._revision = revision
        self._given = given
        self._dialect = dialect
        self.types = types
        self.language = language

    @cached_property
    def catalog(self) -> Catalog:
        """Its catalog. Raises :class:`UnreadableRevisionError`."""
        revision = self._revision
        if revision is None:
            raise UnreadableRevisionError("Nothing is applied yet.")
        if self._given is not None and self._given.hash == revision.hash:
            return self._given
        return self.known.catalog(revision.hash, lambda: self._load(revision))

    def _load(self, revision: Revision) -> Catalog:
        loaded = load_sources(
            revision.layers, types=self.types, checks=Registry("check", ()), language=self.language
        )
        if loaded.catalog is None:
            raise UnreadableRevisionError(f"Revision {revision.number} cannot be read by this version.")
        return loaded.catalog

    @cached_property
    def tables(self) -> Tables:
        """Its tables, by the names that they have in it; what the program's own layer has had since then gets
        names, too, though nothing is there yet.
        """
        assert self._revision is not None
        catalog, dialect = self.catalog, self._dialect
        names = name_all(catalog, self.types, self._revision.names)
        build = partial(build_tables, catalog, names, self.types, dialect)
        return self.known.tables(catalog.hash, names, dialect, build)

    @cached_property
    def formats(self) -> Formats:
        """How its first language writes."""
        return Formats(self.catalog.languages[0], self.catalog.timezone)

    @cached_property
    def reader(self) -> Reader:
        """What reads its records."""
        return Reader(self.catalog, self.tables, self.types, self.language, self.formats)

    @cached_property
    def moment(self) -> Moment:
        """Now, on its clocks and with its rates."""
        zone = ZoneInfo(self.catalog.timezone)
        return Moment.at(SystemClock().now(), zone, None, terms_of(self.catalog))

    def field(self, module: str, key: str) -> Field | None:
        """A field of it; None when there is none."""
        found = self.catalog.modules.get(module)
        return None if found is None else found.field(key)

    def scope(self, module: str) -> Scope:
        """What an expression about its records may name."""
        return Scope(
            self.catalog.modules,
            self.catalog.picklists,
            module,
            constants=self.catalog.constants,
            language=self.catalog.languages[0],
            database=True,
            personal=False,
        )


def before_of(
    connection: Connection,
    schema: str,
    given: Catalog | None,
    types: Registry[FieldType],
    language: Language,
) -> Before:
    """What is applied to a database, outside of a plan. ``given`` is its catalog, where the caller has it."""
    applied = open_applied(connection, schema)
    return Before(applied, given, types, language, connection.dialect.name, Known())
