"""The column types that are exact on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Connection, MetaData, Table, func, insert, select
from sqlalchemy.exc import StatementError

from runtime.expressions.columns import ScaledDecimal, UtcDateTime
from runtime.expressions.numbers import LIMIT, ceiling_units, exact_units, floor_units, from_units


@pytest.fixture
def table(connection: Connection) -> Table:
    """A table with a decimal of four places, an amount and a moment."""
    table = Table(
        "exact",
        MetaData(),
        Column("rate", ScaledDecimal(4)),
        Column("amount", ScaledDecimal(2)),
        Column("at", UtcDateTime()),
    )
    table.create(connection)
    return table


@pytest.mark.parametrize("written", ["0", "0.1", "-0.0001", "12345678901234.5678", "-99999999999999.9999"])
def test_a_decimal_reads_back_digit_for_digit(connection, table, written):
    connection.execute(insert(table), {"rate": Decimal(written)})
    (read,) = connection.execute(select(table.c.rate)).one()
    assert read == Decimal(written)
    assert str(read) == str(Decimal(written).quantize(Decimal("0.0001")))


def test_sums_of_decimals_are_exact(connection, table):
    connection.execute(insert(table), [{"rate": Decimal("0.1")}] * 3)
    total = connection.execute(select(func.sum(table.c.rate))).scalar_one()
    assert total == Decimal("0.3")


@pytest.mark.parametrize(
    "value", [Decimal("1.23456"), Decimal(10**14), Decimal("NaN"), Decimal("1e99"), -(10**15)]
)
def test_a_decimal_that_does_not_fit_never_reaches_the_database(connection, table, value):
    with pytest.raises((ValueError, StatementError), match=r"does not fit|not a number"):
        connection.execute(insert(table), {"rate": value})


def test_a_float_is_refused(connection, table):
    with pytest.raises((TypeError, StatementError), match="exact number"):
        connection.execute(insert(table), {"rate": 0.1})


def test_a_moment_reads_back_in_utc(connection, table):
    zone = timezone(timedelta(hours=2))
    connection.execute(insert(table), {"at": datetime(2026, 1, 31, 0, 30, 0, 5, tzinfo=zone)})
    read = connection.execute(select(table.c.at)).scalar_one()
    assert read == datetime(2026, 1, 30, 22, 30, 0, 5, tzinfo=UTC)
    assert read.tzinfo is UTC


def test_moments_sort_by_time_in_every_year(connection, table):
    moments = [datetime(year, 5, 1, tzinfo=UTC) for year in (2026, 3, 1999, 9998)]
    connection.execute(insert(table), [{"at": moment} for moment in moments])
    assert list(connection.execute(select(table.c.at).order_by(table.c.at)).scalars()) == sorted(moments)


def test_a_moment_without_a_time_zone_is_refused(connection, table):
    with pytest.raises((ValueError, StatementError), match="time zone"):
        connection.execute(insert(table), {"at": datetime(2026, 1, 31)})  # noqa: DTZ001 - what is refused


decimals = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**11), max_value=10**11)


@settings(deadline=None)
@given(decimals, st.integers(0, 6))
def test_units_are_the_nearest_below_and_above(value, scale):
    below, above = (
        from_units(floor_units(value, scale), scale),
        from_units(ceiling_units(value, scale), scale),
    )
    assert below <= value <= above
    assert above - below in (0, Decimal(1).scaleb(-scale))
    assert (below == above) == (exact_units(value, scale) is not None)


@pytest.mark.parametrize("value", [Decimal("1e30"), Decimal("1e999999"), 10**40])
def test_units_far_out_of_range_are_clamped(value):
    assert floor_units(value, 2) == ceiling_units(value, 2) == LIMIT
    assert floor_units(-value, 2) == ceiling_units(-value, 2) == -LIMIT
    assert exact_units(value, 2) is None
