"""What a check of the doctor is: a code, a page, and a look at the patient."""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from runtime.base.diagnostic import Code
from runtime.upkeep.finding import Finding
from runtime.upkeep.patient import Patient


class Check(ABC):
    """One thing that may be wrong with a site. The class's docstring is the page of ``trellis explain``."""

    name: ClassVar[str]
    """The code: D101."""
    title: ClassVar[str]
    """What is wrong, in a few words."""
    engines: ClassVar[tuple[str, ...]] = ("sqlite", "postgresql")
    """The kinds of databases that it is about."""

    @abstractmethod
    def examine(self, patient: Patient) -> Iterator[Finding]:
        """Everything of this sort that is wrong. It changes nothing."""

    @property
    def key(self) -> str:
        """Its file's name."""
        return type(self).__module__.rpartition(".")[2]

    @property
    def code(self) -> Code:
        """The code with its page."""
        return Code(self.name, self.title, inspect.cleandoc(type(self).__doc__ or ""))

    def wrong(self, what: str, fix: str) -> Finding:
        """Something that must be mended."""
        return Finding(self.name, self.key, what, fix)

    def note(self, what: str, fix: str = "") -> Finding:
        """Something to know, that is not wrong."""
        return Finding(self.name, self.key, what, fix, is_wrong=False)
