"""Telling: what people want to hear from the CRM by itself, looked for as often as each is of use."""

from datetime import timedelta

from runtime.automation.noticing import mail_notices
from runtime.automation.place import Place
from runtime.automation.reminding import digest, remind

EVERY = timedelta(minutes=15)
"""So often what is due, and the mail of the day, are looked for."""


class Telling:
    """Tells the people of one site."""

    def __init__(self, site: Place) -> None:
        self._site = site
        self._next = site.clock.now()

    def tick(self) -> None:
        """Tell what there is to tell."""
        now = self._site.clock.now()
        if now >= self._next:
            self._next = now + EVERY
            remind(self._site)
            digest(self._site)
        mail_notices(self._site)
