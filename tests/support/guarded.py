"""A CRM that sends mail, and people who sign in to it step by step."""

import re
from datetime import UTC, datetime

from sqlalchemy import select

from runtime.identity.policy import Policy
from runtime.storage.runtime_tables import runtime_tables
from tests.support.crm import PASSWORD, App, Browser, Page
from tests.support.screens import submit

NOON = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
URL = "http://crm.test"


def rule(app: App, **values) -> None:
    """Set the rules of signing in."""
    with app.site.database.write() as tx:
        app.site.rules.change(tx.connection, Policy(**values), NOON, None)
    app.site.rules.refresh()


def sign_in(app: App, email: str, password: str = PASSWORD, following: str = "/app") -> tuple[Browser, Page]:
    """A browser that has sent the first form, and what it was answered."""
    browser = Browser(app.client())
    page = browser.get(f"/signin?next={following}")
    return browser, submit(browser, page, {"email": email, "password": password}, key="/signin")


def events(app: App) -> list[str]:
    """The kinds of what the security log has, oldest first."""
    table = runtime_tables().security_log
    with app.site.database.read() as connection:
        return list(connection.execute(select(table.c.kind).order_by(table.c.id)).scalars())


def code_in(text: str) -> str:
    """The first six digits in a text."""
    found = re.search(r"\b(\d{6})\b", text)
    assert found is not None
    return found[1]
