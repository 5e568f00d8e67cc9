"""Where-used of a running site: what its configuration says, and what its users keep."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from runtime.change.kept.base import Look, kinds
from runtime.model.catalog import Expression, Module, Path
from runtime.model.uses import Thing, Use
from runtime.sites.live import ConditionError, Live, PathError

if TYPE_CHECKING:
    from runtime.sites.site import Site


def uses_in_site(site: "Site", live: Live, thing: Thing) -> tuple[Use, ...]:
    """Every use of a thing, the configuration's first."""

    def condition(module: Module, text: str) -> Expression | None:
        try:
            return live.condition(module, text)
        except ConditionError:
            return None

    def path(module: Module, text: str) -> Path | None:
        try:
            return live.path(module, text)
        except PathError:
            return None

    with site.database.read() as connection:

        def titles(users: Iterable[int]) -> dict[int, str]:
            return dict(live.reader.titles(connection, "users", list(users)))

        plans = live.writer.plans
        look = Look(connection, live.catalog, live.tables.names, plans, condition, path, titles)
        kept = [use for kind in kinds() for use in kind.references(look, thing)]
    order = ("saved_filter", "chosen_columns", "import_map")
    return (*live.uses().of(thing), *sorted(kept, key=lambda use: order.index(use.kind)))
