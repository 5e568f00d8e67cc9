"""What a function declares: its signature, its meaning in Python and its meaning in SQL."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import ColumnElement

from runtime.expressions.moment import Moment
from runtime.model.types import ValueType

if TYPE_CHECKING:
    from runtime.expressions.sql import Sql
    from runtime.expressions.value import Value


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument: its name, the types it may be of (none named: any), and whether it may read no field."""

    name: str
    accepts: tuple[ValueType, ...] = ()
    constant: bool = False


class Function(ABC):
    """One function. It has no state, and its value depends on its arguments and the moment alone."""

    name: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    returns: ClassVar[ValueType]

    @property
    def signature(self) -> str:
        """How it is called: ``contains(text, part)``."""
        return f"{self.name}({', '.join(parameter.name for parameter in self.parameters)})"

    @abstractmethod
    def value(self, moment: Moment, *arguments: Any) -> object:
        """Its value in Python; arguments are canonical, and None when empty."""

    def condition(self, sql: "Sql", *arguments: Any) -> ColumnElement[bool]:
        """In SQL, for one that returns a boolean: true exactly where its value is, else false or NULL.

        Arguments are of type Value, and one of them at least is not known.
        """
        raise NotImplementedError(f"{self.name} is no condition.")

    def column(self, sql: "Sql", *arguments: Any) -> "Value":
        """In SQL, for any other: its value. It is only asked for when an argument reads a field."""
        raise NotImplementedError(f"{self.name} has no meaning over fields.")
