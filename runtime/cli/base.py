"""What a command is, and what the composition root hands it."""

from abc import ABC, abstractmethod
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol, TextIO

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from threading import Event

    from runtime.base.clock import Clock
    from runtime.base.diagnostic import Code
    from runtime.base.registry import Registry
    from runtime.base.settings import Settings
    from runtime.expressions.language import Language
    from runtime.fields.base import FieldType
    from runtime.language.checks.base import Check
    from runtime.language.load import Loaded
    from runtime.language.shelf import Shelf
    from runtime.sites.site import Site

DONE = 0
"""The command did what was asked."""
WRONG_INPUT = 1
"""What it was given is wrong: a configuration with errors, a file with bad rows."""
USAGE = 2
"""The command line itself is wrong."""
REFUSED = 3
"""It could be done, and was refused: a stale plan, a lossy step without consent."""


class CommandError(Exception):
    """Ends a command with a whole sentence on the error stream and an exit code."""

    def __init__(self, message: str, exit_code: int = WRONG_INPUT) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class House(Protocol):
    """The composition root, as far as commands use it; :mod:`runtime.assembly` builds the one there is."""

    @property
    def types(self) -> "Registry[FieldType]":
        """The field types."""
        ...

    @property
    def checks(self) -> "Registry[Check]":
        """The semantic checks."""
        ...

    @property
    def language(self) -> "Language":
        """The expression language."""
        ...

    @property
    def shelf(self) -> "Shelf":
        """What was read of configurations, for a command that loads several."""
        ...

    @property
    def codes(self) -> "Mapping[str, Code]":
        """Every diagnostic code, with its page."""
        ...

    @property
    def settings(self) -> "Settings":
        """What the environment says."""
        ...

    def listen_on(self, port: int) -> None:
        """Have links in mail lead to this port, where the environment does not name the site's address."""
        ...

    def open_site(self, pack: Path | None, packs: tuple[Path, ...] = ()) -> "Site":
        """The site of the settings' database; an empty one gets the pack. Raises :class:`CommandError`."""
        ...

    def open_trial(
        self, loaded: "Loaded", address: str | None, clock: "Clock", language: "Language"
    ) -> "AbstractContextManager[Site]":
        """A site for the tests of a configuration, on a database that is gone afterwards."""
        ...

    def serve(self, site: "Site", host: str, port: int, *, watch: bool = False, worker: bool = True) -> None:
        """Answer requests until the process is told to stop, with a worker beside it."""
        ...

    def work(self, site: "Site", name: str, lease: float, stopped: "Event", *, once: bool = False) -> None:
        """Do the site's background work until it is stopped, or ``once`` nothing waits any more."""
        ...

    @property
    def out(self) -> TextIO:
        """Where results are written."""
        ...

    @property
    def err(self) -> TextIO:
        """Where complaints are written."""
        ...


class Command(ABC):
    """One command. Its name is its file's. It has no state: all comes with the arguments and the house."""

    help: ClassVar[str]
    """One sentence for the list of commands."""

    def configure(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        return

    @abstractmethod
    def run(self, arguments: Namespace, house: House) -> int:
        """Do it; the answer is the exit code. Raises :class:`CommandError` with a sentence."""
