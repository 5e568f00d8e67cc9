"""What a backup asks of a kind of database: a copy of a moment, a look into it, and putting it back."""

from pathlib import Path
from typing import Protocol

from runtime.storage.database import Database
from runtime.upkeep.contents import Contents
from runtime.upkeep.manifest import Manifest


class Engine(Protocol):
    """One kind of database."""

    @property
    def name(self) -> str:
        """``sqlite`` or ``postgresql``."""
        ...

    @property
    def member(self) -> str:
        """What the copy is called in the archive."""
        ...

    @property
    def is_packed(self) -> bool:
        """Whether a copy is compressed already."""
        ...

    def version(self, database: Database) -> str:
        """The version of the server, or of the library."""
        ...

    def size(self, database: Database) -> int:
        """About how many bytes a copy will have at the most."""
        ...

    def copy(self, database: Database, target: Path) -> Contents:
        """Write a copy of one moment into a new file, while others write; tells what is in it."""
        ...

    def check(self, copy: Path, manifest: Manifest) -> None:
        """Open a copy and look whether it is whole and has what the manifest says. Raises
        :class:`runtime.upkeep.errors.DamagedError`.
        """
        ...

    def tables(self) -> frozenset[str] | None:
        """The tables of the database that is to be restored into; None when there are none. It makes nothing.

        Raises :class:`runtime.storage.errors.StorageError` when the database does not answer.
        """
        ...

    def check_alone(self) -> None:
        """Raise :class:`runtime.storage.errors.BusyError` when another program has the database open."""
        ...

    def put_back(self, copy: Path, manifest: Manifest, *, replace: bool) -> None:
        """Make the database what the copy is: in one transaction, so entirely or not at all."""
        ...
