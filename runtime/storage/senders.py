"""Senders: addresses, beside the CRM's own, that mail may come from once their readers have proven them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from runtime.base.clock import Clock
from runtime.storage.site_settings import read_setting, write_setting
from runtime.storage.transaction import Transaction

SETTING = "mail_senders"


@dataclass(frozen=True, slots=True)
class Sender:
    """An address. ``nonce`` is part of the link that proves it, so that an older link proves nothing."""

    address: str
    name: str
    nonce: str
    is_proven: bool


class Senders:
    """Reads and writes them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def all(self, connection: Connection) -> list[Sender]:
        """All of them, by address."""
        kept = read_setting(connection, SETTING)
        return [_sender(address, kept[address]) for address in sorted(kept)]

    def find(self, connection: Connection, address: str) -> Sender | None:
        """The sender of an address, in whichever case it is written."""
        kept = read_setting(connection, SETTING).get(address.lower())
        return None if kept is None else _sender(address.lower(), kept)

    def keep(self, tx: Transaction, sender: Sender, by: int | None) -> None:
        """Keep a sender, in place of the one of its address."""
        kept = dict(read_setting(tx.connection, SETTING))
        said = {"name": sender.name, "nonce": sender.nonce, "proven": sender.is_proven}
        kept[sender.address.lower()] = said
        write_setting(tx.connection, SETTING, kept, self._clock.now(), by)

    def forget(self, tx: Transaction, address: str, by: int | None) -> bool:
        """Take one out; says whether there was one."""
        kept = dict(read_setting(tx.connection, SETTING))
        if kept.pop(address.lower(), None) is None:
            return False
        write_setting(tx.connection, SETTING, kept, self._clock.now(), by)
        return True


def _sender(address: str, kept: Mapping[str, Any]) -> Sender:
    return Sender(address, str(kept["name"]), str(kept["nonce"]), bool(kept["proven"]))


def written_sender(name: str, address: str) -> str:
    """A name and an address as they stand in a header."""
    plain = "".join(character for character in name if character.isprintable() and character not in '"\\')
    return f'"{plain}" <{address}>' if plain.strip() else address
