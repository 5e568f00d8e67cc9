"""Completing: what may stand at the cursor, in whose terms, and which function it is about."""

from dataclasses import replace
from decimal import Decimal

import pytest

from runtime.expressions.completing import MOST, complete
from tests.unit.expressions.test_attacks import BOUNDED, REFUSED


@pytest.fixture
def at(language, scope):
    def run(text, **options):
        """The completion where the text has a bar."""
        at = text.index("|")
        within = replace(scope, constants={"vat": Decimal("25.5")}, **options)
        return complete(text.replace("|", "", 1), at, within, language.functions)

    return run


def texts(completion):
    return [choice.text for choice in completion.choices]


def test_the_fields_whose_key_or_label_begins_so_come_first(at):
    found = at("am|")
    assert texts(found)[0] == "amount"
    assert (found.start, found.end) == (0, 2)
    assert texts(at("Clos|"))[0] == "close_date"


def test_a_word_is_replaced_as_a_whole(at):
    found = at("1 + am|ount * 2")
    assert (found.start, found.end) == (4, 10)


def test_behind_a_relation_stand_the_fields_of_its_records(at):
    found = at("account.|")
    assert "industry" in texts(found)
    assert "amount" not in texts(found)
    assert texts(at("account.parent_account.ind|")) == ["industry"]


def test_behind_a_picklist_stand_its_attributes(at):
    assert texts(at("stage.|")) == ["kind", "probability", "weight", "hot", "label"]


def test_a_text_that_is_compared_with_a_picklist_offers_its_values(at):
    found = at("stage == 'pr|'")
    assert texts(found) == ["prospecting", "proposal"]
    assert (found.start, found.end) == (10, 12)
    assert "won" in texts(at("old_stage in ['lost', '|"))
    assert texts(at("name == 'pr|'")) == []


def test_inside_a_function_over_records_names_are_theirs(at):
    assert texts(at("count(account.deals, chan|")) == ["chance"]
    assert texts(at("count(account.dea|")) == ["deals"]
    assert texts(at("exists(account.deals, this.indus|")) == []
    assert "industry" in texts(at("lookup(accounts, indus|"))
    assert "role" in texts(at("exists(members, link.|"))


def test_constants_and_the_user_have_their_own(at):
    assert texts(at("const.|")) == ["vat"]
    assert texts(at("user.|")) == ["id", "role", "groups"]


def test_what_asks_for_a_save_is_offered_in_a_save_alone(at):
    assert "is_new" not in texts(at("is_|"))
    assert "is_new" in texts(at("is_|", saving=True))
    assert "user" not in texts(at("us|", personal=False))


def test_the_function_at_the_cursor_is_told(at):
    assert at("rou|nd(amount, 2)").function == "round"
    assert at("round(am|ount, 2)").function == "round"
    assert at("round(default(|amount, 0), 2)").function == "default"
    assert at("round(amount) + |").function is None
    assert texts(at("roun|"))[0] == "round("


@pytest.mark.parametrize("text", [*REFUSED, *BOUNDED], ids=lambda text: str(text)[:40])
def test_no_attack_upsets_it(language, scope, text):
    for place in {0, len(text) // 3, len(text) // 2, len(text)}:
        assert len(complete(text, place, scope, language.functions).choices) <= MOST
