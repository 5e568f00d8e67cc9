"""The matrix's world: a pack with every kind of right, people in every place, records full of canaries."""

import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import text

from runtime.identity import actor as actors
from runtime.identity.api_keys import KeyLimits
from runtime.records.sharing import share
from tests.access.oracle import Item, Oracle, Person
from tests.support.contacts import come_in, portal_of
from tests.support.crm import App, Browser, Program

CANARY = re.compile(r"cnry\d{5}x")

PACK = """
schemas/modules/accounts.yaml:
  label: Account
  plural: Accounts
  title: name
  search: [name, secret]
  fields:
    name: {type: text, required: true, max: 100}
    secret: {type: text, max: 100}
    worth: {type: integer}
    parent_account: {type: relation, module: accounts, inverse: daughters}
schemas/modules/deals.yaml:
  label: Deal
  plural: Deals
  title: name
  search: [name, account.name, secret, note]
  fields:
    name: {type: text, required: true, max: 100}
    account: {type: relation, module: accounts, inverse: deals}
    others: {type: relations, module: accounts, inverse: other_deals, link: {why: {type: text, max: 60}}}
    hidden_others: {type: relations, module: accounts, inverse: hidden_deals}
    about: {type: any_relation, modules: [accounts, notes]}
    stage: {type: picklist, picklist: stage, default: open}
    secret: {type: text, max: 100, unique: true}
    worth: {type: integer}
    note: {type: text, max: 100}
    summary: {type: text, max: 250, formula: "concat(name, ' ', secret)"}
    whose: {type: text, max: 250, formula: "concat('by ', account.secret)"}
    docs: {type: files}
  rows:
    lines: {module: lines}
schemas/modules/lines.yaml:
  label: Line
  plural: Lines
  title: name
  fields:
    name: {type: text, max: 100}
    secret: {type: text, max: 100}
schemas/modules/notes.yaml:
  label: Note
  plural: Notes
  title: name
  fields:
    name: {type: text, max: 100}
    deal: {type: relation, module: deals, inverse: notes}
schemas/modules/contacts.yaml:
  label: Contact
  plural: Contacts
  title: name
  fields:
    name: {type: text, max: 100}
    mail: {type: email}
schemas/picklists/stage.yaml:
  values:
    open: {label: Open, kind: open}
    won: {label: Won, kind: won}
schemas/layouts/deals.yaml:
  card:
    process: stage
    header: [account, secret]
    tabs:
      overview:
        main:
          fields: [name, account, account.secret, account.name, others, about, stage, secret, note]
        hidden: {fields: [hidden_others, summary]}
      more:
        notes: {related: notes, columns: [name, deal.secret]}
        log: {component: change_log}
        files: {component: files}
  quick_view: [name, account, account.secret, secret, note, summary, whose]
  list: [name, account, account.secret, others, about, stage, secret, note, summary, whose, owner]
schemas/filters/deals.yaml:
  all:
    columns: [name, account, account.name, account.secret, secret, note, summary, others]
    quick: [secret, worth, account]
  telling: {where: "contains(secret, 'cnry')", columns: [name]}
schemas/access/roles.yaml:
  ceo: {label: CEO, profiles: [sales]}
  boss: {under: ceo, profiles: [sales]}
  seller: {under: boss, profiles: [sales]}
  helper: {profiles: [support]}
  auditor: {profiles: [audit]}
schemas/access/profiles/sales.yaml:
  modules:
    deals: {read: true, create: true, update: true, delete: true, export: true, import: true}
    accounts: {read: true, create: true, update: true, export: true}
  fields:
    deals.secret: {read: false}
    deals.worth: {read: false}
    deals.summary: {read: false}
    deals.hidden_others: {read: "=stage.kind == 'won'"}
    deals.whose: {read: false}
    deals.note: {read: "=stage.kind == 'won'"}
    accounts.secret: {read: false}
    accounts.worth: {read: false}
    lines.secret: {read: false}
schemas/access/profiles/support.yaml:
  modules:
    deals: {read: true, update: true}
    "*": {read: true, create: true, update: true}
  fields:
    deals.secret: {read: false}
    deals.summary: {read: false}
    deals.whose: {read: true}
    accounts.secret: {read: true, update: false}
    lines.*: {read: false}
schemas/access/profiles/audit.yaml:
  modules:
    deals: {read: true, see_all: true, see_deleted: true, export: true}
    accounts: {read: true, see_all: true}
  fields:
    deals.note: {read: false}
schemas/access/sharing.yaml:
  default: {deals: private, accounts: private, notes: read}
  rules:
    - {module: deals, to: {role: helper}, grant: read, where: "stage.kind == 'won'"}
    - {module: deals, to: {group: Front desk}, grant: write, where: "stage == 'won'"}
    - {module: accounts, to: {role_and_below: boss}, grant: read, where: "not is_empty(secret)"}
"""

PEOPLE = (
    ("ceo", "ceo"),
    ("bea", "boss"),
    ("sam", "seller"),
    ("sue", "seller"),
    ("hal", "helper"),
    ("ada", "auditor"),
    ("nora", None),
)

KEY, OF_KEY = "key", "accounts"
"""A program with a key of Sam's that is for one module, and only reads."""
PORTAL, NOBODY = "portal", "anonymous"
"""A contact of the portal, who is no user, and one who has not signed in."""
ACTORS = (*(name for name, _ in PEOPLE), NOBODY, KEY, PORTAL)


@dataclass
class InBrowser(Program):
    """A page's own requests of REST: they come with the browser's session, and the token of its forms."""

    def __call__(self, method: str, path: str, **options: Any) -> Any:
        """Ask REST: an address below ``/api/v1``, or a whole one."""
        whole = path if path.startswith("/api/") else f"/api/v1{path}"
        return self.client.request(method, whole, headers={"x-csrf-token": self.key}, **options)


@dataclass
class World:
    """The CRM, its people as the oracle knows them, its records and the canaries in them. ``probes`` are the
    requests that were made to try it.
    """

    app: App
    admin: Program
    oracle: Oracle
    people: dict[str, Person]
    items: list[Item] = field(default_factory=list)
    canaries: dict[str, list[tuple[Item, str]]] = field(default_factory=dict)
    probes: int = 0
    digested: tuple[str, str] | None = None
    _watching: sqlite3.Connection | None = None
    _browsers: dict[str, Browser] = field(default_factory=dict)
    _programs: dict[str, Program] = field(default_factory=dict)
    _csrf: dict[str, str] = field(default_factory=dict)

    def canary(self) -> str:
        """A text that is nowhere else."""
        token = f"cnry{len(self.canaries):05d}x"
        self.canaries[token] = []
        return token

    def written(self) -> str:
        """What is another as soon as anybody has written anything; cheap to ask."""
        with self.app.site.database.read() as connection:
            if connection.dialect.name == "postgresql":
                asked = text("SELECT CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text)")
                return str(connection.execute(asked).scalar())
            if self._watching is None:
                self._watching = sqlite3.connect(str(connection.engine.url.database))
        return str(self._watching.execute("PRAGMA data_version").fetchone()[0])

    def allowed(self, name: str) -> set[str]:
        """The canaries that somebody may see."""
        who = self.people[name]
        return {
            token
            for token, places in self.canaries.items()
            if any(
                self.oracle.sees(who, item, key)
                for item, key in places
                if item.module == OF_KEY or not self.is_key(name)
            )
        }

    def csrf(self, name: str) -> str:
        """What somebody's forms are sent with."""
        if name not in self._csrf:
            self._csrf[name] = self.browser(name).get("/app").hidden("_csrf")
        return self._csrf[name]

    def of_items(self, tokens: set[str]) -> set[str]:
        """Those of the canaries that are in the world's own records."""
        own = {id(item) for item in self.items}
        return {
            each for each in tokens if any(id(item.parent or item) in own for item, _ in self.canaries[each])
        }

    def is_key(self, name: str) -> bool:
        """Whether it is the key that may do less than its user."""
        return name == KEY

    def browser(self, name: str) -> Browser:
        """A browser of somebody, signed in; nobody's is not."""
        if name not in self._browsers:
            self._browsers[name] = self._come_in(name)
        return self._browsers[name]

    def _come_in(self, name: str) -> Browser:
        if name == NOBODY:
            return Browser(self.app.client())
        if name != PORTAL:
            return self.app.sign_in(_mail(name), admin=False)
        with portal_of(self.app, "contacts", "mail"):
            browser, status = come_in(self.app, _mail(name))
        assert status == 303
        return browser

    def program(self, name: str) -> Program:
        """A program with a key of somebody; nobody's key is none."""
        if name not in self._programs:
            if name == NOBODY:
                made = Program(self.app.client(), "none")
            elif name == PORTAL:
                made = InBrowser(self.browser(name).client, self.csrf(name))
            elif self.is_key(name):
                made = self.narrow(KeyLimits(read_only=True, modules=(self.table_of(OF_KEY),)))
            else:
                made = self.app.program(_mail(name))
            self._programs[name] = made
        return self._programs[name]

    def narrow(self, limits: KeyLimits) -> Program:
        """A program with a key of Sam's that may do less than he."""
        site = self.app.site
        with site.database.write() as tx:
            keys = site.live.identity.api_keys
            text = keys.create(
                tx.connection, tx.allocate_ids(1)[0], self.people["sam"].id or 0, "narrow", limits
            )
        return Program(self.app.client(), text)

    def table_of(self, module: str) -> str:
        """The table of a module, by which keys name it."""
        return str(self.app.site.live.tables.module(module).table.name)

    def make(self, module: str, owner: str | int | None, **values: object) -> Item:
        """A record that an admin makes, with a canary in each field that is given as ``...``."""
        tokens = {key: self.canary() for key, value in values.items() if value is ...}
        given = {**values, **tokens}
        held = self.people[owner].id if isinstance(owner, str) else owner
        rows = given.pop("rows", 0)
        lines = [{"name": self.canary(), "secret": self.canary()} for _ in range(int(str(rows)))]
        body = {**given, "owner": held, **({"lines": lines} if lines else {})}
        answer = self.admin("POST", f"/{module}", json=body)
        assert answer.status_code == 201, answer.text
        data = answer.json()["data"]
        item = Item(data["id"], module, held, dict(given))
        self.items.append(item)
        for key, token in tokens.items():
            self.canaries[token].append((item, key))
        for line, row in zip(lines, data.get("lines", ()), strict=False):
            inside = Item(row["id"], "lines", None, dict(line), parent=item)
            for key, token in line.items():
                self.canaries[token].append((inside, key))
        return item


def _mail(name: str) -> str:
    return f"{name}@example.com"


def build(crm: Callable[..., App]) -> World:
    """The world: records of every owner, won and open, deleted and not, that lead to each other."""
    app = crm(PACK)
    admin = app.program()
    ids: dict[str, int] = {}
    for name, role in PEOPLE:
        ids[name] = app.user(_mail(name), admin=False)
        if role:
            assert admin("PATCH", f"/users/{ids[name]}", json={"role": role}).status_code == 200
    desk = admin("POST", "/groups", json={"name": "Front desk", "members": [{"id": ids["sue"]}]})
    assert desk.status_code == 201, desk.text
    group = desk.json()["data"]["id"]
    people = {
        name: Person(
            ids[name],
            role,
            frozenset([group]) if name == "sue" else frozenset(),
            frozenset(["Front desk"]) if name == "sue" else frozenset(),
            _mail(name),
        )
        for name, role in PEOPLE
    }
    people[NOBODY], people[PORTAL], people[KEY] = Person(None), Person(None), people["sam"]
    contact = admin("POST", "/contacts", json={"name": "Portal", "mail": _mail(PORTAL)})
    assert contact.status_code == 201, contact.text
    oracle = Oracle(app.folder, {ids[name]: role for name, role in PEOPLE})
    world = World(app, admin, oracle, people)
    accounts = [world.make("accounts", owner, name=..., secret=...) for owner in ("ceo", "sam", "hal", None)]
    accounts.append(world.make("accounts", "sue", name=..., parent_account=accounts[0].id))
    for place, owner in enumerate(("ceo", "bea", "sam", "sue", "hal", "nora", group, None)):
        for stage in ("open", "won"):
            deal = world.make(
                "deals",
                owner,
                name=...,
                stage=stage,
                secret=...,
                note=...,
                account=accounts[place % len(accounts)].id,
                others=[{"id": accounts[(place + 1) % len(accounts)].id, "why": "linked"}],
                hidden_others=[accounts[1].id, accounts[4].id],
                about={"module": "accounts", "id": accounts[(place + 2) % len(accounts)].id},
                rows=1,
            )
            world.make("notes", owner, name=..., deal=deal.id)
            _compute(world, deal, accounts[place % len(accounts)])
            _attach(world, deal)
            _rename(world, deal)
    _share(world, group)
    for owner in ("sam", "sue", None):
        gone = world.make("deals", owner, name=..., stage="won", secret=..., note=...)
        assert admin("DELETE", f"/deals/{gone.id}").status_code == 204
        dead = Item(gone.id, gone.module, gone.owner, gone.values, deleted=True)
        world.items[world.items.index(gone)] = dead
        world.canaries = {
            token: [(dead if item is gone else item, key) for item, key in places]
            for token, places in world.canaries.items()
        }
    return world


def _share(world: World, group: int) -> None:
    # Some records of others are shared by hand: with a user to be read, with a group to be changed.
    site, actor = world.app.site, replace(actors.NOBODY, user_id=world.people["ceo"].id)
    deals = [item for item in world.items if item.module == "deals" and item.owner == actor.user_id]
    to = (("users", world.people["sam"].id, "read"), ("groups", group, "write"))
    for deal, (kind, whom, level) in zip(deals, to, strict=False):
        assert whom is not None
        with site.database.write() as tx:
            place = (deal.module, deal.id)
            share(tx.connection, site.clock.now(), actor, place, (kind, whom), level)
        world.oracle.shares[deal.id] = [(whom, level)]


def _compute(world: World, deal: Item, account: Item) -> None:
    # What computed fields show, whoever may not read what they are made of.
    for of, key, shown in (
        (deal, "name", "summary"),
        (deal, "secret", "summary"),
        (account, "secret", "whose"),
    ):
        if of.values.get(key):
            world.canaries[str(of.values[key])].append((deal, shown))


def _attach(world: World, deal: Item) -> None:
    token, inside = world.canary(), world.canary()
    files = {"docs": (f"{token}.txt", f"in the file {inside}".encode(), "text/plain")}
    answer = world.admin("POST", f"/deals/{deal.id}/files", files=files)
    assert answer.status_code == 201, answer.text
    deal.values["file"] = answer.json()["data"][0]["id"]
    world.canaries[token] = world.canaries[inside] = [(deal, "docs")]


def _rename(world: World, deal: Item) -> None:
    # The change log knows what was there before.
    before = {"secret": world.canary(), "note": world.canary()}
    now = {key: deal.values[key] for key in before}
    for values in (before, now):
        answer = world.admin("PATCH", f"/deals/{deal.id}", json=values)
        assert answer.status_code == 200, answer.text
    for key, token in before.items():
        world.canaries[token].append((deal, key))
