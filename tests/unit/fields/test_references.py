"""The field types relation, relations, user and files."""

from decimal import Decimal
from types import MappingProxyType

import pytest

from runtime.fields.base import InvalidValueError, Match
from runtime.fields.files import Files
from runtime.model.values import Link, Money, Ref
from tests.support.field_types import SURROUNDINGS, TYPES, field_of, parsing_of

ADA = Ref("users", 5, "Ada")
LINKED = {
    "module": "contacts",
    "link": MappingProxyType(
        {
            "role": field_of("picklist", {"picklist": "stages"}, key="role"),
            "share": field_of("percent", key="share"),
            "fee": field_of("money", key="fee"),
            "since": field_of("date", key="since"),
        }
    ),
}


def test_a_relation_names_its_module_once():
    relation = TYPES["relation"]
    assert relation.complete({"module": "accounts"}, SURROUNDINGS) == {
        "modules": ("accounts",),
        "on_delete": "restrict",
    }
    for settings in ({}, {"module": "accounts", "modules": ["contacts"]}):
        with pytest.raises(InvalidValueError):
            relation.complete(settings, SURROUNDINGS)


def test_a_relation_to_one_module_is_a_foreign_key_and_to_several_is_not():
    one = field_of("relation", {"module": "accounts"})
    several = field_of("relation", {"modules": ["users", "groups"]})
    assert TYPES["relation"].columns(one.settings)[0].references == "accounts"
    assert TYPES["relation"].columns(several.settings)[0].references is None
    assert several.targets == ("users", "groups")
    assert TYPES["user"].columns(field_of("user").settings)[0].references == "users"


def test_a_record_that_was_read_with_its_title_is_shown_by_it():
    formats = parsing_of("form").formats
    assert TYPES["user"].text(ADA, field_of("user"), formats, {}) == "Ada"
    assert TYPES["user"].plain(ADA) == "5"
    assert TYPES["user"].to_json(ADA) == 5
    assert TYPES["user"].parse(ADA, field_of("user"), parsing_of("form")) == 5
    assert TYPES["files"].text((Ref("files", 7, "offer.pdf"),), field_of("files"), formats, {}) == "offer.pdf"


def test_a_link_carries_attributes_of_their_own_types():
    relations, field = TYPES["relations"], field_of("relations", LINKED)
    raw = [
        {"id": 5, "role": "won", "share": "12.5", "fee": "3"},
        {"match": {"email": "ada@example.com"}, "since": "2026-01-31"},
        7,
    ]
    links = relations.parse(raw, field, parsing_of("rest"))
    assert isinstance(links, tuple)
    fee = Money(Decimal("3.00"), "EUR")
    assert links[0] == Link(5, {"role": "won", "share": Decimal("12.50"), "fee": fee})
    assert isinstance(links[1], Match)
    assert dict(links[1].values) == {"email": "ada@example.com"}
    assert str(links[1].attributes["since"]) == "2026-01-31"
    assert links[2] == Link(7)
    written = relations.to_json((links[0], links[2]))
    assert written == [
        {"id": 5, "role": "won", "share": "12.50", "fee": {"amount": "3.00", "currency": "EUR"}},
        7,
    ]
    assert relations.parse(written, field, parsing_of("rest")) == (links[0], links[2])
    attributes = {"role": "won", "share": "12.50", "fee": {"amount": "3.00", "currency": "EUR"}}
    assert relations.from_json(written) == (Link(5, attributes), Link(7))


@pytest.mark.parametrize(
    "raw, sentence",
    [
        ([{"id": 5, "role": "none"}], 'Role has no value "none".'),
        ([{"id": 5, "rolle": "won"}], 'Value has no link attribute "rolle".'),
        ([{"role": "won"}], "Value must be the id of a record, or a match."),
        ([5, {"id": 5}], "Value names the same record twice."),
    ],
)
def test_a_link_that_is_wrong_is_refused(raw: object, sentence: str):
    with pytest.raises(InvalidValueError) as refused:
        TYPES["relations"].parse(raw, field_of("relations", LINKED), parsing_of("rest"))
    assert str(refused.value) == sentence


@pytest.mark.parametrize("door, raw", [("form", ["", "5", "7"]), ("import", "5; 7"), ("rest", [5, "7"])])
def test_several_records_come_as_each_door_gives_them(door: str, raw: object):
    field = field_of("relations", {"module": "contacts"})
    assert TYPES["relations"].parse(raw, field, parsing_of(door)) == (Link(5), Link(7))


def test_a_field_of_files_says_what_it_takes():
    files = TYPES["files"]
    assert isinstance(files, Files)
    settings = files.complete({"accept": ".pdf, image/*, text/csv", "max": 1}, SURROUNDINGS)
    assert settings["many"] is False
    assert files.accepts(settings, "offer.PDF", "application/octet-stream")
    assert files.accepts(settings, "photo", "image/webp")
    assert files.accepts(settings, "rows", "text/csv")
    assert not files.accepts(settings, "page.html", "text/html")
    assert not files.accepts(settings, "offer.pdf.exe", "application/x-msdownload")
    assert files.accepts({}, "anything", "application/x-anything")
