"""People choose how dates and numbers are written, whatever their language, and type them in the same way."""

from datetime import date
from decimal import Decimal

import pytest

from runtime.fields.date_format import WAYS as DATES
from runtime.fields.formats import Formats
from runtime.fields.number_format import WAYS as NUMBERS
from runtime.model.values import Money
from tests.support.packs import SURROUNDING, load_pack, write_pack

DAY = date(2026, 3, 4)


@pytest.mark.parametrize("language", ["en", "fi", "ja"])
@pytest.mark.parametrize(
    "way, written",
    [("iso", "2026-03-04"), ("dots", "4.3.2026"), ("slashes", "04/03/2026"), ("month_first", "03/04/2026")],
)
def test_a_day_is_written_and_read_in_the_chosen_way(language, way, written):
    formats = Formats(language, "UTC", dates=way)
    assert formats.date(DAY) == written
    assert formats.parse_date(written) == DAY


@pytest.mark.parametrize(
    "way, written",
    [
        ("space_comma", "1\u00a0234\u00a0567,50"),
        ("dot_comma", "1.234.567,50"),
        ("comma_dot", "1,234,567.50"),
        ("apostrophe_dot", "1\u2019234\u2019567.50"),
    ],
)
def test_a_number_is_written_and_read_in_the_chosen_way(way, written):
    for language in ("en", "fi"):
        formats = Formats(language, "UTC", numbers=way)
        assert formats.decimal(Decimal("1234567.5"), 2) == written
        assert formats.parse_decimal(written) == Decimal("1234567.50")
        assert written in formats.money(Money(Decimal("1234567.50"), "EUR"))


def test_an_unknown_way_is_the_language_s():
    assert Formats("fi", "UTC", dates="x", numbers="x").date(DAY) == Formats("fi", "UTC").date(DAY)


def test_the_picklists_of_users_offer_just_these_ways(tmp_path):
    catalog = load_pack(write_pack(tmp_path, SURROUNDING)).catalog
    assert catalog is not None
    assert set(catalog.picklists["user_date_format"].values) == set(DATES)
    assert set(catalog.picklists["user_number_format"].values) == set(NUMBERS)
