"""The filter builder for tests: its form as a person fills it in, without JavaScript."""

import html
import re
from typing import Any

from tests.support.crm import Browser, Page
from tests.support.screens import Sheet, SheetReader


def form(page: Page) -> Sheet:
    """The builder's form on a page."""
    (found,) = (
        each for each in SheetReader(page.text).sheets.values() if re.search(r"/filter(\?|$)", each.action)
    )
    return found


def press(browser: Browser, page: Page | str, do: str, **typed: Any) -> Page:
    """Press a button of the builder with what was typed into its controls."""
    page = browser.get(page) if isinstance(page, str) else page
    found = form(page)
    sent = {**found.values, **typed, "_do": do}
    return Page(browser.client.post(found.action, data=sent))


def row(browser: Browser, page: Page | str, key: str, field: Any, operator: str = "", **holes: Any) -> Page:
    """Fill one row in: its field, then its operator, then what it is compared with."""
    shown = press(browser, page, "draw", **{f"c{key}.field": field})
    if operator:
        shown = press(browser, shown, "draw", **{f"c{key}.operator": operator})
    if holes:
        shown = press(browser, shown, "draw", **{f"c{key}.{hole}": value for hole, value in holes.items()})
    return shown


def where(page: Page) -> str:
    """The condition of the address that a page is at."""
    return str(page.response.url.params.get("where", ""))


def status(page: Page) -> str:
    """What the builder says it finds."""
    found = re.search(r"data-status>(.*?)</p>", page.text, re.DOTALL)
    return html.unescape(found[1]).strip() if found else ""


def said(page: Page) -> list[str]:
    """The sentences above a list."""
    found = re.search(r'<ul class="filter-said".*?</ul>', page.text, re.DOTALL)
    return (
        [html.unescape(text) for text in re.findall(r"<li>(.*?)</li>", found[0], re.DOTALL)] if found else []
    )


def tabs(page: Page) -> list[str]:
    """The filters that a list offers."""
    found = re.search(r'<nav class="tabs" aria-label="Saved filters">(.*?)</nav>', page.text, re.DOTALL)
    texts = re.findall(r"<a [^>]*>(.*?)</a>", found[1], re.DOTALL) if found else []
    return [html.unescape(re.sub(r"<.*", "", text, flags=re.DOTALL)) for text in texts]
