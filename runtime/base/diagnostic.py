"""A diagnostic: one thing that is wrong in a configuration, where it stands, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad it is: an error refuses the configuration, a warning only tells."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a file. Lines and columns count from 1; the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @classmethod
    def point(cls, file: str, line: int = 1, column: int = 1) -> "Span":
        """The span of one character, for what has a place and no extent."""
        return cls(file, line, column, line, column + 1)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. ``path`` is the dotted key path of its node (``deals.fields.stage.picklist``)."""

    code: str
    message: str
    span: Span
    path: str = ""
    help: str = ""
    severity: Severity = Severity.ERROR
    related: tuple[Span, ...] = ()

    @property
    def is_error(self) -> bool:
        """Whether this finding refuses the configuration."""
        return self.severity is Severity.ERROR


@dataclass(frozen=True, slots=True)
class Code:
    """A diagnostic's code and its page: what it means, why it is an error, and how to mend it."""

    name: str
    title: str
    explanation: str


def has_errors(diagnostics: "list[Diagnostic] | tuple[Diagnostic, ...]") -> bool:
    """Whether any of the findings is an error."""
    return any(diagnostic.is_error for diagnostic in diagnostics)
