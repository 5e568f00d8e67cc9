"""Renames: what is called otherwise keeps its data, and everything that names it follows."""

from runtime.change.renames import renames_between
from tests.unit.change.renaming import FIRMS, PACK, RENAMED, STAGES


def test_a_renamed_field_keeps_its_column_and_its_values(renaming):
    renaming.add("deals", name="One", amount=5, twice=10)
    before = renaming.live()
    assert renaming.whats(RENAMED) == [
        "Rename the field deals.amount to worth: its values stay as they are.",
        "Rename the field deals.twice to double: its values stay as they are.",
    ]
    renaming.apply(RENAMED)
    assert renaming.values("deals", "worth") == [5]
    assert renaming.values("deals", "double") == [10]
    assert renaming.live() == before
    assert renaming.whats(RENAMED) == []
    with renaming.database.read() as connection:
        made = renames_between(connection, 1, 2)
    assert made.field("deals", "amount") == ("deals", "worth")


def test_a_renamed_value_is_stored_as_before_and_no_formula_or_index_is_made_again(renaming):
    renaming.add("deals", name="One", stage="open", several="|open|won|")
    before = renaming.live()
    assert renaming.whats(STAGES) == [
        "Rename the value open of the picklist stages to running: the records stay as they are."
    ]
    renaming.apply(STAGES)
    assert renaming.values("deals", "stage") == ["running"]
    assert renaming.values("deals", "several") == ["|running|won|"]
    assert renaming.live() == before
    with renaming.database.read() as connection:
        assert connection.exec_driver_sql("SELECT stage, several FROM deals").all() == [
            ("open", "|open|won|")
        ]


def test_a_renamed_module_keeps_its_table_and_what_points_at_it(renaming):
    account = renaming.add("accounts", name="Acme")
    renaming.add("deals", name="One", account=account)
    before = renaming.live()
    firms = {**FIRMS, "schemas/modules/firms.yaml": "was: accounts\n" + PACK["schemas/modules/accounts.yaml"]}
    assert renaming.whats({}, firms) == ["Rename the module accounts to firms: its records stay as they are."]
    renaming.apply({}, firms)
    assert renaming.values("firms", "name") == ["Acme"]
    assert renaming.live() == before


def test_what_comes_back_under_a_name_that_was_renamed_has_a_place_of_its_own(renaming):
    renaming.add("deals", name="One", stage="open")
    renaming.apply(STAGES)
    anew = {**STAGES, "  running: {was: open, ": "  open: {}\n  running: {"}
    renaming.apply(anew)
    renaming.add("deals", name="Two", stage="open")
    assert renaming.values("deals", "stage") == ["running", "open"]
    with renaming.database.read() as connection:
        kept = connection.exec_driver_sql("SELECT stage FROM deals ORDER BY id").scalars().all()
    assert kept == ["open", "open_2"]


def test_a_chain_of_renames_leads_from_the_first_name_to_the_last(renaming):
    renaming.apply({" note: {": " remark: {was: note, "})
    renaming.apply({" note: {": " comment: {was: [remark, note], "})
    with renaming.database.read() as connection:
        whole = renames_between(connection, 1, 3)
        last = renames_between(connection, 2, 3)
    assert whole.field("accounts", "note") == ("accounts", "comment")
    assert last.field("accounts", "remark") == ("accounts", "comment")
    assert whole.inverted().field("accounts", "comment") == ("accounts", "note")


def test_a_retired_field_makes_room_for_one_that_takes_its_name(renaming):
    renaming.add("accounts", name="Acme", note="kept")
    renaming.apply({", note: {type: text}": ""})
    renaming.apply({"name: {type: text}, note: {type: text}": "note: {type: text, was: name}"})
    assert renaming.values("accounts", "note") == ["Acme"]
    with renaming.database.read() as connection:
        assert connection.exec_driver_sql("SELECT note FROM accounts").scalars().all() == ["kept"]


def test_a_value_that_goes_says_that_it_may_have_become_another_one(renaming):
    renaming.add("deals", name="One", stage="lost")
    loaded = renaming.load({"  lost: {kind: lost, label: Lost}\n": ""})
    (refusal,) = renaming.plan(loaded).refusals
    assert refusal.code == "P107"
    assert "was: lost" in refusal.help
