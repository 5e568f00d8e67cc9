"""Every page that links lead to, and every route: nothing inline, and the headers that keep a page safe."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest

from runtime.automation.worker import Worker
from runtime.web.routes import PAGES
from runtime.web.security import HEADERS
from tests.browser.test_guarded_pages import GUARDED
from tests.journeys.test_web_hardening import filled
from tests.support.crm import App, Browser
from tests.support.screens import PACK, make

SQLITE = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
KEPT_BY_BROWSERS = "/static/"
MOST = 400
"""So many pages are looked at for each who looks: more is a crawl that does not end."""
OPEN = ("href", "src", "action", "hx-get", "data-from")


class Inline(HTMLParser):
    """What a page holds that a strict policy would not run, and where it leads to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.links: list[str] = []
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at an element's attributes."""
        given = {name.lower(): value or "" for name, value in attrs}
        self._open = tag
        if tag == "style" or (
            tag == "script" and "src" not in given and given.get("type") != "application/json"
        ):
            self.wrong.append(f"<{tag}>")
        for name, value in given.items():
            if (
                name == "style"
                or name.startswith(("on", "hx-on", "hx-vals", "data-hx-"))
                or value.startswith("js:")
            ):
                self.wrong.append(f"<{tag} {name}={value[:40]}>")
            if name in OPEN and re.match(r"\s*(javascript|vbscript|data:text)", value, re.IGNORECASE):
                self.wrong.append(f"<{tag} {name}={value[:40]}>")
        if (
            tag in ("script", "link", "img", "iframe", "source")
            and urlsplit(given.get("src") or given.get("href", "")).netloc
        ):
            self.wrong.append(f"<{tag}> of another site")
        self.links += [given[name] for name in ("href", "hx-get") if given.get(name)]


def wrong_of(path: str, answer: Any) -> Iterator[str]:
    """What is wrong with an answer."""
    for name, value in HEADERS:
        # A file says more than a page: in a sandbox of its own, it runs nothing at all.
        own = answer.headers.get(name, "")
        if own != value and not (name == "content-security-policy" and "sandbox" in own):
            yield f"{path}: {name}: {own}"
    if (
        answer.headers.get("cache-control") != "no-store"
        and "immutable" not in answer.headers["cache-control"]
    ):
        yield f"{path}: cache-control: {answer.headers.get('cache-control')}"
    if answer.status_code >= 500:
        yield f"{path}: {answer.status_code}"
    if answer.headers.get("content-type", "").startswith("text/html"):
        yield from (f"{path}: {each}" for each in Inline(answer.text).wrong)


def crawled(browser: Browser, begins: list[str]) -> tuple[int, list[str]]:
    """How many pages the links lead to from some, and what is wrong with them."""
    todo, seen, wrong = list(begins), set[str](), list[str]()
    shapes: dict[str, int] = {}
    while todo and len(seen) < MOST:
        path = todo.pop(0)
        shape = re.sub(r"\d+|=[^&]*", "N", path)  # lists that are sorted otherwise are the same page
        if path in seen or path.startswith(KEPT_BY_BROWSERS) or shapes.get(shape, 0) >= 2:
            continue
        seen.add(path)
        shapes[shape] = shapes.get(shape, 0) + 1
        answer = browser.client.get(path, follow_redirects=False)
        wrong += wrong_of(path, answer)
        if answer.headers.get("content-type", "").startswith("text/html"):
            for link in Inline(answer.text).links:
                place = urlsplit(urljoin(f"http://here{path}", link))
                if place.netloc == "here":
                    todo.append(place.path + (f"?{place.query}" if place.query else ""))
    assert len(seen) < MOST, "the crawl does not end"
    return len(seen), wrong


@pytest.fixture
def app(crm) -> App:
    made: App = crm(PACK + GUARDED)
    sue = made.user("sue@example.com", admin=False)
    made.program()("PATCH", f"/users/{sue}", json={"role": "seller"})
    account = make(made, "accounts", name="Acme", owner=sue)
    for number in range(2):
        deal = make(made, "deals", name=f"Deal {number}", account=account, amount=500 * number, owner=sue)
        made.program()("PATCH", f"/deals/{deal}", json={"stage": "won"})
    Worker(made.site, made.site.background, "test").drain()
    return made


@SQLITE
@pytest.mark.parametrize("who", ["admin", "seller", "nobody"])
def test_no_page_has_anything_inline_or_lacks_a_header(app: App, who: str):
    browser = Browser(app.client()) if who == "nobody" else app.sign_in() if who == "admin" else None
    browser = browser or app.sign_in("sue@example.com", admin=False)
    deal = app.program()("GET", "/deals?limit=1").json()["data"][0]["id"]
    routes = [filled(path, deal) for method, path, _, _ in PAGES if method == "GET"]
    looked, wrong = crawled(browser, ["/", "/app", "/admin/setup", "/nowhere", *routes])
    print(f"{who}: {looked} pages, {len(wrong)} failures")
    assert not wrong, "\n".join(wrong[:40])
    assert looked >= {"admin": 150, "seller": 100, "nobody": len(set(routes))}[who]


def test_the_crawl_would_see_what_is_inline():
    page = """<style>x</style><script>1</script><p onclick=x style=y></p><a href=" JavaScript:x">z</a>
        <img src="//evil.example/x.png"><b hx-on:click=x hx-vals='js:{}'></b>"""
    assert len(Inline(page).wrong) == 8
