"""Tests of numbers: their pattern, their periods, and that none comes twice, whoever writes at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from runtime.identity.actor import SYSTEM
from runtime.records.change import Change, Refused, Saved
from runtime.records.pattern import Pattern
from tests.unit.records.crm import Crm, parsing


def numbers(crm: Crm, module: str) -> list[str]:
    return [record["number"] for record in crm.all(module)]


def test_a_count_begins_again_with_its_period(crm: Crm):
    crm.create("products", name="One")
    crm.create("products", name="Two")
    crm.clock.moment = datetime(2026, 3, 31, 21, 30, tzinfo=UTC)  # the first of April in Helsinki
    crm.create("products", name="Three")
    assert [record["serial"] for record in crm.all("products")] == ["P2603-001", "P2603-002", "P2604-001"]


def test_a_batch_is_numbered_in_its_order(crm: Crm):
    crm.save(*(Change("accounts", {"name": f"Account {n}"}) for n in range(3)))
    crm.create("accounts", name="Last")
    assert numbers(crm, "accounts") == ["ACC-0001", "ACC-0002", "ACC-0003", "ACC-0004"]


def test_a_refused_record_takes_no_number(crm: Crm):
    crm.save(Change("accounts", {"name": ""}), Change("accounts", {"name": "Good"}), atomic=False)
    crm.create("accounts", name="Next")
    assert numbers(crm, "accounts") == ["ACC-0001", "ACC-0002"]


def test_a_number_that_an_import_brings_is_kept_and_stepped_over(crm: Crm):
    task = parsing(crm.workplace, "import")
    with crm.database.write() as tx:
        crm.writer.save(tx, [Change("accounts", {"name": "Old", "number": "ACC-0041"})], SYSTEM, task)
        twice = crm.writer.save(
            tx, [Change("accounts", {"name": "Twin", "number": "ACC-0041"})], SYSTEM, task
        )
    crm.create("accounts", name="New")
    assert numbers(crm, "accounts") == ["ACC-0041", "ACC-0042"]
    assert isinstance(twice[0], Refused)
    assert crm.refused(Change("accounts", {"name": "Typed", "number": "ACC-0099"})) == {
        "number": ["Number is read-only."]
    }


def test_no_number_comes_twice_when_many_write_at_once(crm: Crm):
    def write(start: int) -> None:
        for n in range(5):
            changes = [Change("accounts", {"name": f"{start}.{n}.{each}"}) for each in range(4)]
            assert all(isinstance(outcome, Saved) for outcome in crm.save(*changes))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert sorted(numbers(crm, "accounts")) == [f"ACC-{n:04d}" for n in range(1, 81)]


def test_of_two_who_write_the_same_unique_value_at_once_one_is_told(crm: Crm):
    def write(n: int) -> list[Saved | Refused]:
        batch = [Change("accounts", {"name": f"Writer {n}", "code": f"same {each}"}) for each in range(5)]
        return crm.save(*batch, Change("accounts", {"name": f"Own {n}", "code": f"own {n}"}), atomic=False)

    with ThreadPoolExecutor(4) as pool:
        outcomes = [outcome for them in pool.map(write, range(4)) for outcome in them]
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert len(refused) == 15
    assert {tuple(outcome.errors) for outcome in refused} == {("code",)}
    assert len(crm.all("accounts")) == 9


@pytest.mark.parametrize(
    "format, number, expected",
    [
        ("POT-{YYYY}-{seq:5}", "POT-2026-00017", (17, date(2026, 1, 1))),
        ("{YY}{MM}/{seq}", "2611/9", (9, date(2026, 11, 1))),
        ("A.{seq:2}", "A.120", (120, date(2000, 1, 1))),
        ("A.{seq:2}", "B.12", None),
        ("{YYYY}-{MM}-{seq}", "2026-13-1", None),
    ],
)
def test_a_number_is_read_back_by_its_pattern(format, number, expected):
    assert Pattern(format, "never").read(number) == expected


def test_a_stale_version_is_told_to_one_of_two_who_save_at_once(crm: Crm):
    account = crm.create("accounts", name="Acme")
    change = Change("accounts", {"name": "x"}, id=account, version=1)

    def write(n: int) -> Saved | Refused:
        return crm.save(replace(change, values={"name": f"Writer {n}"}))[0]

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(write, range(4)))
    assert sorted(getattr(outcome, "kind", "saved") for outcome in outcomes) == [*["conflict"] * 3, "saved"]
    assert crm.stored("accounts", account)["version"] == 2
