"""Following: what is saved is told to those who have asked for it: webhooks, and owners of records.

A worker looks every few seconds, and only where somebody asks: a save costs nothing by it. What follows from
a save is written in the transaction that takes its row of the outbox, so it happens once.
"""

from datetime import timedelta

from runtime.automation.calling import stage
from runtime.automation.noting import tell_of_notes
from runtime.automation.place import Place, people_of
from runtime.storage.following import Followed
from runtime.storage.webhooks import Webhook, Webhooks

PAGE = 100
OLD = timedelta(hours=1)
"""Notes of longer ago are no news to anybody."""
KEPT_EVERY = timedelta(minutes=5)


class Following:
    """Follows one site."""

    def __init__(self, site: Place) -> None:
        self._site = site
        self._followed = Followed(site.clock)
        self._webhooks = Webhooks(site.clock)
        self._floor: int | None = None
        self._keep_at = site.clock.now()

    def follow(self) -> int:
        """Tell of what was saved; says how many rows of the outbox were taken."""
        site, count = self._site, 0
        with site.database.read() as connection:
            hooks = self._webhooks.all(connection, active=True)
            notes = next(people_of(site.live).who_wish(connection, "note_alert"), None) is not None
            if not hooks and not notes:
                self._floor = None
                return 0
            floor = self._floor if self._floor is not None else self._followed.floor(connection)
            settled = self._followed.settled(connection)
        floor = settled if floor is None else floor
        while taken := self._page(hooks, floor, notes=notes):
            count += taken
        if self._floor is None or site.clock.now() >= self._keep_at:
            self._keep_at = site.clock.now() + KEPT_EVERY
            with site.database.write() as tx:
                self._followed.keep_floor(tx, max(floor, settled))
        self._floor = max(floor, settled)
        return count

    def _page(self, hooks: list[Webhook], floor: int, *, notes: bool) -> int:
        site, live = self._site, self._site.live
        with site.database.read() as connection:
            rows = self._followed.fresh(connection, floor, PAGE)
        if not rows:
            return 0
        with site.database.write() as tx:
            for saved in self._followed.take(tx, rows):
                if saved.module not in live.catalog.modules:
                    continue
                stage(site, tx, live, self._webhooks, hooks, saved)
                if notes and saved.at > site.clock.now() - OLD:
                    ids = saved.records.get("updated", ())
                    tell_of_notes(site, tx, live, saved.module, saved.change_set, ids)
        return len(rows)
