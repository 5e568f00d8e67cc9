"""An office of people in every place, and a pack that says what each may do."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.support.crm import App, Browser, Program

PACK = """
schemas/modules/accounts.yaml:
  label: Account
  plural: Accounts
  title: name
  search: [name, secret]
  fields:
    name: {type: text, required: true, max: 100}
    secret: {type: text, max: 100}
schemas/modules/deals.yaml:
  label: Deal
  plural: Deals
  title: name
  search: [name, account.name, note]
  fields:
    name: {type: text, required: true, max: 100}
    account: {type: relation, module: accounts, inverse: deals}
    stage: {type: picklist, picklist: stage, default: open}
    amount: {type: money}
    cost: {type: money}
    margin: {type: money, formula: "default(amount, 0) - default(cost, 0)"}
    note: {type: text, max: 100}
  rows:
    lines: {module: lines}
schemas/modules/lines.yaml:
  label: Line
  plural: Lines
  title: name
  fields:
    name: {type: text, max: 100}
    price: {type: money}
schemas/picklists/stage.yaml:
  values:
    open: {label: Open, kind: open}
    won: {label: Won, kind: won}
schemas/access/roles.yaml:
  ceo: {label: CEO, profiles: [sales]}
  boss: {under: ceo, profiles: [sales]}
  seller: {under: boss, profiles: [sales]}
  helper: {profiles: [support]}
schemas/access/profiles/sales.yaml:
  modules:
    deals: {read: true, create: true, update: true, delete: true, export: true}
    accounts: {read: true, create: true, update: true}
  fields:
    deals.amount: {update: "=stage.kind == 'open'"}
    deals.cost: {read: false}
    deals.margin: {read: false}
    deals.note: {read: "=stage.kind == 'won'"}
    accounts.secret: {read: false}
    lines.price: {read: false}
schemas/access/profiles/support.yaml:
  modules:
    deals: {read: true}
    accounts: {read: true}
  fields:
    deals.amount: {update: false}
schemas/access/sharing.yaml:
  default: {deals: private, accounts: write}
  rules:
    - {module: deals, to: {role: helper}, grant: read, where: "stage.kind == 'won'"}
    - {module: deals, to: {group: Front desk}, grant: read, where: "stage.kind == 'won'"}
"""
VAULT = """
schemas/modules/vault.yaml:
  label: Vault item
  plural: Vault
  title: name
  fields:
    name: {type: text, max: 100}
"""
"""A module that nobody but administrators may read."""
FILING = (
    PACK.replace("helper: {profiles: [support]}", "helper: {profiles: [support, filing]}")
    .replace("to: {role: helper}, grant: read", "to: {role: helper}, grant: write")
    .replace(
        """    accounts: {read: true}
  fields:
    deals.amount: {update: false}
""",
        """  fields:
    deals.cost: {read: false}
    deals.note: {read: "=is_empty(amount)"}
""",
    )
    + """schemas/access/profiles/filing.yaml:
  modules:
    deals: {update: true}
    accounts: {update: true, delete: true}
"""
)
"""The same, where a second profile lets the helper change what neither lets them read."""


@dataclass
class Office:
    """The CRM with its people: an admin's program, and what each of the others uses."""

    app: App
    admin: Program
    ids: dict[str, int]

    def program(self, name: str) -> Program:
        """A program with a key of somebody."""
        return self.app.program(f"{name}@example.com")

    def browser(self, name: str) -> Browser:
        """A browser that somebody has signed in with."""
        return self.app.sign_in(f"{name}@example.com", admin=False)

    def deal(self, name: str, owner: str | None, **values: object) -> int:
        """A deal that somebody owns."""
        given = {"name": name, "owner": self.ids[owner] if owner else None, **values}
        answer = self.admin("POST", "/deals", json=given)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["data"]["id"])


@pytest.fixture
def office(crm: Callable[..., App]) -> Office:
    return opened(crm, PACK)


def opened(crm: Callable[..., App], pack: str) -> Office:
    """The office of a pack, with an admin and people in every place."""
    app = crm(pack)
    admin = app.program()
    ids: dict[str, int] = {}
    for name, role in (
        ("ceo", "ceo"),
        ("bea", "boss"),
        ("sam", "seller"),
        ("sue", "seller"),
        ("hal", "helper"),
    ):
        ids[name] = app.user(f"{name}@example.com", admin=False)
        changed = admin("PATCH", f"/users/{ids[name]}", json={"role": role})
        assert changed.status_code == 200, changed.text
    ids["nora"] = app.user("nora@example.com", admin=False)
    return Office(app, admin, ids)
