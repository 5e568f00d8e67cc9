"""The field types boolean, picklist and multi_picklist."""

from dataclasses import replace

import pytest

from runtime.fields.base import InvalidValueError
from tests.support.field_types import TYPES, field_of, parsing_of, picklist_of

STAGES = {"picklist": "stages"}


def test_a_box_that_is_ticked_sends_false_and_then_true():
    field, parsing = field_of("boolean"), parsing_of("form")
    assert TYPES["boolean"].parse(["false", "true"], field, parsing) is True
    assert TYPES["boolean"].parse(["false"], field, parsing) is False
    assert TYPES["boolean"].parse("on", field, parsing) is True


@pytest.mark.parametrize("written", ["won", "Won", "WON", " voitettu ", "VOITETTU"])
def test_an_import_names_a_value_by_its_key_or_by_its_label_in_any_language(written: str):
    assert TYPES["picklist"].parse(written, field_of("picklist", STAGES), parsing_of("import")) == "won"


@pytest.mark.parametrize("door", ["form", "rest"])
def test_a_label_is_no_key_elsewhere(door: str):
    with pytest.raises(InvalidValueError) as refused:
        TYPES["picklist"].parse("Won", field_of("picklist", STAGES), parsing_of(door))
    assert str(refused.value) == 'Value has no value "Won"; did you mean "won"?'


def test_a_label_that_two_values_have_is_refused():
    picklists = {"stages": picklist_of("stages", a={"en": "Same"}, b={"fi": "same"})}
    parsing = replace(parsing_of("import"), picklists=picklists)
    with pytest.raises(InvalidValueError) as refused:
        TYPES["picklist"].parse("SAME", field_of("picklist", STAGES), parsing)
    assert str(refused.value) == 'Value can mean several values by "SAME": a, b.'


def test_a_value_is_shown_by_its_label_and_one_that_is_gone_by_its_key():
    field, finnish = field_of("picklist", STAGES), parsing_of("form", "fi")
    assert TYPES["picklist"].text("lost", field, finnish.formats, finnish.picklists) == "Hävitty"
    assert TYPES["picklist"].text("gone", field, finnish.formats, finnish.picklists) == "gone"


@pytest.mark.parametrize(
    "door, raw",
    [
        ("rest", ["won", "open"]),
        ("form", ["", "won", "open"]),
        ("import", "won;open"),
        ("import", "won |##| open"),
        ("import", " Voitettu ; Still open ; "),
    ],
)
def test_several_values_come_as_each_door_gives_them(door: str, raw: object):
    field = field_of("multi_picklist", STAGES)
    assert TYPES["multi_picklist"].parse(raw, field, parsing_of(door)) == ("open", "won")


def test_no_box_ticked_is_empty():
    assert TYPES["multi_picklist"].parse([""], field_of("multi_picklist", STAGES), parsing_of("form")) == ()


def test_several_keys_are_found_between_bars():
    kind = TYPES["multi_picklist"]
    assert kind.to_columns(("open", "won")) == ("|open|won|",)
    assert kind.to_columns(()) == (None,)
    assert kind.from_columns((None,)) == ()
