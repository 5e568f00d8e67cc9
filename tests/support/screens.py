"""Screens for tests: a pack with every kind of field, and a person who fills in a page's form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from tests.support.crm import App, Browser, Page

PACK = """
    schemas/modules/accounts.yaml:
      title: name
      numbering: "ACC-{seq:5}"
      search: [name, city]
      fields:
        name: {type: text, required: true, max: 60, help: As in the register.}
        city: {type: text}
        parent: {type: relation, module: accounts, inverse: subsidiaries, on_delete: clear}
    schemas/modules/people.yaml:
      plural: People
      title: "{first_name} {last_name}"
      fields:
        first_name: {type: text}
        last_name: {type: text, required: true}
        account: {type: relation, module: accounts, inverse: people, on_delete: cascade}
    schemas/modules/deals.yaml:
      label: Deal for Life
      plural: Deals
      title: name
      numbering: "D-{seq:4}"
      fields:
        name: {type: text, required: true, max: 80}
        account: {type: relation, module: accounts, inverse: deals}
        people:
          type: relations
          module: people
          inverse: deals
          link: {role: {type: picklist, picklist: role}, share: {type: percent}}
        partners: {type: relations, module: accounts, inverse: partnered}
        stage: {type: picklist, picklist: stage, default: open, required: true}
        topics: {type: multi_picklist, picklist: topic}
        amount: {type: money, min: 0}
        probability: {type: percent, min: 0, max: 100}
        rate: {type: decimal, scale: 3}
        seats: {type: integer, min: 1}
        signed: {type: boolean}
        close_date: {type: date}
        met_at: {type: datetime}
        email: {type: email}
        phone: {type: phone}
        site: {type: url}
        notes: {type: long_text}
        seller: {type: user}
        files: {type: files, max: 3, accept: ".txt, .pdf"}
        source: {type: text, readonly: true, default: screen}
        lost_reason: {type: text}
      rows:
        items: {module: deal_items, label: Items}
    schemas/modules/deal_items.yaml:
      title: product
      fields:
        product: {type: text, required: true}
        quantity: {type: decimal, required: true, min: 0, default: 1}
        price: {type: money}
        maker: {type: relation, module: accounts}
    schemas/picklists/stage.yaml:
      values:
        open: {color: blue, kind: open}
        proposal: {color: indigo, kind: open}
        won: {color: green, kind: won}
        lost: {color: red, kind: lost}
    schemas/picklists/topic.yaml:
      values: {sales: {}, service: {}, training: {}}
    schemas/picklists/role.yaml:
      values: {buyer: {label: Buyer}, decision_maker: {label: Decision maker}}
    schemas/layouts/deals.yaml:
      card:
        process: stage
        header: [account, amount, owner]
        tabs:
          overview:
            deal:
              label: The deal
              columns: 3
              fields:
                [name, account, account.city, people, partners, topics, amount, probability, rate, seats,
                 signed, close_date, met_at, email, phone, site, seller, source]
            text: {label: Text, columns: 1, fields: [notes, files]}
            lost: {label: Why it was lost, fields: [lost_reason], when: stage.kind == 'lost'}
            items: {rows: items}
          papers:
            label: Papers
            all: {component: files}
          history:
            label: History
            log: {component: change_log}
      list: [name, account, account.city, stage, amount, close_date, owner]
    schemas/layouts/accounts.yaml:
      card:
        tabs:
          overview:
            account: {fields: [name, city, parent]}
          sales:
            label: Sales
            open:
              label: Open deals
              related: deals
              columns: [name, stage, amount]
              where: stage.kind == 'open'
              sort: [name]
        side:
          people: {related: people}
      list: [name, city]
    schemas/filters/deals.yaml:
      all:
        label: All deals
        sort: [name]
        quick:
          [stage, owner, account, close_date, amount, topics, signed, name, met_at, files, people, seller]
      open: {label: Open deals, where: stage.kind == 'open', sort: [-amount]}
    schemas/menu.yaml:
      sales: {label: Sales, items: [deals, accounts, people, {filter: deals.open, label: Open ones}]}
"""
"""A sales CRM in which each kind of field stands somewhere."""


@dataclass
class Sheet:
    """The form of a page as a browser sends it: its address, and the controls that count."""

    action: str = ""
    values: dict[str, list[str]] = field(default_factory=dict)
    options: dict[str, list[str]] = field(default_factory=dict)


class SheetReader(HTMLParser):
    """Reads the forms of a page; what stands in a template, or is disabled with its block, is no part of
    them.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.sheets: dict[str, Sheet] = {}
        self._sheet: Sheet | None = None
        self._templates = 0
        self._fieldsets: list[bool] = []
        self._select: tuple[str, list[str], list[str]] | None = None
        self._area: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A control, or an option of one."""
        given = {name: value or "" for name, value in attrs}
        if tag == "template":
            self._templates += 1
        if tag == "fieldset":
            self._fieldsets.append("disabled" in given)
        if self._templates or any(self._fieldsets):
            return
        if tag == "form":
            self._sheet = Sheet(given.get("action", ""))
            self.sheets[given.get("id") or given.get("action", "")] = self._sheet
        if self._sheet is None or not (given.get("name") or tag == "option"):
            return
        if tag == "input":
            kind = given.get("type", "text")
            if kind == "file" or (kind in ("checkbox", "radio") and "checked" not in given):
                return
            value = given.get("value", "on" if kind == "checkbox" else "")
            self._sheet.values.setdefault(given["name"], []).append(value)
        elif tag == "select":
            self._select = (given["name"], [], [])
        elif tag == "option" and self._select is not None:
            self._select[1].append(given.get("value", ""))
            if "selected" in given:
                self._select[2].append(given.get("value", ""))
        elif tag == "textarea":
            self._area = given["name"]
            self._sheet.values.setdefault(self._area, []).append("")

    def handle_data(self, data: str) -> None:
        """The text of a text area; browsers send its lines with both characters."""
        if self._area is not None and self._sheet is not None:
            self._sheet.values[self._area][-1] += data.removeprefix("\n").replace("\n", "\r\n")

    def handle_endtag(self, tag: str) -> None:
        """The end of a control."""
        if tag == "template":
            self._templates -= 1
        elif tag == "fieldset":
            self._fieldsets.pop()
        elif tag == "textarea":
            self._area = None
        elif tag == "select" and self._select is not None and self._sheet is not None:
            name, options, chosen = self._select
            self._sheet.values.setdefault(name, []).extend(chosen or options[:1])
            self._sheet.options[name] = options
            self._select = None
        elif tag == "form":
            self._sheet = None


def sheet(page: Page, key: str = "form") -> Sheet:
    """The form of a page, by its id or its address."""
    return SheetReader(page.text).sheets[key]


def submit(
    browser: Browser,
    page: Page | str,
    typed: Mapping[str, Any] | None = None,
    *,
    key: str = "form",
    files: Any = None,
) -> Page:
    """Send a page's form as it stands, with what was typed: a text, several, or None for what is not sent."""
    page = browser.get(page) if isinstance(page, str) else page
    found = sheet(page, key)
    values: dict[str, Any] = {**found.values, **(typed or {})}
    sent = {name: value for name, value in values.items() if value is not None}
    return Page(browser.client.post(found.action, data=sent, files=files))


def record(app: App, module: str, number: int) -> dict[str, Any]:
    """A record as REST gives it."""
    found: dict[str, Any] = app.program()("GET", f"/{module}/{number}").json()["data"]
    return found


def make(app: App, module: str, **values: Any) -> int:
    """Make a record through REST; its id."""
    answer = app.program()("POST", f"/{module}", json=values)
    assert answer.status_code == 201, answer.text
    number: int = answer.json()["data"]["id"]
    return number
