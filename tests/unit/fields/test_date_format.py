"""Dates and times as each language writes them, and what people type read back."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from runtime.fields.date_format import in_utc, read_moment
from runtime.fields.formats import Formats, UnreadableError

ZONE = "Europe/Helsinki"
DAY = date(2026, 11, 3)
MOMENT = datetime(2026, 11, 3, 7, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "language, day, moment",
    [
        ("fi", "3.11.2026", "3.11.2026 9.05"),
        ("en", "Nov 3, 2026", "Nov 3, 2026, 9:05\u202fAM"),
        ("en_GB", "3 Nov 2026", "3 Nov 2026, 09:05"),
        ("sv", "3 nov. 2026", "3 nov. 2026 09:05"),
        ("de", "03.11.2026", "03.11.2026, 09:05"),
        ("ja", "2026/11/03", "2026/11/03 9:05"),
        ("lv", "2026. gada 3. nov.", "2026. gada 3. nov. 09:05"),
        ("zh", "2026年11月3日", "2026年11月3日 09:05"),
    ],
)
def test_a_day_and_a_moment_are_written_as_the_language_does(language: str, day: str, moment: str):
    formats = Formats(language, ZONE)
    assert formats.date(DAY) == day
    assert formats.datetime(MOMENT) == moment
    assert formats.parse_date(day) == DAY
    assert formats.parse_datetime(moment) == MOMENT


@pytest.mark.parametrize(
    "language, typed, day",
    [
        ("fi", "3.4.2026", date(2026, 4, 3)),
        ("fi", "03.04.2026", date(2026, 4, 3)),
        ("fi", "3/4/2026", date(2026, 4, 3)),
        ("en_US", "4/3/2026", date(2026, 4, 3)),
        ("en_GB", "3/4/2026", date(2026, 4, 3)),
        ("en", "4/4/2026", date(2026, 4, 4)),
        ("en", "13/4/2026", date(2026, 4, 13)),
        ("en", "4/13/2026", date(2026, 4, 13)),
        ("en", "3 April 2026", date(2026, 4, 3)),
        ("en", "2026-04-03", date(2026, 4, 3)),
        ("fi", "3. huhtikuuta 2026", date(2026, 4, 3)),
        ("sv", "3 april 2026", date(2026, 4, 3)),
        ("de", "3. April 2026", date(2026, 4, 3)),
        ("fi", "2026/4/3", date(2026, 4, 3)),
    ],
)
def test_a_day_is_read_as_it_is_typed(language: str, typed: str, day: date):
    assert Formats(language, ZONE).parse_date(typed) == day


@pytest.mark.parametrize(
    "language, typed, why",
    [
        ("en", "3/4/2026", "can be read as"),
        ("ja", "3/4/2026", "can be read as"),
        ("fi", "4.13.2026", "not in the calendar"),
        ("fi", "30.2.2026", "not in the calendar"),
        ("fi", "3.4.26", "four digits"),
        ("fi", "26.4.3", "four digits"),
        ("fi", "3.4", "not a date"),
        ("fi", "3.4.2026.5", "not a date"),
        ("fi", "kolmas huhtikuuta 2026", "not a date"),
        ("fi", "3.2026.4", "not a date"),
        ("fi", "tomorrow", "not a date"),
        ("fi", "", "not a date"),
        ("fi", "\u0663.4.2026", "not a date"),
        ("fi", "3" * 100, "not a date"),
    ],
)
def test_a_day_that_is_not_clear_is_refused(language: str, typed: str, why: str):
    with pytest.raises(UnreadableError, match=why):
        Formats(language, ZONE).parse_date(typed)


@pytest.mark.parametrize(
    "language, typed, moment",
    [
        ("fi", "30.11.2026 9.30", datetime(2026, 11, 30, 7, 30, tzinfo=UTC)),
        ("fi", "30.11.2026 9:30:15", datetime(2026, 11, 30, 7, 30, 15, tzinfo=UTC)),
        ("fi", "30.11.2026", datetime(2026, 11, 29, 22, 0, tzinfo=UTC)),
        ("fi", "2026-11-30T09:30", datetime(2026, 11, 30, 7, 30, tzinfo=UTC)),
        ("fi", "2026-11-30 09:30:15.25", datetime(2026, 11, 30, 7, 30, 15, 250000, tzinfo=UTC)),
        ("fi", "2026-11-30T09:30:00Z", datetime(2026, 11, 30, 9, 30, tzinfo=UTC)),
        ("fi", "2026-11-30T09:30:00+05:30", datetime(2026, 11, 30, 4, 0, tzinfo=UTC)),
        ("en", "Nov 30, 2026, 9:30 pm", datetime(2026, 11, 30, 19, 30, tzinfo=UTC)),
        ("en", "30 Nov 2026 12:05 a.m.", datetime(2026, 11, 29, 22, 5, tzinfo=UTC)),
        ("en", "30 Nov 2026 21:30", datetime(2026, 11, 30, 19, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_in_the_readers_zone_unless_it_names_an_offset(
    language: str, typed: str, moment: datetime
):
    assert Formats(language, ZONE).parse_datetime(typed) == moment


@pytest.mark.parametrize(
    "typed, why",
    [
        ("30.11.2026 25.00", "no such time"),
        ("30.11.2026 9.30 pm?", "not a date"),
        ("30.11.2026 13:30 pm", "not a date"),
        ("2026-11-30T24:00:00Z", "no such time"),
        ("2026-11-30T09:30:60Z", "no such time"),
        ("2026-11-30T09:30:00+24:00", "no such offset"),
        ("2026-02-30T09:30:00Z", "not in the calendar"),
        ("0001-01-01T00:00:00+01:00", "years 1 to 9999"),
        ("9999-12-31T23:59:59Z", "years 1 to 9999"),
        ("2026-03-29T03:30", "the clocks of Europe/Helsinki skip"),
        ("noon", "not a date"),
    ],
)
def test_a_moment_that_is_not_there_is_refused(typed: str, why: str):
    with pytest.raises(UnreadableError) as refused:
        Formats("fi", ZONE).parse_datetime(typed)
    parameters = dict(refused.value.message.parameters) | {"label": "Start"}
    assert why in refused.value.message.text.format_map(parameters)


def test_of_two_equal_hours_in_autumn_the_earlier_is_meant():
    assert in_utc(datetime(2026, 10, 25, 3, 30), ZoneInfo(ZONE)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # noqa: DTZ001


def test_digits_beyond_microseconds_are_cut():
    assert read_moment("2026-01-31T00:00:00.123456789Z") == datetime(2026, 1, 31, 0, 0, 0, 123456, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kolkata", "UTC"])
def test_the_first_and_the_last_moment_are_shown_in_every_zone(zone: str):
    formats = Formats("en", zone)
    for text in ("0001-01-02T00:00:00Z", "9999-12-30T23:59:59Z"):
        moment = formats.parse_datetime(text)
        assert formats.datetime(moment)
        assert formats.parse_datetime(formats.input_datetime(moment)) == moment


def test_a_control_holds_the_readers_own_time_with_what_it_needs():
    formats = Formats("fi", ZONE)
    assert formats.input_datetime(MOMENT) == "2026-11-03T09:05"
    assert formats.input_datetime(MOMENT.replace(second=7)) == "2026-11-03T09:05:07"
    assert formats.input_datetime(MOMENT.replace(microsecond=250_000)) == "2026-11-03T09:05:00.250"
