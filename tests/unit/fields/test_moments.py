"""The field types date and datetime."""

from datetime import UTC, date, datetime

import pytest

from runtime.fields.base import InvalidValueError
from tests.support.field_types import TYPES, field_of, parsing_of

DATE, MOMENT = TYPES["date"], TYPES["datetime"]


@pytest.mark.parametrize(
    "raw, format_",
    [
        ("1996-07-04 00:00:00.000", None),
        ("1996-07-04", None),
        ("1996-07-04 00:00:00.000", "%Y-%m-%d %H:%M:%S.%f"),
        ("1996-07-04 17:30:00.000", "%Y-%m-%d %H:%M:%S.%f"),
        ("4/7/1996", "%d/%m/%Y"),
    ],
)
def test_an_import_reads_a_day_in_its_format_or_at_midnight(raw: str, format_: str | None):
    assert DATE.parse(raw, field_of("date"), parsing_of("import", date_format=format_)) == date(1996, 7, 4)


@pytest.mark.parametrize(
    "raw, format_",
    [
        ("1996-07-04 17:30:00", None),
        ("1996-07-04", "%d/%m/%Y"),
        ("1996-07-04", "%Q"),
        ("\u0661996-07-04", "%Y-%m-%d"),
    ],
)
def test_an_import_does_not_drop_a_time_nor_take_another_format(raw: str, format_: str | None):
    with pytest.raises(InvalidValueError):
        DATE.parse(raw, field_of("date"), parsing_of("import", date_format=format_))


def test_a_moment_without_an_offset_is_refused_in_rest_and_local_elsewhere():
    with pytest.raises(InvalidValueError) as refused:
        MOMENT.parse("2026-07-01T12:00:00", field_of("datetime"), parsing_of("rest"))
    assert "with an offset" in str(refused.value)
    noon = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
    assert MOMENT.parse("2026-07-01T12:00", field_of("datetime"), parsing_of("form")) == noon
    assert MOMENT.parse("2026-07-01 12:00:00", field_of("datetime"), parsing_of("import")) == noon
    by_map = parsing_of("import", date_format="%d.%m.%Y %H:%M")
    assert MOMENT.parse("1.7.2026 12:00", field_of("datetime"), by_map) == noon


def test_a_moment_is_written_in_utc_with_what_it_needs():
    assert MOMENT.to_json(datetime(2026, 7, 1, 9, 0, tzinfo=UTC)) == "2026-07-01T09:00:00Z"
    assert MOMENT.to_json(datetime(2026, 7, 1, 9, 0, 0, 5000, tzinfo=UTC)) == "2026-07-01T09:00:00.005000Z"


def test_a_form_shows_a_moment_in_the_readers_zone():
    formats = parsing_of("form", "fi", "America/New_York").formats
    moment = datetime(2026, 7, 1, 2, 30, tzinfo=UTC)
    assert MOMENT.input(moment, field_of("datetime"), formats) == "2026-06-30T22:30"
    assert MOMENT.text(moment, field_of("datetime"), formats, {}) == "30.6.2026 22.30"
