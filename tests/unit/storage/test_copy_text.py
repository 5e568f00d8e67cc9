"""The text of a COPY: every value comes back as it was, whatever it holds."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Column, Date, DateTime, Integer, MetaData, Numeric, Table, Text, Time, select

from runtime.storage.bulk import COPIED, MANY, TOGETHER, insert_rows
from runtime.storage.copy_text import lines
from tests.unit.storage.shop import Shop

ODD = ["plain", "", "\\N", "\\", "a\tb", "a\nb", "a\r\nb", "\\t", "ä 𝄞 ö", "\\.", " spaced ", "'", '"', None]


@pytest.mark.parametrize("count", [COPIED - 1, COPIED, MANY + 100, TOGETHER + 100])
def test_what_is_inserted_at_once_is_what_is_read(shop: Shop, count: int) -> None:
    columns: dict[str, list[Any]] = {
        "id": list(range(1, count + 1)),
        "text": [ODD[place % len(ODD)] for place in range(count)],
        "number": [None if place % 7 == 0 else Decimal(place) / 8 for place in range(count)],
        "day": [date(1, 1, 1 + place % 28) for place in range(count)],
        "at": [datetime(2026, 11, 1 + place % 28, 12, 30, 1, place, UTC) for place in range(count)],
        "clock": [time(place % 24, place % 60) for place in range(count)],
        "blank": [None] * count,
    }
    with shop.database.write() as tx:
        table = Table(
            "odd",
            MetaData(),
            Column("id", Integer, primary_key=True),
            Column("text", Text),
            Column("number", Numeric(20, 4)),
            Column("day", Date),
            Column("at", DateTime(timezone=True)),
            Column("clock", Time),
            Column("blank", Text),
            Column("same", Text),
        )
        table.create(tx.connection)
        said: list[str] = []
        insert_rows(
            tx.connection, table, columns, {"same": "a\tb"}, meanwhile=lambda: said.append("meanwhile")
        )
        rows = tx.connection.execute(select(table).order_by(table.c.id)).all()
        table.drop(tx.connection)
    assert said == ["meanwhile"]
    for place, row in enumerate(rows):
        assert row.same == "a\tb"
        assert row.at.replace(tzinfo=UTC) == columns["at"][place]
        for key in ("id", "text", "number", "day", "clock", "blank"):
            assert getattr(row, key) == columns[key][place], key
    assert len(rows) == count


def test_values_of_a_type_without_a_known_text_are_left_to_the_driver() -> None:
    assert lines([[1, 2], [b"bytes", None]]) is None
    assert lines([[1, "two"]]) is None
    assert lines([[True, None], ["a", "b\\"]]) == "t\ta\n\\N\tb\\\\\n"
