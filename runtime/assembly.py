"""The composition root: every registry, discovered once and handed down."""

import gc
import os
import secrets
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from types import MappingProxyType
from typing import TYPE_CHECKING, TextIO

from runtime import fields
from runtime.base.clock import Clock, SystemClock
from runtime.base.diagnostic import Code
from runtime.base.messages import Translate
from runtime.base.registry import Registry, discover
from runtime.base.settings import Settings
from runtime.base.translations import translations
from runtime.change import codes as change_codes
from runtime.cli.base import REFUSED, CommandError
from runtime.expressions import codes as expression_codes
from runtime.expressions.conditions import Conditions
from runtime.expressions.language import Language
from runtime.fields.base import FieldType
from runtime.language import checks, later, pack_codes, reading_codes, shape_codes, suite_codes
from runtime.language.checks.base import Check
from runtime.language.packs import standard_folder
from runtime.language.report import as_text
from runtime.records import map_codes

if TYPE_CHECKING:
    from runtime.automation.operations.base import Operation
    from runtime.automation.worker import Worker
    from runtime.identity.providers.base import Providers
    from runtime.language.load import Loaded
    from runtime.language.shelf import Shelf
    from runtime.sites.site import Site
    from runtime.web.app import Application
    from runtime.web.pages.screen import Screen


class House:
    """What every command is handed. Each part is made when it is first asked for."""

    def __init__(
        self,
        environment: Mapping[str, str] | None = None,
        out: TextIO | None = None,
        err: TextIO | None = None,
        *,
        folder: Path | None = None,
        clock: Clock | None = None,
        cheap_passwords: bool = False,
        language: Language | None = None,
    ) -> None:
        self._language = language
        self.environment = os.environ if environment is None else environment
        self.folder = folder
        self.clock = clock or SystemClock()
        self.cheap_passwords = cheap_passwords
        self.out = out or sys.stdout
        self.err = err or sys.stderr

    @cached_property
    def types(self) -> Registry[FieldType]:
        """The field types."""
        return Registry("field type", discover(fields, FieldType))  # type: ignore[type-abstract]

    @cached_property
    def checks(self) -> Registry[Check]:
        """The semantic checks."""
        return Registry("check", discover(checks, Check))  # type: ignore[type-abstract]

    @cached_property
    def operations(self) -> "Registry[Operation]":
        """The kinds of operations."""
        from runtime.automation import operations as background_operations  # here, for only sites have them
        from runtime.automation.operations.base import Operation
        from runtime.sites import operations as site_operations

        rooms = (background_operations, site_operations)
        found = [kind for room in rooms for kind in discover(room, Operation)]  # type: ignore[type-abstract]
        return Registry("operation", found)

    @cached_property
    def providers(self) -> "Providers":
        """Who else may say who somebody is."""
        from runtime.identity import providers
        from runtime.identity.providers.base import Directory, Providers, SingleSignOn

        return Providers(
            tuple(discover(providers, Directory)),  # type: ignore[type-abstract]
            tuple(discover(providers, SingleSignOn)),  # type: ignore[type-abstract]
        )

    @cached_property
    def language(self) -> Language:
        """The expression language."""
        return self._language or Language.standard()

    @cached_property
    def shelf(self) -> "Shelf":
        """What was read of configurations, for a command that loads several."""
        from runtime.language.shelf import Shelf

        return Shelf()

    @cached_property
    def conditions(self) -> Conditions:
        """Conditions as rows, with the operators of the filter builder."""
        return Conditions.standard(self.language)

    @cached_property
    def codes(self) -> Mapping[str, Code]:
        """Every diagnostic code, with its page."""
        from runtime.upkeep.doctor import known_checks  # here, for only pages ask for all codes

        found = [
            *reading_codes.CODES,
            *shape_codes.CODES,
            *pack_codes.CODES,
            *suite_codes.CODES,
            *(check.code for check in self.checks.values()),
            *later.CODES,
            *expression_codes.CODES,
            *change_codes.CODES,
            *map_codes.CODES,
            *(check.code for check in known_checks().values()),
        ]
        codes = {code.name: code for code in sorted(found, key=lambda code: code.name)}
        if len(codes) != len(found):
            raise ValueError("Two diagnostics have one code.")
        return MappingProxyType(codes)

    @cached_property
    def screen(self) -> "Screen":
        """What draws the pages of every site."""
        from runtime.web.app import make_screen  # here, for only who serves draws anything

        folder = standard_folder()
        if folder is None:
            raise CommandError("The screens' templates are missing: this installation is not whole.")
        return make_screen(folder / "templates", self.translate)

    @cached_property
    def settings(self) -> Settings:
        """What the environment says."""
        try:
            return Settings.read(self.environment, self.folder)
        except ValueError as error:
            raise CommandError(str(error), 2) from None

    def listen_on(self, port: int) -> None:
        """Have links in mail lead to this port, where the environment does not name the site's address."""
        if not self.environment.get("TRELLIS_URL"):
            self.settings = replace(self.settings, url=f"http://127.0.0.1:{port}")

    def translate(self, language: str) -> Translate:
        """From English to a language of the interface."""
        return translations(language)

    @contextmanager
    def open_trial(
        self, loaded: "Loaded", address: str | None, clock: Clock, language: Language
    ) -> Iterator["Site"]:
        """A site of a configuration that was read, for its tests: on a database of its own, which is gone
        afterwards; of an address on PostgreSQL, a schema of its own.
        """
        from runtime.change.apply import Refused, apply
        from runtime.sites.starting import starting
        from runtime.storage.database import Database
        from runtime.storage.trying import own_schema

        assert loaded.catalog is not None
        with TemporaryDirectory(prefix="trellis-test-") as folder, own_schema(address) as schema:
            given = {"TRELLIS_DATABASE": address or f"sqlite:///{folder}/test.db", "TRELLIS_POOL": "2"}
            given |= {"TRELLIS_SCHEMA": schema, "TRELLIS_SECRET": secrets.token_hex(16)}
            trial = House(
                given, self.out, self.err, folder=Path(folder), clock=clock, cheap_passwords=True,
                language=language,
            )  # fmt: skip
            database = Database.open(trial.settings.database, schema, 2)
            try:
                start = starting(loaded.catalog, self.types, clock)
                done = apply(database, loaded.catalog, loaded.layers, self.types, clock, on_first=start)
            finally:
                database.close()
            if isinstance(done, Refused):
                raise CommandError("The pack does not fit an empty database.")
            site = trial.open_site(None)
            try:
                yield site
            finally:
                site.close()

    def open_site(self, pack: Path | None, packs: tuple[Path, ...] = ()) -> "Site":
        """The site of the settings' database; an empty database is given the pack."""
        from runtime.identity.passwords import CHEAP, Passwords
        from runtime.sites.site import Site, SiteError, Workshop
        from runtime.storage.database import Database
        from runtime.storage.errors import StorageError
        from runtime.storage.files import LocalFiles

        settings = self.settings
        passwords = Passwords(CHEAP) if self.cheap_passwords else Passwords()
        workshop = Workshop(
            self.types,
            self.checks,
            self.language,
            self.conditions,
            settings,
            self.clock,
            passwords,
            self.translate,
            self.operations,
            self.providers,
        )
        try:
            database = Database.open(settings.database, settings.schema, settings.pool)
            files = LocalFiles(settings.files, settings.upload_bytes)
            site = Site(workshop, database, files, pack, packs)
        except StorageError as error:
            raise CommandError(str(error)) from None
        except SiteError as error:
            if error.refused is not None and error.loaded is not None:
                print(as_text(error.refused.refusals, error.loaded.sources), file=self.err)
                raise CommandError(str(error), REFUSED) from None
            if error.loaded is not None:
                print(as_text(error.loaded.diagnostics, error.loaded.sources), file=self.err)
            raise CommandError(str(error)) from None
        if not gc.isenabled():
            gc.freeze()  # what was made so far stays, and is not looked through again
            gc.enable()
        return site

    def application(self, site: "Site") -> "Application":
        """The site's ASGI application."""
        from runtime.web.app import build as build_application

        return build_application(site, self.screen)

    def serve(self, site: "Site", host: str, port: int, *, watch: bool = False, worker: bool = True) -> None:
        """Answer requests until the process is told to stop, with a worker in a process beside it."""
        import gc

        import uvicorn

        from runtime.automation.companion import Companion
        from runtime.automation.queue import QueueError, check
        from runtime.sites.watch import Watcher
        from runtime.web.connections import limited

        try:
            check(self.settings.queue)
        except QueueError as error:
            raise CommandError(str(error)) from None
        watcher = Watcher(site, files=watch)
        application = self.application(site)
        gc.freeze()  # what is there now stays: looking through it for garbage would only make requests wait
        gc.set_threshold(20_000, 20, 20)  # what a request makes goes with it, nearly all of it by itself
        companion = Companion({**self.environment, "TRELLIS_URL": self.settings.url}) if worker else None
        watcher.start()
        if companion is not None:
            companion.start()
            _end_on_sigterm()
        try:
            uvicorn.run(
                application,
                host=host,
                port=port,
                log_level="warning",
                server_header=False,
                timeout_keep_alive=30,
                http=limited(),
                h11_max_incomplete_event_size=64 << 10,
            )
        finally:
            watcher.stop()
            if companion is not None:
                companion.stop()

    def work(self, site: "Site", name: str, lease: float, stopped: Event, *, once: bool = False) -> None:
        """Do the site's background work until it is stopped, or ``once`` nothing waits any more."""
        import gc
        from datetime import timedelta

        from runtime.automation.worker import Worker

        worker = Worker(site, site.background, name, timedelta(seconds=lease), stopped)
        worker.free()
        gc.freeze()  # what the site is made of is no garbage, and what a batch is made of goes by itself
        before = gc.get_threshold()
        gc.set_threshold(1_000_000, 20, 50)
        try:
            if once:
                worker.give_up()
                worker.drain()
            else:
                self._work_on(site, worker)
        finally:
            gc.set_threshold(*before)

    def _work_on(self, site: "Site", worker: "Worker") -> None:
        from runtime.automation.queue import Queue, QueueError, work

        queue = Queue(site.database, self.settings.queue, worker.drain)
        try:
            work(worker, queue, self.settings.workers)
        except QueueError as error:
            raise CommandError(str(error)) from None
        finally:
            queue.close()


def build() -> House:
    """The house of this process."""
    return House()


def _end_on_sigterm() -> None:
    """Let SIGTERM end the process as an exception does, so that what was started is ended with it."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
