"""Contacts of the portal: a provider that proves them, and browsers that they come with."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

from runtime.identity.providers.base import Contacts, SingleSignOn
from tests.support.crm import App, Browser


class Page(SingleSignOn):
    """A page elsewhere that proves the contact that it is asked to prove."""

    name = "contacts"
    title = "Our Page"
    is_set_up = True

    def begin(self, state: str, back: str) -> str:
        """The address of the page."""
        return f"https://id.example/in?state={state}"

    def finish(self, answer: Mapping[str, str], state: str, back: str) -> str | None:
        """Who was proved by the code in the answer."""
        return answer.get("code")


@contextmanager
def portal_of(app: App, module: str, field: str) -> Iterator[None]:
    """A CRM with the provider, for as long as somebody signs in."""

    class Here(Page):
        contacts = Contacts(module, field)

    single, page = app.site.workshop.providers.single, Here()
    single[page.name] = page
    try:
        yield
    finally:
        del single[page.name]


def come_in(app: App, email: str) -> tuple[Browser, int]:
    """A browser in which a contact has tried to sign in, and what was answered."""
    browser = Browser(app.client())
    away = browser.client.get("/signin/with/contacts", follow_redirects=False)
    state = parse_qs(urlsplit(away.headers["location"]).query)["state"][0]
    sent = {"state": state, "code": email}
    back = browser.client.get("/signin/with/contacts/back", params=sent, follow_redirects=False)
    return browser, back.status_code
