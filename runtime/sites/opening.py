"""Opening a saved filter: its texts become a filter of the snapshot; what no longer fits is said."""

from dataclasses import dataclass

from runtime.base.diagnostic import Span
from runtime.base.messages import Message, message
from runtime.model.catalog import Expression, Filter, Module, Origin, Path, SortKey
from runtime.model.label import Label
from runtime.records.saved_filters import SavedFilter
from runtime.sites.live import ConditionError, Live, PathError

NOWHERE = Origin("saved", Span.point("saved filter"))


@dataclass(frozen=True, slots=True)
class Opened:
    """A saved filter as a list takes it. ``troubles`` say what of it the configuration no longer has.

    A filter whose condition cannot be read finds nothing: its records would be others than its name says.
    """

    filter: Filter
    troubles: tuple[Message, ...] = ()

    @property
    def is_broken(self) -> bool:
        """Whether its condition cannot be read."""
        return self.filter.where is not None and self.filter.where.text == NOTHING


NOTHING = "false"
"""The condition of a filter whose own cannot be read."""


def open_saved(live: Live, saved: SavedFilter) -> Opened:
    """The filter that somebody saved, in the snapshot as the reader sees it: no column of it is hidden."""
    module = live.catalog.modules[saved.module]
    troubles: list[Message] = []
    found = Filter(
        saved.key,
        module.key,
        Label.of(saved.name),
        _condition(live, module, saved.where, troubles),
        _columns(live, module, saved, troubles) or live.catalog.layouts[module.key].list,
        _sort(live, module, saved.sort, troubles),
        next((each.quick for each in live.catalog.filters[module.key].values() if each.quick), ()),
        NOWHERE,
    )
    return Opened(found, tuple(troubles))


def _condition(live: Live, module: Module, text: str, troubles: list[Message]) -> Expression | None:
    try:
        return live.condition(module, text) if text else None
    except ConditionError as error:
        wrong = error.diagnostics[0].message
        troubles.append(
            message("Its condition cannot be read any more, so it finds nothing: {what}", what=wrong)
        )
        return live.condition(module, NOTHING)


def _columns(live: Live, module: Module, saved: SavedFilter, troubles: list[Message]) -> tuple[Path, ...]:
    known = {path.text: path for each in live.catalog.filters[module.key].values() for path in each.columns}
    found: list[Path] = []
    for text in saved.columns:
        try:
            found.append(known.get(text) or live.path(module, text))
        except PathError:
            troubles.append(message('Its column "{path}" is not there any more.', path=text[:100]))
    return tuple(found)


def _sort(live: Live, module: Module, text: str, troubles: list[Message]) -> tuple[SortKey, ...]:
    try:
        return live.sort_keys(module, text) if text else ()
    except PathError:
        troubles.append(message('Its order "{sort}" cannot be had any more.', sort=text[:100]))
        return ()
