"""Live: one applied revision made ready to work, immutable, shared by every thread."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from runtime.automation.press import Press
from runtime.base.clock import Clock
from runtime.base.diagnostic import Diagnostic, Span
from runtime.base.messages import Message, Translate, message
from runtime.base.registry import Registry
from runtime.base.sealing import Sealer
from runtime.expressions.conditions import Conditions
from runtime.expressions.language import Language
from runtime.expressions.moment import Moment
from runtime.expressions.scope import Scope
from runtime.expressions.terms import terms_of
from runtime.fields.base import FieldType, Parsing
from runtime.fields.formats import Formats
from runtime.identity.actor import Actor
from runtime.identity.users import User
from runtime.language.load import Loaded
from runtime.language.where_used import where_used
from runtime.model.catalog import Catalog, Collection, Expression, Field, Module, Path, SortKey
from runtime.model.types import BOOLEAN
from runtime.model.uses import Uses
from runtime.records.access import Judge
from runtime.records.attachments import Attachments
from runtime.records.chosen_columns import ChosenColumns
from runtime.records.explaining import Explainer
from runtime.records.favourites import Favourites
from runtime.records.filter_shelf import Shelves
from runtime.records.read import Records
from runtime.records.recent import Recent
from runtime.records.refs import Refs
from runtime.records.save import Writer
from runtime.records.saved_filters import SavedFilters
from runtime.records.search import Search
from runtime.records.stale import StaleFields
from runtime.sites.identifying import Identity
from runtime.storage.reader import Reader
from runtime.storage.sight import Sight
from runtime.storage.tables import Tables


class ConditionError(Exception):
    """A condition that a user gave and that is not one; the spans are places in its own text."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(diagnostics[0].message)
        self.diagnostics = diagnostics


class PathError(Exception):
    """A path that leads nowhere; ``text`` is what was given."""

    def __init__(self, reason: Message, text: str) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.text = text


@dataclass(frozen=True, slots=True)
class Live:
    """The parts of a snapshot, all of one revision."""

    revision: int
    catalog: Catalog
    tables: Tables
    types: Registry[FieldType]
    language: Language
    clock: Clock
    sealer: Sealer
    reader: Reader
    writer: Writer
    records: Records
    refs: Refs
    judge: Judge
    identity: Identity
    attachments: Attachments
    search: Search
    recent: Recent
    favourites: Favourites
    chosen_columns: ChosenColumns
    saved_filters: SavedFilters
    shelves: Shelves
    conditions: Conditions
    stale: StaleFields
    formats: "MakeFormats"
    condition: Callable[[Module, str], Expression]
    hanging: Callable[[Collection], Expression]
    uses: Callable[[], Uses]
    explainer: Explainer
    press: Press
    seeing: "Callable[[Live, Actor, Sight], Live]"

    def seen_by(self, actor: Actor) -> "Live":
        """The snapshot as the actor may see it: what they may not read is not in it. Whoever works for
        somebody works with this.
        """
        sight = self.judge.sight(actor)
        return self if sight is None else self.seeing(self, actor, sight)

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.catalog.timezone)

    def moment(self, actor: Actor) -> Moment:
        """The present moment and the actor, as conditions see them."""
        user = None
        if actor.user_id is not None:
            user = {"id": actor.user_id, "role": actor.role, "groups": actor.groups}
        return Moment.at(self.clock.now(), self.zone, user, terms_of(self.catalog))

    def actor_of(self, user: User, door: str) -> Actor:
        """A user as an actor; for a language that the site has not, or a time zone that is none, there is
        the site's.
        """
        actor = user.actor(door, self.catalog.languages[0], self.catalog.timezone)
        language = actor.language if actor.language in self.catalog.languages else self.catalog.languages[0]
        timezone = actor.timezone if is_zone(actor.timezone) else self.catalog.timezone
        return replace(actor, language=language, timezone=timezone)

    def formats_of(self, actor: Actor) -> Formats:
        """How numbers and dates are written for somebody."""
        own = actor.preferences
        return self.formats(actor.language, actor.timezone, own.date_format, own.number_format)

    def parsing(self, actor: Actor, door: str) -> Parsing:
        """How to read what the actor wrote through a door."""
        return Parsing(
            door=door,
            formats=self.formats_of(actor),
            timezone=ZoneInfo(actor.timezone) if door == "form" else self.zone,
            currency=self.catalog.currency,
            picklists=self.catalog.picklists,
            types=self.types,
            seal=self.sealer.seal,
        )

    def scope(self, module: Module) -> Scope:
        """Where a condition on a module's records stands that a user gives."""
        return condition_scope(self.catalog, module.key)

    def path(self, module: Module, text: str) -> Path:
        """A path of a module, through to-one relations; raises :class:`PathError`."""
        fields: list[Field] = []
        here: Module | None = module
        for name in text.split("."):
            part = fields[-1].parts.get(name) if fields else None
            if part is not None:
                fields[-1], here = part, None
                continue
            found = here.field(name) if here is not None else None
            if found is None:
                raise PathError(message('There is no field "{path}" here.', path=text[:100]), text)
            fields.append(found)
            here = self.catalog.modules[found.targets[0]] if _is_to_one(self.types, found) else None
        return Path(text, tuple(fields))

    def sort_keys(self, module: Module, text: str) -> tuple[SortKey, ...]:
        """The sort order that ``-amount,name`` names; raises :class:`PathError`."""
        keys: list[SortKey] = []
        for part in text.split(","):
            name = part.strip()
            path = self.path(module, name.removeprefix("-"))
            if not self.types[path.field.type].sortable:
                raise PathError(message("A list cannot be sorted by {label}.", label=path.field.label), text)
            keys.append(SortKey(path, name.startswith("-")))
        return tuple(keys)


def is_zone(name: str) -> bool:
    """Whether a text names a time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


class MakeFormats(Protocol):
    """Gives the formats of a language and a time zone, in ways of writing dates and numbers of one's own."""

    def __call__(
        self, language: str, timezone: str, dates: str | None = None, numbers: str | None = None
    ) -> Formats:
        """The formats."""
        ...


def make_formats(translate: Callable[[str], Translate]) -> MakeFormats:
    """The formats of a language and a time zone, each made once."""

    @lru_cache(maxsize=256)
    def formats(
        language: str, timezone: str, dates: str | None = None, numbers: str | None = None
    ) -> Formats:
        return Formats(language, timezone, translate(language), dates=dates, numbers=numbers)

    return formats


def make_conditions(catalog: Catalog, language: Language) -> Callable[[Module, str], Expression]:
    """A parser of conditions that users give, which keeps the latest; raises :class:`ConditionError`."""

    @lru_cache(maxsize=1024)
    def parse(module: str, text: str) -> Expression:
        span = Span("where", 1, 1, 1, len(text) + 1)
        scope = condition_scope(catalog, module)
        expression, diagnostics = language.parse(text, span, scope, expect=BOOLEAN)
        errors = tuple(diagnostic for diagnostic in diagnostics if diagnostic.is_error)
        if expression is None or errors:
            raise ConditionError(errors or tuple(diagnostics))
        return expression

    return lambda module, text: parse(module.key, text)


def condition_scope(catalog: Catalog, module: str) -> Scope:
    """Where conditions stand that people give: over the fields of a module, and as SQL."""
    return Scope(
        catalog.modules,
        catalog.picklists,
        module,
        constants=catalog.constants,
        language=catalog.languages[0],
        database=True,
    )


def make_hanging(catalog: Catalog, language: Language) -> Callable[[Collection], Expression]:
    """The condition under which a record of a collection's target hangs on ``this`` record."""
    conditions = {"inverse": "{via} == this", "rows": "parent == this", "linked": "this in {via}"}

    @lru_cache(maxsize=1024)
    def parse(kind: str, target: str, via: str, module: str) -> Expression:
        text = conditions[kind].format(via=via)
        scope = Scope(catalog.modules, catalog.picklists, target, this=module)
        expression, diagnostics = language.parse(text, Span.point("collection"), scope, expect=BOOLEAN)
        if expression is None:
            raise ConditionError(tuple(diagnostics))
        return expression

    return lambda collection: parse(collection.kind, collection.target, collection.via, collection.module)


def make_uses(read: Callable[[], Loaded], functions: Iterable[str]) -> Callable[[], Uses]:
    """Where everything of a configuration is used: worked out when it is first asked for."""

    @cache
    def uses() -> Uses:
        loaded = read()
        return (
            Uses((), ()) if loaded.catalog is None else where_used(loaded.catalog, loaded.mentions, functions)
        )

    return uses


def _is_to_one(types: Registry[FieldType], field: Field) -> bool:
    return bool(field.targets) and not types[field.type].linked
