"""Verifying the security log: every row follows the one before, and nobody has taken away either end."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from runtime.identity.security_log import HEAD, START, Place, SecurityLog
from runtime.storage.runtime_tables import runtime_tables
from runtime.storage.site_settings import read_setting

PAGE = 2000


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found. ``faults`` are whole sentences; without any the log is whole from ``start`` to
    ``head``. ``waiting`` are rows that have no number yet.
    """

    start: Place
    head: Place
    count: int
    waiting: int
    faults: tuple[str, ...]


def verify(connection: Connection, log: SecurityLog, known: Place | None = None) -> Verified:
    """Go through the whole log, in one moment of the database (``Database.snapshot``).

    ``known`` is a place that somebody wrote down: the log must have gone through it.
    """
    faults: list[str] = []
    start, head = log.start(connection), log.head(connection)
    for kind, place, name in ((START, start, "beginning"), (HEAD, head, "end")):
        proof = read_setting(connection, kind).get("proof")
        if place.number and proof != log.place_mark(kind, place):
            faults.append(
                f"The {name} of the log was not written by the program with this secret (TRELLIS_SECRET)."
            )
    last, count = start, 0
    for row in _rows(connection):
        count += 1
        if row.number != last.number + 1:
            faults.append(f"Between entry {last.number} and entry {row.number} entries are missing.")
        elif row.before != last.mark:
            faults.append(f"Entry {row.number} does not follow the entry before it.")
        if log.row_mark(row, row.number, row.before or "") != row.mark:
            faults.append(f"Entry {row.number} was changed after it was written.")
        last = Place(row.number, row.mark or "")
        if known is not None and known.number == last.number and known.mark != last.mark:
            faults.append(f"Entry {known.number} is not the one that was there before.")
        if len(faults) >= 20:
            break
    if last != head and len(faults) < 20:
        faults.append(f"The log ends with entry {last.number}, and entry {head.number} was the last one.")
    if known is not None and known.number > last.number:
        faults.append(f"Entry {known.number} was there before, and is missing.")
    table = runtime_tables().security_log
    waiting = connection.execute(
        select(func.count()).select_from(table).where(table.c.number.is_(None))
    ).scalar_one()
    return Verified(start, last, count, waiting, tuple(faults))


def _rows(connection: Connection) -> Iterator[Row[Any]]:
    table, after = runtime_tables().security_log, 0
    while True:
        query = select(table).where(table.c.number > after).order_by(table.c.number).limit(PAGE)
        rows = connection.execute(query).all()
        yield from rows
        if len(rows) < PAGE:
            return
        after = rows[-1].number
