"""Rights by the dice: whatever roles, profiles and sharing say, the judge says of each record and each field
what the oracle says.

A plain run makes a few configurations, and ``TRELLIS_TRIPLES=full`` as many as ask for 20,000 triples of
somebody's rights, a record and a field, and far more.
"""

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from runtime.identity.actor import NOBODY, Actor
from runtime.records.roles import Roles
from runtime.records.sharing import share
from runtime.storage.query import Query
from runtime.storage.reader import Reader
from tests.access.oracle import Item, Oracle, Person
from tests.access.oracle_of_owners import Group, owners
from tests.support.crm import App, write_pack
from tests.support.packs import load_pack

FULL = os.environ.get("TRELLIS_TRIPLES") == "full"
CONFIGURATIONS = 120 if FULL else 3
SEEDS = range(1) if not FULL else range(4)
pytestmark = pytest.mark.timeout(1200 if FULL else 120)

ROLES = tuple(f"r{number}" for number in range(6))
PROFILES = ("p0", "p1", "p2")
FIELDS = ("amount", "note", "extra", "stage")
CONDITIONS = (
    "stage.kind == 'won'",
    "stage == 'lost'",
    "not is_empty(note)",
    "is_empty(extra)",
    "note == 'a'",
    "stage.kind == 'open' and not is_empty(note)",
    "extra == 'x' or stage == 'won'",
)
MODULES = """
schemas/modules/deals.yaml:
  fields:
    name: {type: text, required: true, max: 100}
    amount: {type: text, max: 20}
    note: {type: text, max: 20}
    extra: {type: text, max: 20}
    stage: {type: picklist, picklist: stage}
  title: name
schemas/picklists/stage.yaml:
  values:
    new: {label: New, kind: open}
    won: {label: Won, kind: won}
    lost: {label: Lost, kind: lost}
"""
ALL = "schemas/access/roles.yaml:\n" + "".join(f"  {key}: {{label: {key}}}\n" for key in ROLES)


def said(dice: random.Random, path: Path) -> None:
    """Write the files of some rights."""
    folder = path / "schemas" / "access"
    (folder / "profiles").mkdir(parents=True, exist_ok=True)
    roles: dict[str, Any] = {}
    for place, key in enumerate(ROLES):
        under = dice.choice((None, *ROLES[:place]))
        roles[key] = {"label": key, "profiles": dice.sample(PROFILES, dice.choice((0, 1, 1, 2)))}
        roles[key] |= {"under": under} if under else {}
    _write(folder / "roles.yaml", roles)
    for key in PROFILES:
        _write(folder / "profiles" / f"{key}.yaml", _profile(dice))
    if dice.random() < 0.9:
        _write(folder / "sharing.yaml", _sharing(dice))


def _profile(dice: random.Random) -> dict[str, Any]:
    rights = ("read", "create", "update", "delete", "see_deleted", "see_all")
    modules = {
        name: {right: dice.random() < (0.8 if right == "read" else 0.4) for right in rights}
        for name in ("deals", "*")
        if dice.random() < 0.7
    }
    fields: dict[str, Any] = {}
    for key in FIELDS:
        if dice.random() < 0.6:
            fields[f"deals.{key}"] = {
                right: _right(dice) for right in ("read", "update") if dice.random() < 0.7
            }
    fields = {key: value for key, value in fields.items() if value}
    return {"modules": modules or {"deals": {"read": True}}, **({"fields": fields} if fields else {})}


def _right(dice: random.Random) -> bool | str:
    return dice.choice((True, False, f"={dice.choice(CONDITIONS)}"))


def _sharing(dice: random.Random) -> dict[str, Any]:
    rules = []
    for _ in range(dice.randrange(5)):
        to = dice.choice(
            (
                {"role": dice.choice(ROLES)},
                {"role_and_below": dice.choice(ROLES)},
                {"group": "Desk"},
                {"user": f"u{dice.randrange(6)}@example.com"},
            )
        )
        rule = {"module": "deals", "to": to, "grant": dice.choice(("read", "write"))}
        rules.append(rule | ({"where": dice.choice(CONDITIONS)} if dice.random() < 0.7 else {}))
    default = {name: dice.choice(("private", "read", "write")) for name in ("deals",) if dice.random() < 0.8}
    default |= {"*": dice.choice(("private", "private", "read"))}
    found: dict[str, Any] = {"default": default, **({"rules": rules} if rules else {})}
    if dice.random() < 0.5:
        private = {"private": dice.choice(CONDITIONS)} if dice.random() < 0.7 else {}
        found["calendars"] = {"deals": {**private, "times": ["amount"]}}
    if dice.random() < 0.8:
        found["owners"] = {"deals": dice.choice(("users", "by_rights", "same_group", "same_sales_group"))}
    return found


def _write(path: Path, content: object) -> None:
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


class Office:
    """Records of every owner, and somebody in every role."""

    def __init__(self, crm: Callable[..., App]) -> None:
        self.app = crm(MODULES + ALL)
        self.ids = {f"u{n}": self.app.user(f"u{n}@example.com", admin=False) for n in range(7)}
        admin = self.app.program()
        for name, role in zip(self.ids, ROLES, strict=False):
            assert admin("PATCH", f"/users/{self.ids[name]}", json={"role": role}).status_code == 200
        members = [{"id": self.ids["u3"]}, {"id": self.ids["u6"]}]
        desk = admin("POST", "/groups", json={"name": "Desk", "members": members}).json()["data"]["id"]
        sellers = [{"id": self.ids["u1"]}, {"id": self.ids["u3"]}]
        given = {"name": "Sales", "type": "sales", "members": sellers}
        sales = admin("POST", "/groups", json=given).json()["data"]["id"]
        self.groups = (
            Group(desk, frozenset(each["id"] for each in members)),
            Group(sales, frozenset(each["id"] for each in sellers), sales=True),
        )
        self.people = {
            name: Person(
                id_,
                dict(zip(self.ids, ROLES, strict=False)).get(name),
                frozenset(each.id for each in self.groups if id_ in each.members),
                frozenset(["Desk"] * (name in ("u3", "u6")) + ["Sales"] * (name in ("u1", "u3"))),
                f"{name}@example.com",
            )
            for name, id_ in self.ids.items()
        }
        self.items = list(self._fill(admin, [*self.ids.values(), desk, None]))
        self.shares = self._share(desk)

    def _fill(self, admin: Any, owners: list[int | None]) -> Iterator[Item]:
        dice = random.Random(7)
        for number in range(36):
            values = {
                "name": f"Deal {number}",
                "amount": str(number),
                "note": dice.choice(("a", "b", None)),
                "extra": dice.choice(("x", "y", None)),
                "stage": dice.choice(("new", "won", "lost")),
            }
            owner = owners[number % len(owners)]
            made = admin("POST", "/deals", json={**values, "owner": owner})
            assert made.status_code == 201, made.text
            id_, deleted = made.json()["data"]["id"], number % 6 == 5
            if deleted:
                assert admin("DELETE", f"/deals/{id_}").status_code == 204
            yield Item(id_, "deals", owner, values, deleted)

    def _share(self, desk: int) -> dict[int, list[tuple[int, str]]]:
        site, found = self.app.site, {}
        for number, item in enumerate(self.items[::4]):
            group, level = number % 3 == 0, ("read", "write")[number % 2]
            whom = desk if group else self.ids[f"u{number % 7}"]
            to = ("groups" if group else "users", whom)
            with site.database.write() as tx:
                share(tx.connection, site.clock.now(), NOBODY, ("deals", item.id), to, level)
            found[item.id] = [(whom, level)]
        for name, other, level in (("u1", "u4", "busy"), ("u2", "u5", "read"), ("u0", "u3", "write")):
            whose, to = ("users", self.ids[name]), ("users", self.ids[other])
            with site.database.write() as tx:
                share(tx.connection, site.clock.now(), NOBODY, whose, to, level)
            found[self.ids[name]] = [(self.ids[other], level)]
        return found

    def actor(self, name: str) -> Actor:
        """Somebody, as they come in."""
        live = self.app.site.live
        with self.app.site.database.read() as connection:
            user = live.identity.users.by_email(connection, f"{name}@example.com")
        assert user is not None
        return live.actor_of(user, "rest")


@pytest.mark.parametrize("seed", SEEDS)
def test_the_judge_agrees_with_the_oracle_whatever_is_configured(
    crm: Callable[..., App], tmp_path: Path, seed: int
) -> None:
    office, dice, asked, yes = Office(crm), random.Random(seed), 0, 0
    for number in range(CONFIGURATIONS // len(SEEDS)):
        folder = write_pack(tmp_path / f"of-{number}", MODULES)
        said(dice, folder)
        for name, who in office.people.items():
            wrong, these, granted = compared(office, folder, name, who)
            asked, yes = asked + these, yes + granted
            assert not wrong, f"{folder}, {name}:\n" + "\n".join(wrong[:20])
    print(f"{asked:,} triples, {yes:,} of them granted")
    assert asked >= (20_000 if FULL else 5_000)
    assert asked > yes > asked / 20


def compared(office: Office, folder: Path, name: str, who: Person) -> tuple[list[str], int, int]:
    """What differs, of how many triples, of which so many are granted."""
    oracle = Oracle(folder, {each.id: each.role for each in office.people.values() if each.id is not None})
    oracle.shares = office.shares
    read, written, given = decided(office, folder, office.actor(name))
    wrong, asked, yes = [], 0, 0
    if given != (owning := owners(oracle, who, "deals", office.groups)):
        wrong.append(f"owners: {sorted(given)}, and the oracle says {sorted(owning)}")
    for item in office.items:
        for field in ("", "name", *FIELDS):
            may = oracle.may(who, "read", item) if not field else oracle.sees(who, item, field)
            writes = oracle.may(who, "update", item) if not field else oracle.changes(who, item, field)
            asked, yes = asked + 2, yes + may + writes
            for right, mine, theirs in (
                ("read", (item.id, field) in read, may),
                ("update", (item.id, field) in written, writes),
            ):
                if mine != theirs:
                    wrong.append(
                        f"{right} {field or 'record'} of {item}: {mine}, and the oracle says {theirs}"
                    )
    return wrong, asked, yes


Told = set[tuple[int, str]]


def decided(office: Office, folder: Path, actor: Actor) -> tuple[Told, Told, set[int]]:
    """What the judge of a pack lets somebody read, and what change, and to whom give."""
    site, live = office.app.site, office.app.site.live
    loaded = load_pack(folder)
    assert loaded.catalog is not None, loaded
    judge = Roles(loaded.catalog, live.language)
    formats = live.formats(loaded.catalog.languages[0], loaded.catalog.timezone)
    reader = Reader(loaded.catalog, live.tables, live.types, live.language, formats, judge.sight(actor))
    whole = Reader(loaded.catalog, live.tables, live.types, live.language, formats)
    moment, ids = live.moment(actor), tuple(sorted(item.id for item in office.items))
    read: Told = set()
    written: Told = set()
    with site.database.read() as connection:

        def meeting(by: Reader, *conditions: Any, deleted: Any = "any") -> set[int]:
            query = Query("deals", rights=conditions, ids=ids, deleted=deleted)
            return by.meeting(connection, query, moment)

        seen = meeting(reader)
        alive = meeting(whole, deleted="no")
        mine = alive & seen & meeting(whole, *judge.conditions(actor, "deals", "update"))
        if not judge.may(actor, "deals", "update").allowed:
            mine = set()
        read |= {(id_, "") for id_ in seen}
        written |= {(id_, "") for id_ in mine}
        for field in ("name", *FIELDS):
            if not judge.may(actor, "deals", "read", field=field).allowed:
                continue
            held = judge.field_condition(actor, "deals", field, "read")
            shown = seen if held is None else seen & meeting(whole, held)
            read |= {(id_, field) for id_ in shown}
            if not judge.may_write_field(actor, "deals", field):
                continue
            held = judge.field_condition(actor, "deals", field, "update")
            changed = mine & shown if held is None else mine & shown & meeting(whole, held)
            written |= {(id_, field) for id_ in changed}
        given: set[int] = set()
        people = {"users": list(office.ids.values()), "groups": [each.id for each in office.groups]}
        for module, only in judge.owners(actor, "deals").items():
            rights = () if only is None else (only,)
            given |= whole.meeting(
                connection, Query(module, rights=rights, ids=tuple(sorted(people[module]))), moment
            )
    return read, written, given
