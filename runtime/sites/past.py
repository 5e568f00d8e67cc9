"""The past of a site: what each revision has changed for people, told once in a process."""

from functools import lru_cache
from typing import TYPE_CHECKING

from runtime.change.people import Changes
from runtime.change.people.telling import tell
from runtime.change.renames import renames_between
from runtime.change.revisions import Revision, read_revision
from runtime.language.load import load_sources
from runtime.model.catalog import Catalog

if TYPE_CHECKING:
    from runtime.sites.site import Site

REMEMBERED = 64
"""Of so many revisions it is remembered; one costs the loading of two configurations."""


class Past:
    """Tells what a revision has changed, in sentences by topic."""

    def __init__(self, site: "Site") -> None:
        self._site = site
        self.told = lru_cache(maxsize=REMEMBERED)(self._told)

    def catalog(self, revision: Revision) -> Catalog | None:
        """The catalog of a revision; None where this version of the program cannot read its text."""
        live = self._site.live
        if (live.revision, live.catalog.hash) == (revision.number, revision.hash):
            return live.catalog
        shop = self._site.workshop
        return load_sources(
            revision.layers, types=shop.types, checks=shop.checks, language=shop.language
        ).catalog

    def _told(self, number: int) -> Changes | None:
        """What a revision has changed for people since the one before it; None where one of the two cannot be
        read any more. Raises KeyError where one of them is not there.
        """
        with self._site.database.read() as connection:
            before, after = read_revision(connection, number - 1), read_revision(connection, number)
            renames = renames_between(connection, number - 1, number)
        was, now = self.catalog(before), self.catalog(after)
        return None if was is None or now is None else tell(was, now, renames)
