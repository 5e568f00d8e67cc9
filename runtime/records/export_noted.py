"""Noting in the security log that data is taken out: what was asked for, before the first record goes."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

from runtime.identity.actor import Actor
from runtime.identity.security_log import Who, note
from runtime.records.export_asked import ExportAsked
from runtime.storage.transaction import Transaction


def note_export(
    write: Callable[[], AbstractContextManager[Transaction]], at: datetime, actor: Actor, asked: ExportAsked
) -> None:
    """Note it; an export that cannot be noted does not happen."""
    given = {key: value for key, value in asked.to_json().items() if value and key != "module"}
    with write() as tx:
        note(tx.connection, at, "exported", Who.of(actor), about=asked.module, **given)
