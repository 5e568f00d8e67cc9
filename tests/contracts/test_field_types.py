"""What every field type promises, tried on each that is registered, with its own examples and rejects."""

import json
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark import ParameterSet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from sqlalchemy import BigInteger, Column, MetaData, Table, create_engine, insert, select

from runtime.base.messages import Message
from runtime.fields.base import Example, FieldType, InvalidValueError, Match, Parsing
from runtime.model.catalog import Field
from runtime.model.values import Link
from tests.support.field_types import PICKLISTS, TYPES, field_of, parsing_of

NAMED = [
    "text",
    "long_text",
    "integer",
    "decimal",
    "money",
    "percent",
    "boolean",
    "date",
    "datetime",
    "email",
    "phone",
    "url",
    "picklist",
    "multi_picklist",
    "relation",
    "relations",
    "user",
    "files",
    "file",
    "image",
    "rich_text",
    "address",
    "auto_number",
    "time",
    "color",
    "duration",
    "tags",
    "json",
    "rating",
    "barcode",
    "geo",
    "secret",
    "any_relation",
]
LONGEST = 0.05
"""Seconds of the processor that reading one value may take, whatever it is."""
WIDGETS = Path(__file__).parents[2] / "templates" / "widgets"
DOORS = ("form", "rest", "import")
LANGUAGES = ("en", "fi", "de", "hi")


def cases(kinds: Iterable[FieldType]) -> list[ParameterSet]:
    return [pytest.param(kind, id=kind.name) for kind in kinds]


def readable(value: object) -> bool:
    """Whether a value is one that can be read back: a match is not, the writer puts an id in its place."""
    items = value if isinstance(value, tuple) else (value,)
    return not any(isinstance(item, Match) for item in items)


EXAMPLES = [
    pytest.param(kind, example, id=f"{kind.name}-{number}")
    for kind in TYPES.values()
    for number, example in enumerate(kind.examples)
]
READABLE = [
    pytest.param(kind, example, id=f"{kind.name}-{number}")
    for kind in TYPES.values()
    for number, example in enumerate(kind.examples)
    if readable(example.value) and not kind.hidden
]
REJECTS = [
    pytest.param(kind, raw, id=f"{kind.name}-{number}")
    for kind in TYPES.values()
    for number, raw in enumerate(kind.rejects)
]
EACH = cases(TYPES.values())


def example_settings(kind: FieldType) -> dict[str, Any]:
    """Settings that the type's own examples use, for what has no setting of its own."""
    return next((dict(example.settings) for example in kind.examples if example.settings), {})


def plain_settings(kind: FieldType) -> dict[str, Any]:
    """The fewest settings a field of the type may have."""
    from_examples = example_settings(kind)
    if kind.required_settings or kind.name == "relation":
        return from_examples
    return {}


def test_the_field_types_of_the_language_are_all_there():
    assert set(NAMED) <= set(TYPES)


@pytest.mark.parametrize("kind", EACH)
def test_a_field_type_says_what_it_is(kind: FieldType):
    assert kind.title[0].isupper()
    assert (WIDGETS / f"{kind.widget}.html").is_file()
    assert (type(kind).__doc__ or "").strip()
    assert len(kind.examples) >= 4
    assert len(kind.rejects) >= 4
    assert "is_empty" in kind.operators


@pytest.mark.parametrize("kind", EACH)
def test_the_settings_are_json_schema_with_a_description_each(kind: FieldType):
    for key, schema in kind.settings_schema.items():
        plain = json.loads(json.dumps(schema))
        Draft202012Validator.check_schema(plain)
        assert plain["description"].endswith("."), key
        if "default" in plain:
            Draft202012Validator(plain).validate(plain["default"])
    assert set(kind.required_settings) <= set(kind.settings_schema)
    assert not set(kind.later_settings) & set(kind.settings_schema)


@pytest.mark.parametrize("kind", EACH)
def test_complete_settings_stay_the_same_when_they_are_looked_at_again(kind: FieldType):
    field = field_of(kind.name, plain_settings(kind))
    assert kind.value_type(field.settings) == field.value_type
    assert [column.suffix for column in kind.columns(field.settings)] == (
        [] if kind.linked else [column.suffix for column in kind.columns(dict(field.settings))]
    )
    assert kind.linked == (kind.columns(field.settings) == ())


@pytest.mark.parametrize("kind, example", EXAMPLES)
def test_an_example_becomes_its_value(kind: FieldType, example: Example):
    value = kind.parse(example.raw, field_of(kind.name, example.settings), parsing_of("rest"))
    assert value == example.value
    assert type(value) is type(example.value)


@pytest.mark.parametrize("kind, example", EXAMPLES)
def test_a_canonical_value_is_accepted_again_at_every_door(kind: FieldType, example: Example):
    field = field_of(kind.name, example.settings)
    for door in DOORS:
        assert kind.parse(example.value, field, parsing_of(door, decimal=".")) == example.value


@pytest.mark.parametrize("kind, example", READABLE)
def test_the_rest_form_is_json_and_reads_back_as_the_same_value(kind: FieldType, example: Example):
    field = field_of(kind.name, example.settings)
    written = json.loads(json.dumps(kind.to_json(example.value)), parse_float=Decimal)
    assert kind.parse(written, field, parsing_of("rest")) == example.value
    assert kind.from_json(written) == example.value
    assert kind.to_json(kind.from_json(written)) == kind.to_json(example.value)


@pytest.mark.parametrize("kind, example", READABLE)
def test_the_plain_text_reads_back_as_the_same_value_in_an_import(kind: FieldType, example: Example):
    field = field_of(kind.name, example.settings)
    text = kind.plain(example.value)
    assert isinstance(text, str)
    if not kind.plain_is_whole:
        again = kind.parse(text, field, parsing_of("import"))
        assert kind.plain(again) == text
        return
    assert (text == "") == (example.value in (None, ()))
    for language in LANGUAGES:
        assert kind.parse(text, field, parsing_of("import", language, decimal=".")) == example.value


@pytest.mark.parametrize("kind, example", READABLE)
def test_what_a_form_shows_means_the_same_value_when_it_is_sent_back(kind: FieldType, example: Example):
    if isinstance(example.value, datetime):  # a browser's control holds milliseconds at most
        example = replace(
            example, value=example.value.replace(microsecond=example.value.microsecond // 1000 * 1000)
        )
    field = field_of(kind.name, example.settings)
    for language in LANGUAGES:
        parsing = parsing_of("form", language)
        shown = kind.input(example.value, field, parsing.formats)
        assert kind.parse(shown, field, parsing) == example.value


@pytest.mark.parametrize("kind, example", READABLE)
def test_the_text_for_people_is_empty_only_when_the_value_is(kind: FieldType, example: Example):
    field = field_of(kind.name, example.settings)
    for language in LANGUAGES:
        text = kind.text(example.value, field, parsing_of("form", language).formats, PICKLISTS)
        assert isinstance(text, str)
        assert (text == "") == (example.value in (None, ()))


@pytest.mark.parametrize("kind, example", EXAMPLES)
def test_texts_that_are_said_to_stay_as_they_stand_do(kind: FieldType, example: Example):
    field = field_of(kind.name, example.settings)
    stay = kind.stay(field)
    texts = [
        example.raw,
        example.value,
        *kind.rejects,
        "a",
        " a",
        "a ",
        "a\u00a0",
        "e\u0301",
        "\u0301e",
        "Åbo",
    ]
    known = [each for each in texts if type(each) is str]
    if stay is None:
        return
    for text in known:
        assert not stay([text]) or kind.parse(text, field, parsing_of("import")) == text
        assert not stay(["a", text]) or stay([text])


@pytest.mark.parametrize("kind, raw", REJECTS)
def test_a_reject_is_refused_with_a_sentence_about_the_field(kind: FieldType, raw: object):
    field = field_of(kind.name, plain_settings(kind), key="close_call")
    with pytest.raises(InvalidValueError) as refused:
        kind.parse(raw, field, parsing_of("rest"))
    sentence = str(refused.value)
    assert sentence.startswith("Close call ")
    assert sentence[-1] in ".?"
    assert "{" not in refused.value.message.render(language="fi").replace(str(raw), "")


@pytest.mark.parametrize("kind", cases(kind for kind in TYPES.values() if not kind.linked))
def test_values_read_back_exactly_from_a_database(kind: FieldType, database_url: str):
    cases = [
        (example.value, field_of(kind.name, example.settings))
        for example in kind.examples
        if readable(example.value)
    ]
    engine = create_engine(database_url)
    try:
        for number, (value, field) in enumerate(cases):
            table = table_of(kind, field, f"values_{number}")
            with engine.begin() as connection:
                table.create(connection)
                names = table.columns.keys()[1:]
                parts = dict(zip(names, kind.in_columns(value, len(names)), strict=True))
                connection.execute(insert(table).values(id=1, **parts))
                row = connection.execute(select(table)).one()
                assert kind.from_columns(tuple(row)[1:]) == value
    finally:
        engine.dispose()


@pytest.mark.parametrize("kind", cases(kind for kind in TYPES.values() if "<" in kind.operators))
def test_a_database_orders_values_as_the_program_does(kind: FieldType, database_url: str):
    field = field_of(kind.name, {})
    examples = [
        example.value for example in kind.examples if example.value is not None and not example.settings
    ]
    values: list[Any] = sorted({getattr(value, "amount", value) for value in examples})
    engine = create_engine(database_url)
    table = table_of(kind, field, "ordered")
    try:
        with engine.begin() as connection:
            table.create(connection)
            connection.execute(
                insert(table),
                [{"id": number, "value": value} for number, value in enumerate(reversed(values))],
            )
            assert list(connection.execute(select(table.c.value).order_by(table.c.value)).scalars()) == values
            middle = values[len(values) // 2]
            below = connection.execute(select(table.c.value).where(table.c.value < middle)).scalars()
            assert sorted(below) == values[: len(values) // 2]
    finally:
        engine.dispose()


def table_of(kind: FieldType, field: Field, name: str) -> Table:
    columns = [
        Column(f"value{'__' if column.suffix else ''}{column.suffix}", column.type)
        for column in kind.columns(field.settings)
    ]
    return Table(name, MetaData(), Column("id", BigInteger, primary_key=True), *columns)


TYPED = st.sampled_from(
    [
        "1.234",
        "1,234.50",
        "-0",
        "+5",
        "5.",
        ".5",
        "1e9",
        "1E+400",
        "31.1.2026",
        "2026-01-31T10:00",
        "0000-00-00",
        "9999-12-31T23:59:59-23:59",
        "a@b.c",
        "a@[1.2.3.4]",
        "+358",
        "http://[::1]",
        "https://a.b:0",
        "www.",
        "€",
        "-%5",
        "true",
        "on",
        "|",
        ";;",
        "|##|",
        "\x00",
        "�",
        "İ",
        "\u0661",
        "\u00bd",
        "\u00b2",
        "1_000",
        "0x1f",
        "inf",
        "nan",
        "EUR",
        "12,50€",
        "9:30",
        "AM",
        "30.11.2026",
        ".",
    ]
)
ATOMS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals()
    | st.floats()
    | st.text(max_size=80)
    | TYPED
    | st.lists(TYPED, max_size=4).map(" ".join)
    | st.binary(max_size=20)
    | st.dates()
    | st.datetimes()
    | st.sampled_from(
        [10**400, -(10**30), Decimal("1E+1000000"), Decimal("1E-1000000"), "9" * 100_000, "a" * 100_000]
    )
    | st.sampled_from(
        [Match({}), Link(0), Link(5), "(" * 50_000, "-" * 5_000 + "@a.b", "a." * 50_000, " " * 100_000]
    )
)
ANYTHING = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "match", "amount", "currency", "title", "x"]), inner, max_size=3
        )
        | st.dictionaries(st.text(max_size=5) | st.integers() | st.none(), inner, max_size=2)
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def parsings() -> list[Parsing]:
    return [
        *(parsing_of(door, language) for door in DOORS for language in ("en", "de")),
        parsing_of("import", "fi", decimal=",", date_format="%d.%m.%Y %H:%M"),
    ]


def parsed(kind: FieldType, raw: object, field: Field, parsing: Parsing) -> tuple[object, float]:
    """What comes of it, a sentence when it is refused, and the seconds that it took."""
    begun = time.thread_time()
    try:
        value = kind.parse(raw, field, parsing)
    except InvalidValueError as refused:
        value = refused.message
    return value, time.thread_time() - begun


@pytest.mark.parametrize("kind", EACH)
def test_nothing_that_may_be_written_breaks_a_field_type(kind: FieldType, parsings: list[Parsing]):
    field = field_of(kind.name, plain_settings(kind))
    took: list[tuple[float, str]] = []

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(ANYTHING)
    def try_it(raw: object) -> None:
        for parsing in parsings:
            value, seconds = parsed(kind, raw, field, parsing)
            if seconds > LONGEST:  # the first of a kind loads data, and memory is tidied now and then
                seconds = min(parsed(kind, raw, field, parsing)[1] for _ in range(3))
            took.append((seconds, repr(raw)[:60]))
            if isinstance(value, Message):
                assert str(value).startswith("Value ")
                continue
            assert kind.parse(value, field, parsing) == value
            if readable(value):
                json.dumps(kind.to_json(value))
                kind.text(value, field, parsing.formats, PICKLISTS)
                kind.to_columns(value)

    try_it()
    assert max(took)[0] < LONGEST, max(took)


def test_the_kinds_of_number_compare_as_numbers():
    low = TYPES["decimal"].parse("9.99", field_of("decimal"), parsing_of("rest"))
    high = TYPES["decimal"].parse("10", field_of("decimal"), parsing_of("rest"))
    assert isinstance(low, Decimal)
    assert isinstance(high, Decimal)
    assert low < high


def test_days_and_moments_are_kept_apart():
    moment = datetime(2026, 1, 31, tzinfo=UTC)
    with pytest.raises(InvalidValueError):
        TYPES["date"].parse(moment, field_of("date"), parsing_of("rest"))
    with pytest.raises(InvalidValueError):
        TYPES["datetime"].parse(date(2026, 1, 31), field_of("datetime"), parsing_of("rest"))
