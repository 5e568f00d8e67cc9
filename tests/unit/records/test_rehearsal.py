"""Tests of the rehearsal: defaults, formulas, rules and checks count over the batch as it will be written."""

import threading
from decimal import Decimal

from runtime.records.change import Change, Refused, Saved
from tests.unit.records.crm import Crm, parsing

FULL = {"": ["Three bookings at most."]}
SEATS = {"": ["An event has ten seats at most."]}


def test_a_check_counts_the_record_itself_and_the_others(bookings: Crm):
    event = bookings.create("events", name="Fair")
    for number in range(3):
        bookings.create("bookings", name=f"{number}", event=event)
    assert bookings.refused(Change("bookings", {"name": "4", "event": event})) == FULL
    free = bookings.create("bookings", name="free")
    assert bookings.refused(Change("bookings", {"event": event}, free)) == FULL
    assert bookings.all("bookings")[-1]["event"] is None


def test_a_check_counts_the_whole_batch_with_what_it_deletes(bookings: Crm):
    event = bookings.create("events", name="Fair")
    three = [Change("bookings", {"name": f"{number}", "event": event}) for number in range(3)]
    outcomes = bookings.save(*three, Change("bookings", {"name": "4", "event": event}))
    assert all(isinstance(each, Refused) for each in outcomes)
    saved = bookings.save(*three)
    assert all(isinstance(each, Saved) for each in saved)
    gone = Change("bookings", id=bookings.all("bookings")[0]["id"], action="delete")
    swapped = bookings.save(Change("bookings", {"name": "4", "event": event}), gone)
    assert all(isinstance(each, Saved) for each in swapped)


def test_a_check_reads_what_another_record_will_compute_of_this_one(bookings: Crm):
    event = bookings.create("events", name="Fair")
    bookings.create("bookings", name="many", event=event, seats=9)
    assert bookings.refused(Change("bookings", {"name": "more", "event": event, "seats": 2})) == SEATS
    bookings.create("bookings", name="one", event=event, seats=1)
    assert bookings.stored("events", event)["booked"] == 10


def test_a_check_reads_what_the_record_itself_will_compute(bookings: Crm):
    event = bookings.create("events", name="Fair", capacity=5)
    bookings.create("bookings", name="four", event=event, seats=4)
    assert bookings.refused(Change("events", {"capacity": 3}, event)) == {
        "": ["More seats are booked than that."]
    }
    bookings.update("events", event, capacity=4)


def test_a_default_looks_up_with_what_the_new_record_says(bookings: Crm):
    bookings.create("prices", name="child", price=5)
    bookings.create("prices", name="adult", price=10)
    bookings.create("bookings", name="a", tier="adult")
    bookings.create("bookings", name="b", tier="child")
    bookings.create("bookings", name="c", tier="child", price=1)
    bookings.create("bookings", name="d", tier="nobody")
    prices = [row["price"] for row in bookings.all("bookings")]
    assert prices == [Decimal(10), Decimal(5), Decimal(1), None]


def test_a_formula_counts_and_the_next_one_reads_it(bookings: Crm):
    event = bookings.create("events", name="Fair")
    bookings.create("bookings", name="a", event=event)
    bookings.create("bookings", name="b", event=event)
    assert [(row["place"], row["note"]) for row in bookings.all("bookings")] == [
        (1, "place 1"),
        (2, "place 2"),
    ]


def test_what_is_readonly_looks_at_the_record_as_it_stands_and_what_is_required_as_it_will_be(bookings: Crm):
    user = bookings.actor
    event = bookings.create("events", name="Fair", kind="big")
    bookings.update("events", event, kind="small")
    bookings.create("bookings", name="a", event=event)
    seen = bookings.saved(Change("events", {"kind": "big"}, event), actor=user)
    assert seen.action == "updated"  # the system is not bound


def test_one_record_that_is_there_already_does_not_keep_the_others_from_being_counted(bookings: Crm):
    event = bookings.create("events", name="Fair")
    bookings.create("bookings", name="taken", event=event)
    changes = [Change("bookings", {"name": name, "event": event}) for name in ("taken", "a", "b", "c")]
    outcomes = bookings.save(*changes, atomic=False)
    assert [isinstance(each, Saved) for each in outcomes] == [False, False, False, False]
    outcomes = bookings.save(*changes[:3], atomic=False)
    assert [isinstance(each, Saved) for each in outcomes] == [False, True, True]


def test_nothing_of_a_rehearsal_is_left(bookings: Crm):
    event = bookings.create("events", name="Fair")
    bookings.refused(Change("bookings", {"name": "a", "event": event, "seats": 99}))
    assert bookings.all("bookings") == []
    assert bookings.stored("events", event)["booked"] == 0
    assert bookings.stored("events", event)["version"] == 1


def test_a_batch_is_rehearsed_in_as_many_statements_for_many_as_for_few(bookings: Crm):
    def save(count: int) -> int:
        events = [bookings.create("events", name=f"{number}") for number in range(count)]
        changes = [Change("bookings", {"name": f"{count} {each}", "event": each}) for each in events]
        outcomes: list[object] = []
        statements = bookings.count(lambda: outcomes.extend(bookings.save(*changes)))
        assert all(isinstance(each, Saved) for each in outcomes)
        return statements

    few, many = save(40), save(120)
    assert many == few


def test_a_module_without_such_expressions_is_not_rehearsed(bookings: Crm):
    bookings.count(lambda: bookings.create("prices", name="a"))
    assert sum(each.startswith("SAVEPOINT") for each in bookings.statements) == 1


def test_a_guard_holds_of_a_record_when_others_that_it_counts_change(bookings: Crm):
    event = bookings.create("events", name="Fair", capacity=4)
    many = {"": ["More seats are booked than that."]}
    first = bookings.create("bookings", name="a", event=event, seats=4)
    assert bookings.refused(Change("bookings", {"name": "b", "event": event})) == many
    assert bookings.refused(Change("bookings", {"seats": 5}, first)) == many
    bookings.update("bookings", first, seats=3)
    second = bookings.create("bookings", name="b", event=event)
    bookings.delete("bookings", second)
    bookings.update("bookings", first, seats=4)
    assert bookings.refused(Change("bookings", id=second, action="restore")) == many
    assert bookings.stored("events", event)["booked"] == 4


def test_a_guard_refuses_only_those_of_a_batch_that_break_it(bookings: Crm):
    event = bookings.create("events", name="Fair")
    bookings.create("bookings", name="a", event=event)
    changes = [
        Change("bookings", {"name": name, "event": each}) for name, each in (("twin", event), ("c", None))
    ]
    outcomes = bookings.save(*changes, atomic=False)
    assert [isinstance(each, Saved) for each in outcomes] == [False, True]


def test_two_who_book_the_last_seat_at_once_take_turns(bookings: Crm):
    event = bookings.create("events", name="Fair")
    outcomes: list[object] = []

    def book(name: str) -> None:
        with bookings.database.write() as tx:
            change = Change("bookings", {"name": name, "event": event, "seats": 4})
            outcomes.extend(bookings.writer.save(tx, [change], bookings.actor, parsing(bookings.workplace)))

    threads = [threading.Thread(target=book, args=(f"{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(each, Saved) for each in outcomes) == 2
    assert bookings.stored("events", event)["booked"] == 8
