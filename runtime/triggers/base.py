"""What a trigger declares: how it is written, and what of a save it looks at."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from runtime.model.workflow import Event

if TYPE_CHECKING:
    from runtime.model.catalog import Collection

NOTHING, FIELDS, CRON, DATE, COLLECTION, RELATED, WEBHOOK = (
    "nothing", "fields", "cron", "date", "collection", "related", "webhook",
)  # fmt: skip
"""What stands behind a trigger's name: nothing, fields with values, a time of the clock, a field of a date
with an offset, a collection, a collection and what happens in it, the key of an address with a mapping.
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What stands behind a trigger's name, resolved: the fields it names, and values of the first of them;
    its collection, and what happens there; other settings.
    """

    fields: tuple[str, ...] = ()
    before: tuple[object, ...] | None = None
    after: tuple[object, ...] | None = None
    collection: "Collection | None" = None
    on: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


class TriggerKind(ABC):
    """A kind of trigger. The class's docstring is its page of the reference."""

    name: ClassVar[str]
    """How it is written."""
    says: ClassVar[str]
    """What it says of a workflow that has it: ``a record is created``."""
    takes: ClassVar[str] = NOTHING
    """What is written behind its name: then it is a map, ``{changed: stage}``; else it is a word."""
    example: ClassVar[str] = ""
    """How it is written, where it is a map."""

    @property
    def with_more(self) -> bool:
        """Whether it is written as a map."""
        return self.takes != NOTHING

    @abstractmethod
    def events(self, written: Written) -> tuple[Event, ...]:
        """What it looks at in saves; nothing for one that no save fires."""


def known(registry: Mapping[str, TriggerKind]) -> Iterable[str]:
    """The names of the triggers, the words first."""
    yield from (kind.name for kind in registry.values() if not kind.with_more)
    yield from (kind.name for kind in registry.values() if kind.with_more)
