"""Estimates: how long a step may take, from its records and what was measured once.

The rates are records a second: ``FILL`` and ``INDEX`` are from a module of twenty fields and 100,000 records
in SQLite on two cores that had other work too, the others are set beside them. An estimate is there to tell
seconds from hours.
"""

FILL = 60_000
"""One column of records is written by one statement."""
INDEX = 300_000
"""Records are read for an index."""
CONVERT = 40_000
"""Values are worked out by the database, one for each record, and written."""
COMPUTE = 20_000
"""Values are read, worked out in Python and written back in batches."""


def seconds(rows: int, rate: int) -> float:
    """How many seconds so many records take at a rate."""
    return rows / rate
