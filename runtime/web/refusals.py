"""Refusals: who is not let in from where they are, and what is noted of those who were refused."""

import logging
import time
from collections import OrderedDict
from threading import Lock

from runtime.base.messages import message
from runtime.identity.actor import Actor
from runtime.identity.security_log import Who, note
from runtime.sites.site import Site
from runtime.storage.errors import StorageError
from runtime.web.errors import RefusedError, forbidden

log = logging.getLogger("trellis.web")

AGAIN_SECONDS = 60.0
"""The same refusal of the same user is noted once in so many seconds, however often it is tried."""
MOST = 2000
"""So many refusals are remembered."""


class Refusals:
    """Keeps out, and notes. One for each door of a process."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._lock = Lock()
        self._told: OrderedDict[tuple[object, ...], float] = OrderedDict()

    def check_address(self, address: str) -> None:
        """Refuse one who comes from where nobody is let in."""
        if self._site.rules.now.lets_in(address):
            return
        self._note("address_refused", Who(address=address), ("address", address), "")
        raise forbidden(message("Nobody is let in from where you are. Ask your administrator."))

    def note(self, actor: Actor, method: str, path: str, refusal: RefusedError) -> None:
        """Note that somebody was refused what they may not do, unless nobody is signed in."""
        if refusal.status == 403 and (actor.user_id is not None or actor.contact is not None):
            key = (actor.user_id, actor.contact, actor.by_id, method, path)
            self._note("refused", Who.of(actor), key, f"{method} {path}"[:300])

    def note_key(self, address: str, method: str, path: str) -> None:
        """Note that an API key did not hold: once a minute for each address that keys come from."""
        self._note("key_refused", Who(address=address), ("key", address), f"{method} {path}"[:300])

    def _note(self, kind: str, who: Who, key: tuple[object, ...], about: str) -> None:
        if not self._is_new(key):
            return
        site = self._site
        try:
            with site.database.write() as tx:
                note(tx.connection, site.clock.now(), kind, who, about=about)
        except StorageError:
            log.warning("a refusal could not be noted: %s %s", kind, about, exc_info=True)

    def _is_new(self, key: tuple[object, ...]) -> bool:
        now = time.monotonic()
        with self._lock:
            before = self._told.pop(key, None)
            self._told[key] = before if before is not None and now - before < AGAIN_SECONDS else now
            while len(self._told) > MOST:
                self._told.popitem(last=False)
        return before is None or now - before >= AGAIN_SECONDS
