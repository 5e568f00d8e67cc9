"""What the writer and the reader work on: one snapshot's parts, side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from runtime.base.clock import Clock
from runtime.base.registry import Registry
from runtime.expressions.language import Language
from runtime.fields.base import FieldType
from runtime.model.catalog import Catalog
from runtime.model.renames import Renames
from runtime.records.former_names import FormerNames
from runtime.storage.tables import Tables


@dataclass(frozen=True, slots=True)
class Workplace:
    """The catalog, its tables and its field types, all of one revision.

    ``revision`` is the applied revision's number, which every change set remembers; None where nothing is
    applied yet. ``wake`` tells the workers that something waits for them, and
    ``renames`` are what each revision so far has renamed, by its number.
    """

    catalog: Catalog
    tables: Tables
    types: Registry[FieldType]
    clock: Clock
    revision: int | None = None
    language: Language = field(default_factory=Language.standard)
    wake: Callable[[], object] = lambda: None
    renames: Sequence[tuple[int, Renames]] = ()

    @property
    def former(self) -> FormerNames:
        """What reads the change log by the names of now."""
        return FormerNames(self.catalog, self.renames)
