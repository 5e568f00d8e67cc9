"""Noting that somebody is braked: once in a while for an address, however often it goes on trying."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from runtime.identity.security_log import Who, note
from runtime.storage.runtime_tables import runtime_tables


def note_braked(connection: Connection, at: datetime, address: str, window: timedelta) -> None:
    """Put it into the security log, unless that was done within the window."""
    table = runtime_tables().security_log
    told = select(table.c.id).where(
        table.c.kind == "sign_in_braked", table.c.address == address[:64], table.c.at > at - window
    )
    if connection.execute(told.limit(1)).first() is None:
        note(connection, at, "sign_in_braked", Who(address=address))
