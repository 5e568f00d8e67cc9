"""The patient: a site as the doctor looks at it, part by part, whether it can be opened or not."""

import stat
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection, func, select

from runtime.base.clock import Clock
from runtime.base.registry import Registry
from runtime.base.settings import Settings
from runtime.change.revisions import Revision, open_applied
from runtime.expressions.language import Language
from runtime.fields.base import FieldType
from runtime.language.checks.base import Check as ConfigurationCheck
from runtime.language.load import Loaded, load, load_sources
from runtime.language.packs import SITE, site_layers
from runtime.storage.database import Database
from runtime.storage.files import FileStore
from runtime.storage.inspect import Live, inspect
from runtime.storage.runtime_tables import runtime_tables


@dataclass(frozen=True, slots=True)
class Registries:
    """What a configuration is read with."""

    types: Registry[FieldType]
    checks: Registry[ConfigurationCheck]
    language: Language


class Patient:
    """One site. Each part is read when it is first asked for, and only once.

    ``was_in_wal_mode`` is what SQLite's file said before it was opened.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        files: FileStore,
        clock: Clock,
        registries: Registries,
        *,
        was_in_wal_mode: bool = True,
    ) -> None:
        self.settings = settings
        self.database = database
        self.files = files
        self.clock = clock
        self.registries = registries
        self.was_in_wal_mode = was_in_wal_mode

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is SQLite."""
        return self.database.dialect == "sqlite"

    @cached_property
    def live(self) -> Live:
        """The tables that there are."""
        with self.database.read() as connection:
            return inspect(connection, self.database.schema)

    @cached_property
    def applied(self) -> Revision | None:
        """The applied revision."""
        with self.database.read() as connection:
            return open_applied(connection, self.database.schema)

    @cached_property
    def began(self) -> datetime | None:
        """When the first revision was applied."""
        table = runtime_tables().revisions
        if not self.live.has(table.name):
            return None
        with self.database.read() as connection:
            return connection.execute(select(func.min(table.c.applied_at))).scalar()

    @cached_property
    def loaded(self) -> Loaded | None:
        """What the applied revision's text means to this version of the program."""
        if self.applied is None:
            return None
        known = self.registries
        return load_sources(
            self.applied.layers, types=known.types, checks=known.checks, language=known.language
        )

    @cached_property
    def folder(self) -> Path | None:
        """The folder that the applied pack came from, when it is on this machine."""
        if self.applied is None or not self.applied.layers:
            return None
        packs = [each.layer for each in self.applied.layers if each.layer.name != SITE]
        written = packs[-1].folder if packs else ""
        folder = Path(written)
        return folder if written and (folder / "pack.yaml").is_file() else None

    def load_folder(self, folder: Path) -> Loaded:
        """The pack's folder as it is now; packs that it stands on are looked for where they were."""
        known = self.registries
        beside = {Path(each.layer.folder).parent for each in self.applied.layers} if self.applied else set()
        return load(
            folder,
            packs=tuple(sorted(beside)),
            above=site_layers(self.applied.layers) if self.applied else (),
            types=known.types,
            checks=known.checks,
            language=known.language,
        )

    def scalar(self, connection: Connection, query: str) -> object:
        """One value that the database gives."""
        return connection.exec_driver_sql(query).scalar()


def others_may_read(file: Path) -> bool:
    """Whether people who are neither the owner nor of its group may read a file that is there."""
    try:
        return bool(stat.S_IMODE(file.stat().st_mode) & stat.S_IROTH)
    except OSError:
        return False
