"""Where-used of a running site: what its configuration says, and what its users keep."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from runtime.language.where_used import of_path
from runtime.model.uses import Thing, Use
from runtime.sites.live import Live, PathError

if TYPE_CHECKING:
    from runtime.sites.site import Site

MOST = 500
"""Of so many things that users keep, those that name one are told."""


def uses_in_site(site: "Site", live: Live, thing: Thing) -> tuple[Use, ...]:
    """Every use of a thing, the configuration's first."""
    return (*live.uses().of(thing), *_chosen_columns(site, live, thing))


def _chosen_columns(site: "Site", live: Live, thing: Thing) -> Iterator[Use]:
    if thing.kind != "field":
        return
    with site.database.read() as connection:
        found = live.chosen_columns.naming(connection, thing.key.rpartition(".")[2], MOST)
        users = live.reader.titles(connection, "users", sorted({each[0] for each in found}))
    for user_id, module, filter, text in found:
        try:
            path = live.path(live.catalog.modules[module], text)
        except PathError:
            continue
        for named, does, _, _ in of_path(path, "shows"):
            if named == thing:
                place = f"{module}.{filter}.columns"
                yield Use(thing, does, "chosen_columns", place, text, who=users.get(user_id, ""))
