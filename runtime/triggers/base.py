"""What a trigger declares: how it is written, and what of a save it looks at."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from runtime.model.workflow import Event


@dataclass(frozen=True, slots=True)
class Written:
    """What stands behind a trigger's name, resolved: the fields it names, and values of the first of them."""

    fields: tuple[str, ...] = ()
    before: tuple[object, ...] | None = None
    after: tuple[object, ...] | None = None


class TriggerKind(ABC):
    """A kind of trigger. The class's docstring is its page of the reference."""

    name: ClassVar[str]
    """How it is written."""
    says: ClassVar[str]
    """What it says of a workflow that has it: ``a record is created``."""
    with_fields: ClassVar[bool] = False
    """Whether it names fields: then it is written as a map, ``{changed: stage}``; else as a word."""

    @abstractmethod
    def events(self, written: Written) -> tuple[Event, ...]:
        """What it looks at in saves."""


def known(registry: Mapping[str, TriggerKind], *, with_fields: bool) -> tuple[str, ...]:
    """The names of the triggers that name fields, or of those that are words."""
    return tuple(kind.name for kind in registry.values() if kind.with_fields == with_fields)
