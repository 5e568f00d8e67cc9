"""Watching: saved files are applied at once, and what another process applied is noticed in half a second."""

import logging
import threading
import time
from datetime import timedelta

from watchfiles import watch

from runtime.sites.site import Site
from runtime.storage.errors import StorageError

POLL_SECONDS = 0.5
"""How often a process asks whether another one has applied a revision."""
GUARD_SECONDS = 2.0
"""How often it reads the rules of signing in again, and chains what is new in the security log."""
PRUNE_SECONDS = 3600.0
"""How often it removes what the security log has kept for long enough."""

log = logging.getLogger("trellis.sites")


class Watcher:
    """Threads beside a served site; :meth:`stop` ends them."""

    def __init__(self, site: Site, *, files: bool) -> None:
        self._site = site
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._follow_revisions, name="revisions", daemon=True)]
        self._threads.append(threading.Thread(target=self._guard, name="guard", daemon=True))
        if files:
            self._threads.append(threading.Thread(target=self._follow_files, name="files", daemon=True))

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End, and wait for what is under way."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(timeout=5)

    def _follow_revisions(self) -> None:
        while not self._stopped.wait(POLL_SECONDS):
            try:
                self._site.refresh()
            except Exception:
                log.exception("The newest revision cannot be served.")

    def _guard(self) -> None:
        prune_at = 0.0
        while not self._stopped.wait(GUARD_SECONDS):
            try:
                kept = timedelta(days=self._site.rules.refresh().log_days)
                self._site.security_log.chain()
                if time.monotonic() >= prune_at:
                    prune_at = time.monotonic() + PRUNE_SECONDS
                    self._site.security_log.prune(kept)
            except StorageError as error:
                log.warning("The security log waits for the database: %s", error)
            except Exception:
                log.exception("The security log could not be chained.")

    def _follow_files(self) -> None:
        folders = [folder for folder in (self._site.pack, *self._site.packs) if folder is not None]
        for _ in watch(*folders, stop_event=self._stopped, debounce=200, step=50, rust_timeout=500):
            try:
                self._site.apply_pack("watch")
            except Exception:
                log.exception("The saved files cannot be applied.")
