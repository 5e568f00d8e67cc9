"""Secrets that an administrator keeps for calls to other systems: sealed, by name, and shown to nobody."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from runtime.base.sealing import Sealer
from runtime.storage.site_settings import read_setting, write_setting
from runtime.storage.transaction import Transaction

SETTING = "secrets"


class Secrets:
    """Reads and writes them."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def names(self, connection: Connection) -> list[str]:
        """What there is a secret for."""
        return sorted(read_setting(connection, SETTING))

    def open(self, connection: Connection, name: str) -> str | None:
        """A secret; None where there is none. Raises :class:`runtime.base.sealing.SealError`."""
        sealed = read_setting(connection, SETTING).get(name)
        return self._sealer.open(sealed) if isinstance(sealed, str) else None

    def keep(self, tx: Transaction, name: str, secret: str, at: datetime, by: int | None) -> None:
        """Keep a secret, in place of the one before; an empty one takes it out."""
        kept: Mapping[str, str] = read_setting(tx.connection, SETTING)
        others = {key: value for key, value in kept.items() if key != name}
        if secret:
            others[name] = self._sealer.seal(secret)
        write_setting(tx.connection, SETTING, others, at, by)
