"""Estimates: how long a step may take, from its records and what was measured once.

The rates are records a second, of modules with twenty fields and 100,000 records on two cores and SQLite,
which was the slower one; a step's estimate is there to tell seconds from hours.
"""

FILL = 150_000
"""One column of records is written by one statement."""
INDEX = 400_000
"""Records are read for an index."""
CONVERT = 60_000
"""Values are worked out by the database, one for each record, and written."""
COMPUTE = 40_000
"""Values are read, worked out in Python and written back in batches."""


def seconds(rows: int, rate: int) -> float:
    """How many seconds so many records take at a rate."""
    return rows / rate
