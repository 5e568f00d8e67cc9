"""The letters that identity has sent: their words, in the language of who gets them, and their links."""

from collections.abc import Mapping
from datetime import timedelta
from secrets import token_hex
from typing import TYPE_CHECKING, cast

from runtime.base.messages import Message, message
from runtime.identity.half_sign_ins import LASTS as PIN_LASTS
from runtime.identity.letters import CHANGED, INVITE, PIN, RESET, Unit
from runtime.identity.mailed_links import LASTS
from runtime.identity.users import User
from runtime.model.letters import Letter
from runtime.storage.transaction import Transaction

if TYPE_CHECKING:
    from runtime.sites.site import Site

LINK = "/signin/password?token="
HOLDS: Mapping[str, timedelta] = {PIN: PIN_LASTS, RESET: LASTS[RESET], INVITE: LASTS[INVITE]}
"""After this long a letter is of no use any more."""


class SiteLetters:
    """Writes letters in a site's name and puts them into its post."""

    def __init__(self, site: "Site", title: str, language: str) -> None:
        self._site = site
        self._title = title
        self._language = language

    @property
    def can_send(self) -> bool:
        """Whether a letter would be on its way at once."""
        post = self._site.post
        if post.server is None:
            return False
        with self._site.database.read() as connection:
            return not post.mails.is_held(connection)

    def send(self, tx: Unit, kind: str, user: User, values: Mapping[str, str]) -> None:
        """Put one into the post, to the address that is kept of the user."""
        language = user.language or self._language
        say = self._site.translate(language)
        subject, *lines = self._words(kind, user, values)
        text = "\n\n".join(line.render(say, language) for line in lines) + "\n"
        holds = HOLDS.get(kind)
        until = self._site.clock.now() + holds if holds is not None else None
        key = f"{kind}:{user.id}:{token_hex(8)}"
        letter = Letter(key, kind, user.email, subject.render(say, language), text, until)
        self._site.post.put(cast(Transaction, tx), [letter])

    def address_of(self, token: str) -> str:
        """The address at which a password is chosen."""
        return f"{self._site.settings.url}{LINK}{token}"

    def _words(self, kind: str, user: User, values: Mapping[str, str]) -> tuple[Message, ...]:
        name, site = user.name, self._title
        if kind == PIN:
            return (
                message("Your code for {site}: {pin}", site=site, pin=values["pin"]),
                message("Hello {name},", name=name),
                message("your code is {pin}. It works for 15 minutes, and once.", pin=values["pin"]),
                message("If you are not signing in now, somebody knows your password: change it."),
            )
        link = self.address_of(values.get("token", ""))
        if kind == RESET:
            return (
                message("A new password for {site}", site=site),
                message("Hello {name},", name=name),
                message("choose a new password here, within 30 minutes: {link}", link=link),
                message("If you have not asked for it, do nothing: your password stays as it is."),
            )
        if kind == INVITE:
            return (
                message("Welcome to {site}", site=site),
                message("Hello {name},", name=name),
                message(
                    "there is an account for you. Choose your password here, within 7 days: {link}", link=link
                ),
                message("Sign in with your e-mail address {email}.", email=user.email),
            )
        assert kind == CHANGED
        return (
            message("Your password for {site} was changed", site=site),
            message("Hello {name},", name=name),
            message(
                "your password was changed just now. If that was not you, tell an administrator at once."
            ),
        )
