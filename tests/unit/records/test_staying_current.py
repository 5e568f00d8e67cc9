"""Tests of staying current: what follows from a save is right when the save has landed, whatever it was."""

import random
import threading
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from runtime.records import staying_current
from runtime.records.change import Change, Refused, Saved
from runtime.records.reading import Linking
from runtime.records.undo import Undo
from tests.unit.records.chains import COMPUTED
from tests.unit.records.crm import Crm, parsing


def stale(crm: Crm) -> list[str]:
    """Every computed field that holds something else than it should, of a record that is not deleted."""
    found = []
    plans = crm.writer.plans
    with crm.database.read() as connection:
        for module, fields in COMPUTED.items():
            table = crm.workplace.tables.module(module).table
            live = select(table.c.id).where(table.c.deleted_at.is_(None))
            ids = list(connection.execute(live).scalars())
            for each in plans.recomputing.differing(connection, module, fields, ids):
                place = f"{module} {each.id}"
                found += [f"{place} {key}: {each.old[key]} for {each.new[key]}" for key in each.old]
    return found


def of(crm: Crm, module: str, record_id: int, *keys: str) -> list[Any]:
    row = crm.stored(module, record_id)
    assert stale(crm) == []
    return [row[key] for key in keys]


def test_an_account_counts_and_sums_what_it_gets_loses_and_what_changes(chains: Crm):
    one, other = chains.create("accounts", name="One"), chains.create("accounts", name="Other")
    deal = chains.create("deals", name="Deal", account=one, amount=100, stage="won")
    chains.create("deals", name="Lost", account=one, amount=7, stage="lost")
    assert of(chains, "accounts", one, "deals_n", "won", "secret") == [2, Decimal(100), 4]
    chains.update("deals", deal, amount=250)
    assert of(chains, "accounts", one, "won") == [Decimal(250)]
    chains.update("deals", deal, account=other)
    assert of(chains, "accounts", one, "deals_n", "won") == [1, Decimal(0)]
    assert of(chains, "accounts", other, "deals_n", "won") == [1, Decimal(250)]
    chains.delete("deals", deal)
    assert of(chains, "accounts", other, "deals_n", "won") == [0, Decimal(0)]
    chains.restore("deals", deal)
    assert of(chains, "accounts", other, "deals_n", "won") == [1, Decimal(250)]


def test_a_chain_over_three_modules_follows_in_one_save(chains: Crm):
    top = chains.create("accounts", name="Top")
    one = chains.create("accounts", name="One", above=top)
    deal = chains.create("deals", name="Deal", account=one, amount=600, stage="won")
    assert of(chains, "accounts", top, "won_all", "is_big") == [Decimal(600), False]
    chains.create("deals", name="More", account=one, amount=600, stage="won")
    assert of(chains, "accounts", top, "won_all", "is_big") == [Decimal(1200), True]
    assert of(chains, "deals", deal, "share", "rank") == [Decimal("0.5000"), 0]
    assert of(chains, "accounts", one, "called") == ["One of Top"]
    chains.update("accounts", top, name="Summit")
    assert of(chains, "deals", deal, "top") == ["One of Summit/Summit"]
    chains.update("accounts", one, above=None)
    assert of(chains, "deals", deal, "top") == ["One of /"]


def test_a_record_that_goes_empties_what_pointed_at_it_and_what_was_computed_of_it(chains: Crm):
    one = chains.create("accounts", name="One", industry="steel")
    deal = chains.create("deals", name="Deal", account=one, amount=1)
    assert of(chains, "deals", deal, "industry") == ["steel"]
    chains.delete("accounts", one)
    assert of(chains, "deals", deal, "account", "industry", "top") == [None, None, "/"]
    chains.restore("accounts", one)
    assert of(chains, "deals", deal, "account", "industry") == [one, "steel"]
    assert of(chains, "accounts", one, "deals_n") == [1]


def test_what_changed_while_a_record_lay_in_the_bin_is_right_when_it_is_back(chains: Crm):
    one = chains.create("accounts", name="One", industry="steel")
    deal = chains.create("deals", name="Deal", account=one, amount=1)
    chains.delete("deals", deal)
    chains.update("accounts", one, industry="paper")
    chains.restore("deals", deal)
    assert of(chains, "deals", deal, "industry") == ["paper"]


def test_links_count_on_both_sides_and_with_what_they_say_themselves(chains: Crm):
    account = chains.create("accounts", name="One")
    ada, bob = chains.create("people", name="Ada", score=3), chains.create("people", name="Bob", score=4)
    buyer = {"id": ada, "role": "buyer"}
    deal = chains.create("deals", name="Deal", account=account, amount=10, people=[buyer, bob])
    assert of(chains, "people", ada, "sold", "best") == [Decimal(10), "Deal"]
    assert of(chains, "deals", deal, "scores") == [7]
    assert of(chains, "accounts", account, "buyers") == [1]
    chains.update("people", bob, score=10)
    assert of(chains, "deals", deal, "scores") == [13]
    chains.update("deals", deal, people=[{"id": bob, "role": "buyer"}])
    assert of(chains, "people", ada, "sold", "best") == [Decimal(0), None]
    assert of(chains, "accounts", account, "buyers") == [1]
    chains.delete("people", bob)
    assert of(chains, "deals", deal, "scores", "alone") == [0, True]
    chains.update("deals", deal, name="Again")
    assert of(chains, "deals", deal, "alone") == [True]
    assert of(chains, "accounts", account, "buyers") == [0]


def test_rows_count_with_their_record_and_alone(chains: Crm):
    lines = [{"name": "a", "price": 5, "amount": 2}, {"name": "b", "price": 10, "amount": 3}]
    deal = chains.create("deals", name="Deal", lines=lines)
    assert of(chains, "deals", deal, "total") == [Decimal(40)]
    first, second = (row["id"] for row in chains.all("deal_lines"))
    assert of(chains, "deal_lines", first, "total", "of", "part") == [Decimal(10), "Deal: a", Decimal(25)]
    chains.update("deal_lines", second, amount=0)
    assert of(chains, "deals", deal, "total") == [Decimal(10)]
    assert of(chains, "deal_lines", first, "part") == [Decimal(100)]
    chains.update("deals", deal, name="Big", lines=[{"id": second, "amount": 1}])
    assert of(chains, "deals", deal, "total") == [Decimal(10)]
    assert of(chains, "deal_lines", second, "of") == ["Big: b"]
    chains.create("deal_lines", parent=deal, name="c", price=1, amount=1)
    assert of(chains, "deals", deal, "total") == [Decimal(11)]


def test_a_lookup_follows_the_records_that_it_looks_at(chains: Crm):
    account = chains.create("accounts", name="One", region="north")
    assert of(chains, "accounts", account, "rate") == [None]
    region = chains.create("regions", name="north", rate="1.5")
    assert of(chains, "accounts", account, "rate") == [Decimal("1.50")]
    chains.update("regions", region, rate=2)
    assert of(chains, "accounts", account, "rate") == [Decimal("2.00")]
    chains.delete("regions", region)
    assert of(chains, "accounts", account, "rate") == [None]


def test_what_follows_is_logged_and_told_and_leaves_version_and_stamps(chains: Crm):
    account = chains.create("accounts", name="One")
    before = chains.stored("accounts", account)
    saved = chains.saved(Change("deals", {"name": "Deal", "account": account, "amount": 5, "stage": "won"}))
    after = chains.stored("accounts", account)
    for key in ("version", "updated_at", "updated_by"):
        assert after[key] == before[key]
    entry = chains.log(account)[-1]
    assert (entry["action"], entry["change_set_id"], entry["version"]) == ("changed", saved.change_set, 1)
    assert entry["old"]["deals_n"] == 0
    assert entry["new"]["deals_n"] == 1
    assert entry["new"]["won"] == {"amount": "5.00", "currency": "EUR"}
    assert "secret" not in entry["new"]
    outbox = chains.workplace.tables.outbox
    with chains.database.read() as connection:
        told = {
            row.module: row.records
            for row in connection.execute(select(outbox).where(outbox.c.change_set_id == saved.change_set))
        }
    assert told == {"deals": {"created": [saved.id]}, "accounts": {"changed": [account]}}


def test_a_record_that_is_saved_has_one_entry_with_what_followed(chains: Crm):
    account = chains.create("accounts", name="One")
    assert [entry["action"] for entry in chains.log(account)] == ["created"]
    assert chains.log(account)[0]["new"]["deals_n"] == 0
    chains.create("deals", name="Deal", account=account, amount=5, stage="won")
    deal = chains.create("deals", name="Other", account=account, amount=5)
    chains.update("deals", deal, stage="won")
    (_, updated) = chains.log(deal)
    assert updated["action"] == "updated"
    assert updated["new"]["stage"] == "won"
    assert updated["new"]["share"] == "0.5000"


def test_a_record_is_found_by_what_follows(chains: Crm):
    above = chains.create("accounts", name="Above")
    account = chains.create("accounts", name="One", above=above)
    assert "of above" in chains.stored("accounts", account)["search_text"]
    chains.update("accounts", above, name="Elsewhere")
    assert "of elsewhere" in chains.stored("accounts", account)["search_text"]


def test_the_database_works_out_the_very_number_that_a_save_does_however_large(chains: Crm):
    amounts = [
        "9999999999999999.99",
        "-9999999999999999.99",
        "92233720368547.75",
        "30370004.99",
        "-0.05",
        "0.15",
    ]
    deals = [{"name": "Deal", "amount": amount, "stage": "open"} for amount in amounts]
    lines = [
        {"name": "a", "price": amount, "amount": number} for amount in amounts for number in (0, 1, 10**9)
    ]
    chains.save(*(Change("deals", {**each, "lines": lines}) for each in deals))
    assert [row["weighted"] for row in chains.all("deals")][3:] == [
        Decimal("3037000.50"),
        Decimal("-0.01"),
        Decimal("0.02"),
    ]
    assert stale(chains) == []


def test_undoing_turns_what_follows_back(chains: Crm):
    account = chains.create("accounts", name="One")
    deal = chains.create("deals", name="Deal", account=account, amount=5, stage="won")
    saved = chains.update("deals", deal, amount=500)
    assert saved.change_set is not None
    with chains.database.write() as tx:
        Undo(chains.writer).undo(tx, saved.change_set, chains.actor, chains.parsing)
    assert of(chains, "accounts", account, "won") == [Decimal(5)]


def test_a_save_that_nothing_follows_needs_no_statement_more(chains: Crm):
    person = chains.create("people", name="Ada")
    region = chains.create("regions", name="north")

    def renamed() -> None:
        chains.update("people", person, name="Bea")

    plain = chains.count(renamed)
    assert [each for each in chains.statements if "unnest" in each or "OFFSET" in each] == []
    assert plain <= chains.count(lambda: chains.update("regions", region, name="south"))


def test_a_batch_needs_as_many_statements_for_many_records_as_for_few(chains: Crm):
    accounts = [chains.create("accounts", name=f"Account {number}") for number in range(3)]

    def save(count: int) -> int:
        deal = {"name": "Deal", "amount": 1, "stage": "won"}
        changes = [Change("deals", {**deal, "account": accounts[number % 3]}) for number in range(count)]
        return chains.count(lambda: chains.save(*changes))

    save(40)
    few, many = save(50), save(200)
    assert many == few
    assert stale(chains) == []


def test_too_many_records_are_left_to_the_background(chains: Crm, monkeypatch: pytest.MonkeyPatch):
    account = chains.create("accounts", name="One", industry="steel")
    deals = [chains.create("deals", name=f"{n}", account=account, amount=n) for n in range(4)]
    monkeypatch.setattr(staying_current, "MOST", 2)
    chains.update("accounts", account, industry="paper")
    assert chains.stored("deals", deals[0])["industry"] == "steel"
    operations = chains.workplace.tables.runtime.operations
    with chains.database.read() as connection:
        (one,) = connection.execute(select(operations)).all()
    assert one.arguments["fields"] == [["deals", "industry"]]
    chains.update("accounts", account, industry="wood")
    with chains.database.read() as connection:
        assert len(connection.execute(select(operations)).all()) == 1


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_saved_every_computed_field_is_right(chains: Crm, seed: int):
    chance = random.Random(seed)
    life = Life(chains, chance)
    for _ in range(30):
        what = life.step()
        assert stale(chains) == [], what


class Life:
    """Saves of every kind, by chance."""

    def __init__(self, crm: Crm, chance: random.Random) -> None:
        self.crm = crm
        self.chance = chance
        self.ids: dict[str, list[int]] = {key: [] for key in ("regions", "accounts", "people", "deals")}
        self.gone: list[tuple[str, int]] = []
        self.sets: list[int] = []

    def step(self) -> object:
        """One save; gives what it was, for who reads the failure."""
        often = [self.create, self.create, self.update, self.update]
        does = self.chance.choice([*often, self.batch, self.delete, self.restore, self.alone, self.undo])
        return does.__name__, does()

    def create(self) -> object:
        module = self.chance.choice(list(self.ids))
        return self.keep(Change(module, self.values(module, new=True)))

    def update(self) -> object:
        module, record_id = self.some()
        return self.keep(Change(module, self.values(module), record_id)) if record_id else None

    def batch(self) -> object:
        places = {self.some() for _ in range(3)}
        changes = [Change(module, self.values(module), each) for module, each in places if each]
        changes += [Change("deals", self.values("deals", new=True)) for _ in range(2)]
        return self.keep(*changes)

    def delete(self) -> object:
        module, record_id = self.some()
        if not record_id:
            return None
        self.ids[module].remove(record_id)
        self.gone.append((module, record_id))
        return self.keep(Change(module, id=record_id, action="delete"))

    def restore(self) -> object:
        if not self.gone:
            return None
        module, record_id = self.gone.pop(self.chance.randrange(len(self.gone)))
        self.ids[module].append(record_id)
        return self.keep(Change(module, id=record_id, action="restore"))

    def alone(self) -> object:
        rows = self.crm.all("deal_lines")
        deals = self.ids["deals"]
        if rows and self.chance.random() < 0.6:
            row = self.chance.choice(rows)["id"]
            if self.chance.random() < 0.3:
                return self.keep(Change("deal_lines", id=row, action="delete"))
            return self.keep(Change("deal_lines", self.line(), row))
        if not deals:
            return None
        return self.keep(Change("deal_lines", {"parent": self.chance.choice(deals), **self.line()}))

    def undo(self) -> object:
        if not self.sets:
            return None
        last = self.sets.pop()
        with self.crm.database.write() as tx:
            return Undo(self.crm.writer).undo(tx, last, self.crm.actor, self.crm.parsing)

    def keep(self, *changes: Change) -> object:
        outcomes = self.crm.save(*changes, atomic=False)
        for change, outcome in zip(changes, outcomes, strict=True):
            if isinstance(outcome, Saved) and change.id is None and change.module in self.ids:
                self.ids[change.module].append(outcome.id)
        self.sets += {each.change_set for each in outcomes if isinstance(each, Saved) and each.change_set}
        assert all(isinstance(each, Saved | Refused) for each in outcomes)
        return changes, outcomes

    def some(self) -> tuple[str, int | None]:
        module = self.chance.choice(list(self.ids))
        ids = self.ids[module]
        return module, self.chance.choice(ids) if ids else None

    def one_of(self, module: str) -> int | None:
        ids = self.ids[module]
        return self.chance.choice([*ids, None]) if ids else None

    def values(self, module: str, *, new: bool = False) -> dict[str, object]:
        chance = self.chance
        makers: dict[str, Any] = {
            "regions": lambda: {"name": chance.choice("ns"), "rate": chance.randint(0, 5)},
            "accounts": lambda: {
                "name": chance.choice("abc"),
                "industry": chance.choice(["steel", "paper", None]),
                "region": chance.choice(["n", "s", None]),
                "above": self.one_of("accounts"),
            },
            "people": lambda: {"name": chance.choice("xyz"), "score": chance.randint(0, 9)},
            "deals": lambda: {
                "name": chance.choice("klm"),
                "amount": chance.choice([None, 0, 1, 700, "33.33"]),
                "stage": chance.choice(["open", "won", "lost", None]),
                "closed": chance.choice(["2026-01-01", "2026-05-05", None]),
                "account": self.one_of("accounts"),
                "people": self.people(),
                "lines": [self.line() for _ in range(chance.randint(0, 2))],
            },
        }
        given: dict[str, Any] = makers[module]()
        if new:
            return given
        return {key: value for key, value in given.items() if chance.random() < 0.5}

    def people(self) -> object:
        ids = self.ids["people"]
        chosen = self.chance.sample(ids, min(len(ids), self.chance.randint(0, 2)))
        named = [{"id": each, "role": self.chance.choice(["buyer", "user"])} for each in chosen]
        return named if self.chance.random() < 0.7 else Linking(add=tuple(chosen))

    def line(self) -> dict[str, object]:
        chance = self.chance
        return {"name": chance.choice("pq"), "price": chance.randint(0, 9), "amount": chance.randint(0, 3)}


def test_two_writers_of_one_account_at_once_miss_none_of_each_others_deals(chains: Crm):
    account = chains.create("accounts", name="One", industry="steel")

    def add() -> None:
        with chains.database.write() as tx:
            change = Change("deals", {"name": "D", "account": account, "amount": 10, "stage": "won"})
            chains.writer.save(tx, [change], chains.actor, parsing(chains.workplace))

    def rename() -> None:
        with chains.database.write() as tx:
            change = Change("accounts", {"industry": "paper"}, account)
            chains.writer.save(tx, [change], chains.actor, parsing(chains.workplace))

    threads = [threading.Thread(target=each) for each in [*[add] * 6, rename, *[add] * 6]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert of(chains, "accounts", account, "deals_n", "won") == [12, Decimal(120)]
    assert {row["industry"] for row in chains.all("deals")} == {"paper"}
