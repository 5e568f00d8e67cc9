"""The fixture `crm`: a pack as text becomes a running CRM, used as a browser and as a program would.

def test_a_required_amount_is_asked_for(crm):
    app = crm('''
        schemas/modules/deals.yaml:
          fields:
            amount: {type: money, required: true}
    ''')
    page = app.sign_in().post("/app/deals/new", amount="")
    assert page.error("amount") == "Amount is required."
"""

import html
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from runtime.assembly import House
from runtime.base.clock import Clock
from runtime.sites.keys import add_key
from runtime.sites.people import add_user
from runtime.sites.site import Site
from tests.support.databases import Databases, Template
from tests.support.house import make_house
from tests.support.portal import portal

PACK = "title: Test\nversion: 1.0.0\nlanguages: [en]\ncurrency: EUR\ntimezone: Europe/Helsinki\n"
PASSWORD = "a long enough password"
HOST = "http://crm.test"


def write_pack(folder: Path, text: str) -> Path:
    """Write the files of a text whose unindented lines name them, and a `pack.yaml` when there is none."""
    files: dict[str, list[str]] = {}
    name = ""
    for line in textwrap.dedent(text).strip().splitlines():
        if line and not line[0].isspace() and line.rstrip().endswith(":"):
            name = line.rstrip()[:-1]
            files[name] = []
        else:
            files[name].append(line)
    for path, lines in {"pack.yaml": PACK.splitlines(), **files}.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent("\n".join(lines)) + "\n", encoding="utf-8")
    return folder


@dataclass
class Page:
    """An answer of the site, as a person reads it."""

    response: httpx2.Response

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.response.status_code

    @property
    def text(self) -> str:
        """The whole page."""
        return self.response.text

    @property
    def path(self) -> str:
        """Where the browser ended up."""
        return self.response.url.path

    def error(self, name: str) -> str | None:
        """The message at a field; None when there is none."""
        control = name.replace(".", "-").replace("_", "-")
        found = re.search(rf'id="{re.escape(control)}-error">(.*?)</div>', self.text, re.DOTALL)
        return html.unescape(found[1]).strip() if found else None

    def hidden(self, name: str) -> str:
        """The value of a hidden control."""
        found = re.search(rf'<input type="hidden" name="{re.escape(name)}" value="(.*?)"', self.text)
        return html.unescape(found[1]) if found else ""

    def __contains__(self, text: str) -> bool:
        return text in html.unescape(re.sub(r"<[^>]+>", "", self.text))


@dataclass
class Browser:
    """A browser without JavaScript: it keeps cookies, follows redirects, and sends what its forms hold."""

    client: TestClient

    def get(self, path: str, **headers: str) -> Page:
        """Open an address."""
        return Page(
            self.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        )

    def post(self, path: str, *, at: str | None = None, files: Any = None, **values: Any) -> Page:
        """Send the form of a page (at the same address, or `at`) with the values typed into it."""
        form = self.get(at or path)
        sent: dict[str, Any] = {"_csrf": form.hidden("_csrf"), "_version": form.hidden("_version"), **values}
        return Page(self.client.post(path, data=sent, files=files))


@dataclass
class Program:
    """A program with an API key."""

    client: TestClient
    key: str

    def __call__(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """Ask REST: an address below ``/api/v1``, or a whole one that begins with ``/api/``."""
        headers = {"authorization": f"Bearer {self.key}", **options.pop("headers", {})}
        whole = path if path.startswith("/api/") else f"/api/v1{path}"
        return self.client.request(method, whole, headers=headers, **options)


@dataclass
class App:
    """A running CRM."""

    house: House
    site: Site
    folder: Path
    _people: dict[str, int] = field(default_factory=dict)

    def client(self) -> TestClient:
        """A client of the site with its own cookies."""
        client = TestClient(self.house.application(self.site), base_url=HOST)
        client.portal = portal()
        return client

    def user(self, email: str = "admin@example.com", *, admin: bool = True) -> int:
        """A user with the test's password; made when there is none."""
        if email not in self._people:
            name = email.split("@")[0].title()
            self._people[email] = add_user(self.site, email, name, PASSWORD, admin=admin)
        return self._people[email]

    def sign_in(self, email: str = "admin@example.com", *, admin: bool = True) -> Browser:
        """A browser that somebody has signed in with."""
        self.user(email, admin=admin)
        browser = Browser(self.client())
        page = browser.get("/signin")
        done = browser.client.post(
            "/signin", data={"_csrf": page.hidden("_csrf"), "email": email, "password": PASSWORD}
        )
        assert done.status_code == 200, done.text
        return browser

    def program(self, email: str = "admin@example.com") -> Program:
        """A program with a fresh key of a user."""
        return Program(self.client(), add_key(self.site, self.user(email), "test"))


def open_app(
    stack: ExitStack,
    url: str,
    folder: Path,
    pack: Path,
    clock: Clock | None = None,
    settings: Mapping[str, str] = MappingProxyType({}),
) -> App:
    """A running CRM of a pack on a database; commands print into the house's own streams."""
    environment = {"TRELLIS_DATABASE": url, **settings}
    house = make_house(environment, StringIO(), StringIO(), folder=folder, clock=clock)
    site = house.open_site(pack)
    stack.callback(site.close)
    return App(house, site, pack)


@pytest.fixture
def crm(
    request: pytest.FixtureRequest, databases: Databases, database_engine: str, tmp_path: Path
) -> Iterator[Callable[..., App]]:
    """Make a running CRM of a pack's text, or of a folder that has one; one that is made again in the same
    test has the same database.
    """
    with ExitStack() as stack:
        urls: list[str] = []

        def database(folder: Path, clock: Clock | None) -> str:
            if "database_url" in request.fixturenames:
                return str(request.getfixturevalue("database_url"))
            if clock is not None:
                return stack.enter_context(databases.fresh(database_engine))
            template = Template(_name(tmp_path, folder), lambda url: _fill(url, tmp_path, folder))
            return stack.enter_context(databases.filled(database_engine, template))

        def make(
            text: str = "",
            *,
            pack: Path | None = None,
            clock: Clock | None = None,
            settings: Mapping[str, str] = MappingProxyType({}),
        ) -> App:
            folder = pack or write_pack(tmp_path / "pack", text)
            if not urls:
                urls.append(database(folder, clock))
            return open_app(stack, urls[0], tmp_path, folder, clock, settings)

        yield make


def _name(around: Path, pack: Path) -> str:
    """A name for what a pack makes of an empty database: the files of the pack, and of those beside it."""
    if not pack.is_relative_to(around):
        return f"crm of {pack}"
    files = sorted(file for file in around.rglob("*") if file.is_file())
    said = ((str(file.relative_to(around)), file.read_bytes()) for file in files)
    return f"crm of {pack.relative_to(around)} in {list(said)}"


def _fill(url: str, folder: Path, pack: Path) -> None:
    with ExitStack() as stack:
        open_app(stack, url, folder, pack)
