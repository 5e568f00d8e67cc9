"""What a semantic check is: a code, a page, and a look at the draft."""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from runtime.base.diagnostic import Code, Diagnostic, Span
from runtime.language.draft import Draft, diagnostic
from runtime.language.shape import Path


class Check(ABC):
    """One thing that may be wrong with a configuration. The class's docstring is the page of ``trellis
    explain``.
    """

    name: ClassVar[str]
    """The code: M101."""
    title: ClassVar[str]
    """What is wrong, in a few words."""
    is_warning: ClassVar[bool] = False
    """Whether it only tells, and refuses nothing."""

    @abstractmethod
    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """Everything of this sort that is wrong."""

    @property
    def code(self) -> Code:
        """The code with its page."""
        return Code(self.name, self.title, inspect.cleandoc(type(self).__doc__ or ""))

    def found(
        self, message: str, span: Span, path: Path, help: str, related: tuple[Span, ...] = ()
    ) -> Diagnostic:
        """One finding of this check."""
        return diagnostic(self.name, message, span, path, help, is_warning=self.is_warning, related=related)
