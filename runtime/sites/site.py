"""A site: one customer's pack on one database, and the live snapshot that everything reads."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from runtime.automation.background import Background
from runtime.automation.operations.base import Operation
from runtime.automation.press import Press
from runtime.base.clock import Clock
from runtime.base.messages import Translate
from runtime.base.registry import Registry
from runtime.base.sealing import Sealer
from runtime.base.settings import Settings
from runtime.change.codes import STALE
from runtime.change.completing import complete
from runtime.change.renames import renames_since
from runtime.change.revisions import Revision, latest_number, open_applied
from runtime.channels.connectors.http import Outbound
from runtime.channels.mail import Post
from runtime.channels.smtp import Account, MailServer
from runtime.channels.unsubscribing import Unsubscribing
from runtime.expressions.conditions import Conditions
from runtime.expressions.language import Language
from runtime.fields.base import FieldType
from runtime.identity.passwords import Passwords
from runtime.identity.policy import Policies
from runtime.identity.providers.base import Providers
from runtime.identity.security_log import SecurityLog
from runtime.language.checks.base import Check
from runtime.language.load import Loaded, load, load_sources
from runtime.language.packs import SITE, LayerFiles, site_layers, stack
from runtime.language.shelf import Shelf
from runtime.model.workflow import Workflow
from runtime.records.access import SignedIn
from runtime.records.attachments import Attachments
from runtime.records.base import Workplace
from runtime.records.chosen_columns import ChosenColumns
from runtime.records.explaining import Explainer
from runtime.records.favourites import Favourites
from runtime.records.filter_shelf import Shelves
from runtime.records.narrowing import Narrowed
from runtime.records.read import Records
from runtime.records.recent import Recent
from runtime.records.refs import Refs
from runtime.records.roles import Roles
from runtime.records.save import Writer
from runtime.records.saved_filters import SavedFilters
from runtime.records.search import Search
from runtime.records.stale import StaleFields
from runtime.sites.folder import Folder
from runtime.sites.identifying import make_identity
from runtime.sites.live import Live, make_conditions, make_formats, make_hanging, make_uses
from runtime.sites.past import Past
from runtime.sites.seeing import make_seeing
from runtime.sites.sending import is_unwanted, mailed_files
from runtime.sites.starting import StartError, starting
from runtime.storage.database import Database
from runtime.storage.errors import StorageError
from runtime.storage.files import FileStore
from runtime.storage.operations import Operations
from runtime.storage.reader import Reader
from runtime.storage.tables import build_tables

if TYPE_CHECKING:
    from runtime.automation.queue import Queue
    from runtime.change.apply import Applied, Refused

log = logging.getLogger("trellis.sites")


class SiteError(Exception):
    """A site that cannot be opened; ``loaded`` has the diagnostics, ``refused`` what the database refuses."""

    def __init__(self, sentence: str, loaded: Loaded | None = None, refused: "Refused | None" = None) -> None:
        super().__init__(sentence)
        self.loaded = loaded
        self.refused = refused


ATTEMPTS = 3
"""How often a folder is read anew while others apply."""
RETRY_SECONDS = 15.0
"""When a revision that could not be read is tried again."""


@dataclass(frozen=True, slots=True)
class Behind:
    """A newer revision that this process cannot serve: why, with its diagnostics where it has some, and when
    it is tried again, on the clock that never goes back.
    """

    revision: int
    why: str
    loaded: Loaded | None
    again: float


@dataclass(frozen=True, slots=True)
class Workshop:
    """What every site is made with: the registries, and how the interface is translated."""

    types: Registry[FieldType]
    checks: Registry[Check]
    language: Language
    conditions: Conditions
    settings: Settings
    clock: Clock
    passwords: Passwords
    translate: Callable[[str], Translate]
    operations: Registry[Operation]
    providers: Providers = Providers()  # noqa: RUF009 - a value that never changes


def _texts(layers: Sequence[LayerFiles]) -> list[tuple[str, str, Mapping[str, str]]]:
    """All that a folder's packs say, by the layers' names; the site's own layer is in no folder."""
    return [(each.layer.name, each.layer.version, each.files) for each in layers if each.layer.name != SITE]


def _is_overtaken(outcome: "Applied | Refused") -> bool:
    """Whether others have applied something between the reading of the folder and the apply."""
    from runtime.change.apply import Refused

    return isinstance(outcome, Refused) and any(each.code == STALE.name for each in outcome.refusals)


class Site:
    """One site. ``live`` is replaced as a whole when a revision lands, so a request takes it once and keeps
    it.

    ``problems`` is what the last look at the folder found wrong while the applied revision goes on being
    served, ``behind`` the newest revision when this process cannot serve it and goes on with the one before,
    and ``notices`` are sentences for whoever starts the process.
    """

    def __init__(
        self,
        workshop: Workshop,
        database: Database,
        files: FileStore,
        pack: Path | None,
        packs: Sequence[Path],
    ) -> None:
        self.workshop = workshop
        self.database = database
        self.files = files
        self.pack = pack
        self.packs = tuple(packs)
        self.settings = workshop.settings
        self.clock = workshop.clock
        self.sealer = Sealer(workshop.settings.secret, workshop.settings.folder / "secret")
        self.translate = workshop.translate
        self.problems: Loaded | None = None
        self.behind: Behind | None = None
        self.notices: tuple[str, ...] = ()
        self._formats = make_formats(workshop.translate)
        self._turn = threading.Lock()
        self.folder = Folder(self)
        self.past = Past(self)
        self.background = Background(
            workshop.operations, Operations(workshop.clock), lambda: self.queue.wake()
        )
        self.rules = Policies(database.read)
        self.security_log = SecurityLog(database, self.clock, self.sealer.mark)
        self.post = self._make_post()
        self.outbound = Outbound(workshop.settings.inside)
        self.press = Press()
        try:
            self.live: Live = self._open()
        except BaseException:
            database.close()
            raise

    @cached_property
    def queue(self) -> "Queue":
        """What wakes the workers."""
        from runtime.automation.queue import Queue  # here, for it is a long time in loading

        return Queue(self.database, self.settings.queue)

    def _make_post(self) -> Post:
        settings = self.settings
        try:
            server = MailServer(Account.read(settings.mail)) if settings.mail else None
        except ValueError as error:
            raise SiteError(str(error)) from None
        sender = settings.mail_from or f"trellis@{settings.host}"
        return Post(
            self.database, self.background, self.sealer, server, sender, settings.host,
            Unsubscribing(self.sealer, settings.url, self.translate),
            lambda connection, mail: is_unwanted(self.live, connection, mail),
            lambda connection, ids: mailed_files(self, connection, ids),
        )  # fmt: skip

    def close(self) -> None:
        """Give the connections back."""
        if "queue" in self.__dict__:
            self.queue.close()
        self.press.close()
        self.database.close()

    def load_pack(self) -> Loaded:
        """The folder as it is now."""
        return self._load()[0]

    def _load(self, shelf: Shelf | None = None) -> tuple[Loaded, int]:
        """The folder as it is now, and the revision whose own layer of the site it has on top."""
        if self.pack is None:
            raise SiteError("There is no folder to load: name the pack.")
        shop = self.workshop
        with self.database.read() as connection:
            stored = open_applied(connection, self.database.schema)
        loaded = load(
            self.pack,
            packs=self.packs,
            above=site_layers(stored.layers) if stored is not None else (),
            types=shop.types,
            checks=shop.checks,
            language=shop.language,
            shelf=shelf,
        )
        return loaded, stored.number if stored is not None else 0

    def apply_pack(
        self, by: str | None = None, *, message: str | None = None, accept_lossy: bool = False
    ) -> "Applied | Refused | Loaded":
        """Apply the folder as it is now, and serve it; what is wrong with it is given back, and kept for
        admins. ``message`` says why; steps that lose values are refused unless ``accept_lossy``.
        """
        from runtime.change.apply import Refused  # here, for most processes never apply anything

        with self._turn:
            for _ in range(ATTEMPTS):
                loaded, base = self._load()
                if loaded.catalog is None:
                    self.problems = loaded
                    return loaded
                outcome = self._apply(loaded, base, by, message, accept_lossy)
                if not _is_overtaken(outcome):
                    break
            if isinstance(outcome, Refused):
                self.problems = Loaded(None, outcome.refusals, loaded.sources, loaded.layers)
                return outcome
            self.problems = None
            if outcome.revision != self.live.revision:
                self._swap()
            if outcome.plan.later:
                self.background.wake()
            return outcome

    def expire(self) -> bool:
        """Drop the parked columns that were kept long enough; says whether there were any."""
        from runtime.change.purge import expire

        return expire(self.database, self.clock) is not None

    @property
    def url(self) -> str:
        """The address of the site, as people open it."""
        return self.settings.url

    def former_workflow(self, key: str, digest: str, revision: int | None) -> Workflow | None:
        """A workflow as it was when a run of it began, over what there is now; None where it does not fit."""
        return self.past.workflow(self.live.revision, key, digest, revision)

    def refresh(self) -> bool:
        """Serve the newest applied revision, when another process has applied one; says whether it did.

        One that cannot be read here leaves the last good one serving, for reading: :attr:`behind` says so.
        """
        if not self._is_newer():
            return False
        with self._turn:
            if not self._is_newer():
                return False  # another thread was faster
            try:
                self._swap()
            except StorageError:
                raise
            except Exception as error:
                log.exception("The newest revision cannot be served; %s stays.", self.live.revision)
                self._stay(error)
                return False
            self._look_again()
        return True

    def _is_newer(self) -> bool:
        with self.database.read() as connection:
            newest = latest_number(connection)
        if newest == self.live.revision:
            return False
        tried = self.behind
        return tried is None or tried.revision != newest or time.monotonic() >= tried.again

    def _stay(self, error: Exception) -> None:
        with self.database.read() as connection:
            newest = latest_number(connection)
        loaded = error.loaded if isinstance(error, SiteError) else None
        self.behind = Behind(newest, str(error), loaded, time.monotonic() + RETRY_SECONDS)

    def _open(self) -> Live:
        with self.database.read() as connection:
            stored = open_applied(connection, self.database.schema)
        if stored is not None:
            complete(self.database)
            live = self._make_live(stored)
            self._compare(live, stored)
            return live
        if self.pack is None:
            raise SiteError(
                "The database is empty. Apply a pack first: trellis apply PACK, or trellis serve PACK."
            )
        from runtime.change.apply import Refused

        shelf = Shelf()
        loaded, base = self._load(shelf)
        if loaded.catalog is None:
            raise SiteError("The pack has errors.", loaded)
        try:
            outcome = self._apply(loaded, base, None)
        except StartError as error:
            raise SiteError(str(error)) from None
        if isinstance(outcome, Refused):
            raise SiteError("The pack does not fit the database.", loaded, outcome)
        return self._reread(shelf)

    def _compare(self, live: Live, stored: Revision) -> None:
        """Say so when the folder is not what is being served. Of the very text that was applied there is
        nothing to say, and it is not loaded once more.
        """
        if self.pack is None:
            return
        layers, found = stack(self.pack, self.packs)
        if not found and _texts(layers) == _texts(stored.layers):
            return
        loaded = self.load_pack()
        if loaded.catalog is None:
            self.problems = loaded
            self.notices = (
                "The folder has errors: the applied revision is served. trellis check says more.",
            )
        elif loaded.catalog.hash != live.catalog.hash:
            differs = f"The folder differs from revision {live.revision}, which is served."
            self.notices = (f"{differs} trellis plan shows how, trellis apply brings it in.",)

    def _look_again(self) -> None:
        """See whether what was wrong with the folder is over with the revision that another has applied."""
        if self.problems is None:
            return
        look = self.folder.look()
        if look is None or look.is_broken:
            self.problems = None if look is None else look.loaded
        elif not look.differs:
            self.problems = None

    def _apply(
        self,
        loaded: Loaded,
        base: int,
        by: str | None,
        message: str | None = None,
        accept_lossy: bool = False,
    ) -> "Applied | Refused":
        from runtime.change.apply import apply

        if loaded.catalog is None:
            raise SiteError("The pack has errors.", loaded)
        types = self.workshop.types
        start = starting(loaded.catalog, types, self.clock)
        kept, live = timedelta(days=self.settings.kept_days), getattr(self, "live", None)
        return apply(
            self.database, loaded.catalog, loaded.layers, types, self.clock, by,
            on_first=start, kept=kept, message=message, accept_lossy=accept_lossy,
            applied=live.catalog if live is not None else None, based_on=base,
        )  # fmt: skip

    def _reread(self, shelf: Shelf | None = None) -> Live:
        with self.database.read() as connection:
            stored = open_applied(connection, self.database.schema)
        if stored is None:
            raise SiteError("The revision that was just applied is not in the database.")
        return self._make_live(stored, shelf)

    def _swap(self) -> None:
        self.live = self._reread()
        self.behind = None
        log.info("revision %s is live", self.live.revision)

    def _follow_the_program(self, stored: Revision, loaded: Loaded) -> Revision:
        """Apply the stored text again, because the layer that comes with the program is another by now."""
        from runtime.change.apply import Refused

        again = Loaded(loaded.catalog, (), loaded.sources, stored.layers)
        outcome = self._apply(again, stored.number, "upgrade")
        if isinstance(outcome, Refused):
            raise SiteError("This version of Trellis does not fit the database.", loaded, outcome)
        with self.database.read() as connection:
            return open_applied(connection, self.database.schema) or stored

    def _make_live(self, stored: Revision, shelf: Shelf | None = None) -> Live:
        shop = self.workshop
        read = partial(
            load_sources, stored.layers, types=shop.types, checks=shop.checks, language=shop.language
        )
        loaded = read(shelf=shelf)
        if loaded.catalog is None:
            raise SiteError(f"Revision {stored.number} cannot be read by this version of Trellis.", loaded)
        catalog = loaded.catalog
        if catalog.hash != stored.hash:
            stored = self._follow_the_program(stored, loaded)
        tables = build_tables(catalog, stored.names, shop.types, self.database.dialect)
        with self.database.read() as connection:
            renames = renames_since(connection)
        workplace = Workplace(
            catalog, tables, shop.types, shop.clock, stored.number, shop.language, self.background.wake,
            [each for each in renames if each[0] <= stored.number],
        )  # fmt: skip
        roles = Roles(catalog, shop.language) if catalog.access.is_asked else SignedIn()
        judge = Narrowed(roles, catalog)
        reader = Reader(
            catalog, tables, shop.types, shop.language, self._formats(catalog.languages[0], catalog.timezone)
        )
        writer = Writer(workplace, judge)
        return Live(
            revision=stored.number,
            catalog=catalog,
            tables=tables,
            types=shop.types,
            language=shop.language,
            clock=shop.clock,
            sealer=self.sealer,
            reader=reader,
            writer=writer,
            records=Records(workplace, reader, judge),
            refs=Refs(reader, judge),
            judge=judge,
            identity=make_identity(self, tables, catalog),
            attachments=Attachments(writer),
            search=Search(catalog, reader, judge),
            recent=Recent(tables, shop.clock),
            favourites=Favourites(tables, shop.clock),
            chosen_columns=ChosenColumns(tables),
            saved_filters=SavedFilters(tables, shop.clock),
            shelves=Shelves(tables),
            conditions=shop.conditions,
            stale=StaleFields(catalog, shop.clock),
            formats=self._formats,
            condition=make_conditions(catalog, shop.language),
            hanging=make_hanging(catalog, shop.language),
            uses=make_uses(read, shop.language.functions),
            explainer=Explainer(writer.plans, reader, judge),
            press=self.press,
            seeing=make_seeing(workplace),
        )
