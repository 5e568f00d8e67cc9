"""Stale fields: computed fields of a module that the background is still working out, as readers are told."""

from collections.abc import Sequence

from sqlalchemy import Connection

from runtime.base.clock import Clock
from runtime.base.messages import Message, message
from runtime.model.catalog import Catalog
from runtime.storage.recomputations import Marked, Recomputations


class StaleFields:
    """Knows them for one snapshot; a module without stored computed fields costs no statement."""

    def __init__(self, catalog: Catalog, clock: Clock) -> None:
        self._catalog = catalog
        self._modules = frozenset(module for module, _ in catalog.computed)
        self._recomputations = Recomputations(clock)

    def of(self, connection: Connection, module: str) -> list[Marked]:
        """The fields of a module that are not current in every record."""
        if module not in self._modules:
            return []
        known = self._catalog.modules[module].fields
        found = self._recomputations.marked(connection, module)
        return [each for each in found if each.field in known]

    def notes(self, connection: Connection, module: str, language: str) -> list[Message]:
        """The same in words."""
        found = self.of(connection, module)
        running = [each for each in found if each.is_open]
        ended = [each for each in found if not each.is_open]
        notes = []
        if running:
            fields = self._labels(running, language)
            notes.append(
                message("Some values are still being recomputed in the background: {fields}.", fields=fields)
            )
        if ended:
            fields = self._labels(ended, language)
            notes.append(
                message(
                    "A recomputation ended early, so that some values may be old: {fields}.",
                    fields=fields,
                )
            )
        return notes

    def _labels(self, marked: Sequence[Marked], language: str) -> str:
        fields = (self._catalog.modules[each.module].fields[each.field] for each in marked)
        return ", ".join(field.label.in_language(language) for field in fields)
