"""The situation a plan is made in: what was applied, what is to be, and what the database really holds."""

from collections.abc import Mapping
from dataclasses import dataclass

from runtime.base.registry import Registry
from runtime.change.compare import Comparison
from runtime.change.conversions import Conversions
from runtime.change.shape import Shape
from runtime.change.stored import Stored
from runtime.change.way_back import WayBack
from runtime.expressions.language import Language
from runtime.fields.base import FieldType
from runtime.model.catalog import Catalog, Module
from runtime.model.earlier import Pair
from runtime.model.renames import Renames
from runtime.storage.inspect import Live
from runtime.storage.names import Names
from runtime.storage.tables import Tables


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that the steps and the refusals are found from.

    ``before`` is the applied shape with each field under the key whose physical name it has now, ``after``
    the one to come with all that is retired; ``given`` are the applied names, ``names`` those to come. Both
    shapes speak in the names of after the ``renames``; ``merged`` has, by picklist and stored name, the
    values that others take in, each with the name of the other one. ``back`` is the way back, in the plan of
    a rollback.
    """

    catalog: Catalog
    types: Registry[FieldType]
    schema: str
    live: Live
    stored: Stored
    before: Shape
    after: Shape
    given: Names
    names: Names
    tables: Tables
    comparison: Comparison
    language: Language | None
    renames: Renames
    merged: Mapping[Pair, tuple[str, str]]
    conversions: Conversions
    back: WayBack | None = None

    def stands(self, module: Module) -> bool:
        """Whether the module's table is there already."""
        return self.live.has(self.names.table(module.key))

    def rows(self, module: str) -> int:
        """How many records a module has, the deleted ones too."""
        return self.stored.rows(self.names.table(module))
