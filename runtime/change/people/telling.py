"""Telling what changes for people between two configurations, topic by topic."""

from collections.abc import Callable, Iterator
from types import MappingProxyType

from sqlalchemy import Connection

from runtime.change.before import Before
from runtime.change.people import Changes
from runtime.change.people.access import tell_access
from runtime.change.people.automation import tell_automation
from runtime.change.people.fields import tell_fields
from runtime.change.people.filters import tell_filters
from runtime.change.people.formulas import tell_formulas
from runtime.change.people.layouts import tell_layouts
from runtime.change.people.menu import tell_menu
from runtime.change.people.modules import tell_modules
from runtime.change.people.picklists import tell_picklists
from runtime.change.people.reach import tell_reach
from runtime.change.people.renamed import renamed, tell_renames
from runtime.change.people.whole import tell_whole
from runtime.model.catalog import Catalog
from runtime.model.renames import Renames

ACCESS = "Access"
Tell = Callable[[Catalog, Catalog], Iterator[str]]

TOPICS: tuple[tuple[str, Tell], ...] = (
    ("The CRM as a whole", tell_whole),
    ("Modules", tell_modules),
    ("Fields", tell_fields),
    ("Formulas, rules and checks", tell_formulas),
    ("Picklists", tell_picklists),
    ("Layouts", tell_layouts),
    ("Filters", tell_filters),
    ("Workflows, tools, jobs and approvals", tell_automation),
    ("Menu", tell_menu),
    (ACCESS, tell_access),
)
"""The topics in the order in which they are told."""

NOTHING = Renames()
TOLD = 50
"""How many sentences of a topic are told."""


def tell(before: Catalog | None, after: Catalog, renames: Renames = NOTHING) -> Changes:
    """What changes; without a configuration before, everything is new, and nothing is told."""
    if before is None or before.hash == after.hash:
        return MappingProxyType({})
    was = renamed(before, renames)
    told = {"Names": _bounded(list(tell_renames(renames)))}
    told |= {about: _bounded(list(topic(was, after))) for about, topic in TOPICS}
    return MappingProxyType({about: sentences for about, sentences in told.items() if sentences})


def with_reach(
    changes: Changes, connection: Connection, before: Before, after: Catalog, renames: Renames
) -> Changes:
    """The same, with how many users gain and lose how many records by it; only where access changes."""
    if ACCESS not in changes:
        return changes
    counted = tuple(tell_reach(connection, before, after, renames))
    return MappingProxyType({**changes, ACCESS: (*changes[ACCESS], *counted)})


def _bounded(sentences: list[str]) -> tuple[str, ...]:
    more = len(sentences) - TOLD
    return tuple(sentences if more <= 0 else [*sentences[:TOLD], f"And {more:,} more of these."])
