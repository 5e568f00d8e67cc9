"""What rounds up beyond the largest number is empty in SQLite's functions too, and raises nothing."""

import sqlite3

import pytest

from runtime.expressions.database import register_sqlite

LARGEST = "9" * 40


@pytest.mark.parametrize(
    "call",
    [
        f"trellis_stored('{LARGEST}.9', -1, 0)",
        f"trellis_stored('-{LARGEST}.5', -1, 0)",
        f"trellis_stored('{LARGEST}', -1, 2)",
        f"trellis_money('{LARGEST}.999', 'EUR')",
    ],
)
def test_what_is_too_large_is_empty(call: str) -> None:
    connection = sqlite3.connect(":memory:")
    register_sqlite(connection)
    assert connection.execute(f"SELECT {call}").fetchone() == (None,)
    assert connection.execute("SELECT trellis_stored('12.345', -1, 2)").fetchone() == (1235,)
    connection.close()
